import pandas as pd
import pytest

from core.data.columns.answers import stored_answers
from core.data.columns.guess import choose_roles, guess_roles
from core.data.columns.kinds import look_at_labels
from core.data.sets.add import add_dataset
from core.errors import DatasetError
from tests.conftest import sentences


def table(**columns):
    texts = [text for text, _ in sentences(60)]
    return pd.DataFrame({"text": texts} | columns)


def test_columns_of_yes_and_no_are_one_label_each():
    flags = {name: ([1, 0, 0, 1] * 15, [0, 0, 1, 1] * 15, ["true", "false"] * 30)[at] for at, name in enumerate("abc")}
    roles = guess_roles(table(**flags))
    assert roles.labels == ("a", "b", "c") and roles.task == "multi_label"
    stored = stored_answers(table(**flags), "multi_label", None, roles.labels)
    assert stored.tolist()[:4] == ["a|c", "", "b|c", "a|b"]


def test_a_named_label_rules_over_columns_of_yes_and_no():
    flags = {name: [1, 0] * 30 for name in ("is_reply", "has_image", "is_new")}
    assert guess_roles(table(label=["x", "y"] * 30, **flags)).label == "label"


def test_roles_beside_text_and_label_are_guessed_and_kept(home, tmp_path):
    frame = table(
        label=["x", "y"] * 30, domain=["films", "books", "films"] * 20, lang=["en"] * 60, id=range(60), waste=["w"] * 60
    )
    frame.to_csv(tmp_path / "x.csv", index=False)
    roles = guess_roles(frame)
    assert (roles.domain, roles.language, roles.id) == ("domain", "lang", "id")
    assert "longest text, 100 % unique" in roles.reasons["text"]
    dataset, _ = add_dataset(tmp_path / "x.csv", ignore=("waste",))
    assert (dataset.domain, dataset.language, dataset.id_column) == ("domain", "lang", "id")
    columns = set(dataset.frame())
    assert {"extra.domain", "extra.lang", "extra.id"} <= columns and "extra.waste" not in columns


def test_a_score_is_found_among_the_numbers_when_asked_for():
    frame = table(label=["x", "y"] * 30, year=range(1950, 2010), rating=[1, 2, 3] * 20)
    assert choose_roles(frame, {"task": "regression"}).label == "rating"


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ([f"answer {place}" for place in range(40)], "has 40 different values in 40 rows"),
        (["yes", "no"] * 4 + [""] * 32, "is empty in 80 % of the rows"),
    ],
)
def test_a_column_called_label_that_is_none_is_told_with_the_reason(labels, why):
    frame = pd.DataFrame({"text": [text for text, _ in sentences(40)], "label": labels})
    roles = guess_roles(frame)
    assert roles.label is None and f"'label' {why}" in roles.reasons["no_label"]


def test_dates_and_places_are_never_guessed_as_the_label():
    frame = table(
        Date=["01/03/2026", "02/03/2026"] * 30,
        Magasin=["Lyon", "Lille"] * 30,
        Note=[1, 3, 5] * 20,
        Avis=["bon", "moyen", "mauvais"] * 20,
    )
    assert guess_roles(frame).label == "Avis"
    assert guess_roles(table(moment=["3 May 2024", "4 May 2024"] * 30, city=["Rome", "Oslo"] * 30)).label is None
    scored = guess_roles(table(posted_on=["01/03/2026", "02/03/2026"] * 30, compound=[n / 70 - 0.4 for n in range(60)]))
    assert (scored.label, scored.task) == ("compound", "regression")


def test_columns_of_yes_and_no_in_words_or_ticks_are_one_label_each():
    words = table(Preis=["ja", "nein"] * 30, Service=["nein", "ja", "nein"] * 20, Lieferung=["ja", "ja", "nein"] * 20)
    assert guess_roles(words).labels == ("Preis", "Service", "Lieferung")
    ticks = table(a=["x", ""] * 30, b=["", "x", ""] * 20, c=["x", "", ""] * 20)
    roles = guess_roles(ticks)
    assert roles.labels == ("a", "b", "c")
    assert stored_answers(ticks, "multi_label", None, roles.labels).tolist()[:4] == ["a|c", "b", "a", "c"]


def test_minus_one_beside_yes_and_no_means_that_nobody_knows():
    flags = table(a=[1, 0, -1] * 20, b=[0, 1, -1] * 20, c=[1, 0, -1] * 20)
    assert stored_answers(flags, "multi_label", None, ("a", "b", "c")).tolist()[:3] == ["a|c", "b", None]
    signs = table(a=[1, -1] * 30, b=[-1, -1] * 30)
    assert stored_answers(signs, "multi_label", None, ("a", "b")).tolist()[:2] == ["a", ""]


def test_one_class_is_named_as_the_reason(home, tmp_path):
    table(label=["pos"] * 60).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(DatasetError, match="holds only 'pos'"):
        add_dataset(tmp_path / "x.csv")


def test_numbers_name_the_same_classes_in_any_format(home, tmp_path):
    table(label=["1", "1.0", "0", "0.0"] * 15).to_csv(tmp_path / "x.csv", index=False)
    table(label=[1.0, 1.0, 0.0, 0.0] * 15).assign(n=1).to_parquet(tmp_path / "x.parquet")
    assert [add_dataset(tmp_path / f"x.{kind}")[0].labels for kind in ("csv", "parquet")] == [("0", "1")] * 2


def test_codes_that_come_again_are_classes_and_scores_are_not():
    codes = pd.Series([1000 + 37 * (n % 30) for n in range(300)], name="naics_code")
    kind = look_at_labels(codes)
    assert kind.task == "single_label" and "come again" in kind.reason
    assert look_at_labels(codes.rename("score")).task == "regression"


def test_a_test_part_of_hidden_labels_is_unlabelled_and_another_is_drawn(home, tmp_path):
    frame = table(label=[0, 1] * 20 + [-1] * 20, split=["train"] * 40 + ["test"] * 20)
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv")
    assert dataset.labels == ("0", "1") and dataset.rows == 40 and dataset.sizes["test"] > 0
    assert any("taken as hidden" in warning for warning in dataset.warnings)
    assert any("20 rows" in warning and "predict" in warning for warning in dataset.warnings)


def test_lists_of_zeros_and_ones_are_a_label_a_place_whose_names_are_asked(home, tmp_path):
    table(labels=["[1, 0, 1]", "[0, 1, 0]"] * 30).to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv")
    assert dataset.labels == ("place 1", "place 2", "place 3") and dataset.asks[0]["about"] == "places"
    named, _ = add_dataset(tmp_path / "x.csv", places=("a", "b", "c"))
    assert named.labels == ("a", "b", "c") and named.asks == ()


def test_thousands_are_asked_about_and_an_answer_closes_the_question(home, tmp_path):
    frame = table(Aufrufe=[f"{n + 1}.{n:02d}0" for n in range(60)])
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv")
    (ask,) = dataset.asks
    assert dataset.task == "regression" and dataset.frame()["label"][1] == "2010"
    assert ask["option"] == "--decimal ." and [reading["value"] for reading in ask["readings"]] == [",", "."]
    answered, _ = add_dataset(tmp_path / "x.csv", decimal=".")
    assert answered.frame()["label"][1] == "2.01" and answered.asks == ()
