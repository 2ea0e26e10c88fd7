import pandas as pd
import pytest

from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import delete_dataset, get_dataset, list_datasets
from core.data.sets.versions import changed_rows, family, lineage, undo, version_number, version_title
from core.errors import DatasetError
from tests.conftest import sentences


@pytest.fixture
def untidy(home, tmp_path):
    """100 rows with two repeats, a label in two spellings, and a column beside."""
    frame = pd.DataFrame(sentences(100), columns=["review", "label"]).assign(shop=[f"s{row % 5}" for row in range(100)])
    frame.loc[[40, 60], ["review", "label"]] = frame.loc[[10, 12], ["review", "label"]].to_numpy()
    frame.loc[99, "label"] = "Pos"
    frame.to_csv(tmp_path / "untidy.csv", index=False)
    return add_dataset(tmp_path / "untidy.csv", text="review", label="label")[0]


def test_a_fix_makes_a_new_set_and_leaves_the_old_one_as_it_was(untidy):
    before = untidy.frame()
    version = make_version(untidy, "drop", {"what": "exact_duplicates"})
    assert version.rows == 98 and version.parent == untidy.id and version.name == untidy.name
    assert version.change["sentence"] == "Dropped 2 rows that repeat an earlier text."
    assert get_dataset(untidy.id).frame().equals(before) and get_dataset(untidy.id) == untidy
    assert sum(version.size(part) for part in version.counts) == 98


def test_row_ids_survive_every_version(untidy):
    version = make_version(
        make_version(untidy, "drop", {"what": "exact_duplicates"}), "merge_labels", {"names": {"Pos": "pos"}}
    )
    both = version.frame().merge(untidy.frame(), on="row", suffixes=("", "_old"))
    assert len(both) == 98 and (both["text"] == both["text_old"]).all()


def test_the_same_fix_twice_is_the_same_version(untidy):
    first, again = (make_version(untidy, "drop", {"what": "exact_duplicates"}) for _ in range(2))
    assert first == again and len(list_datasets()) == 2


def test_the_lineage_is_told_from_the_file_on(untidy):
    second = make_version(untidy, "drop", {"what": "exact_duplicates"})
    third = make_version(second, "relabel", {"labels": {99: "pos"}})
    assert [each.id for each in lineage(third)] == [untidy.id, second.id, third.id]
    assert version_number(third) == 3 and version_title(third) == f"{untidy.name} · version 3"
    assert version_title(untidy) == untidy.name
    sister = make_version(untidy, "drop", {"rows": [0]})
    assert {each.id for each in family(second)} == {untidy.id, second.id, third.id, sister.id}


def test_a_relabelled_row_is_kept_with_its_label_before_and_after(untidy):
    version = make_version(untidy, "relabel", {"labels": {99: "pos"}})
    assert version.labels == ("neg", "pos")
    assert changed_rows(version).to_dict("records") == [{"row": 99, "what": "label", "before": "Pos", "after": "pos"}]
    frame = version.frame()
    assert frame.loc[frame["row"] == 99, "label"].item() == "pos"


def test_undo_goes_back_and_only_drops_what_nothing_was_made_from(untidy):
    second = make_version(untidy, "drop", {"what": "exact_duplicates"})
    third = make_version(second, "merge_labels", {"names": {"Pos": "pos"}})
    assert undo(second).id == untidy.id and get_dataset(second.id)  # third stands on it
    assert undo(third).id == second.id
    with pytest.raises(DatasetError, match="no data set"):
        get_dataset(third.id)
    with pytest.raises(DatasetError, match="read from a file"):
        undo(untidy)


def test_a_version_outlives_its_deleted_parent(untidy):
    second = make_version(untidy, "drop", {"what": "exact_duplicates"})
    third = make_version(second, "merge_labels", {"names": {"Pos": "pos"}})
    delete_dataset(second.id)
    assert [each.id for each in lineage(third)] == [third.id] and version_number(third) == 3
    assert [each.id for each in family(third)] == [untidy.id, third.id]


@pytest.mark.parametrize(
    ("operation", "parameters", "part"),
    [
        ("polish", {}, "'polish'"),
        ("drop", {"what": "everything"}, "'everything'"),
        ("drop", {"what": "long"}, "changes nothing"),
        ("drop", {"rows": [1234]}, "no row 1234"),
        ("relabel", {"labels": {5: " "}}, "row 5 is empty"),
        ("merge_labels", {"names": {"good": "pos"}}, "no label 'good'"),
        ("filter", {"column": "shop", "values": ["s9"]}, "'s9'"),
        ("filter", {"column": "label", "values": ["pos"]}, "Only the class 'pos'"),
        ("drop_columns", {"columns": ["price"]}, "no column 'price'"),
        ("resplit", {"time": "price"}, "no column 'price'"),
        ("resplit", {"time": "shop"}, "neither dates nor numbers"),
        ("resplit", {"folds": 5, "fold": 9}, "Fold 9 of 5"),
    ],
)
def test_a_fix_that_cannot_be_says_why_and_stores_nothing(untidy, operation, parameters, part):
    with pytest.raises(DatasetError, match=part):
        make_version(untidy, operation, parameters)
    assert len(list_datasets()) == 1


def test_rows_can_be_kept_by_the_value_of_a_column(untidy):
    version = make_version(untidy, "filter", {"column": "shop", "values": ["s1", "s2"]})
    assert set(version.frame()["extra.shop"]) == {"s1", "s2"} and version.rows == 40


def test_a_new_split_can_leave_the_test_part_as_it_is(untidy):
    version = make_version(untidy, "resplit", {"seed": 7, "keep_test": True})
    old, new = (set(each.part("test")["row"]) for each in (untidy, version))
    assert old == new and set(version.part("train")["row"]) != set(untidy.part("train")["row"])
    assert "the test part kept as it was" in version.change["sentence"]


def test_stripped_lines_leave_the_rest_and_take_what_was_nothing_else(home, tmp_path):
    frame = pd.DataFrame(sentences(60), columns=["review", "label"])
    frame["review"] += "\nSent from my telephone"
    frame.loc[7, "review"] = "Sent from my telephone"
    frame.to_parquet(tmp_path / "x.parquet")
    dataset, _ = add_dataset(tmp_path / "x.parquet", text="review", label="label")
    version = make_version(dataset, "strip_lines", {"lines": ["Sent from my telephone"]})
    assert version.rows == 59 and not version.frame()["text"].str.contains("Sent from").any()
    assert "1 text held nothing else and went" in version.change["sentence"]


def test_long_lists_of_rows_are_not_kept_in_the_description(untidy):
    version = make_version(untidy, "relabel", {"labels": {row: "other" for row in range(0, 98, 2)}})
    assert len(changed_rows(version)) == 49
    many = make_version(untidy, "drop", {"rows": list(range(2, 98))})
    assert len(str(many.change["parameters"])) < 2100
