"""A set that is exported and read again is the same set, whatever the format."""

import pandas as pd
import pytest

from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.export import FORMATS, export_file
from core.data.sets.store import get_dataset
from tests.conftest import sentences

ODD = [
    "=1+1 is two",
    "'=1+1 with a mark",
    "- a dash in front",
    "''@twice",
    "two\nlines, and a comma",
    'a "quoted" word here',
    "+1",
    "-5",
]


@pytest.fixture(params=FORMATS)
def again(request, home, tmp_path, monkeypatch):
    """Exports a set and adds the file to an empty workspace."""

    def read_again(dataset, **asked):
        path = tmp_path / f"out.{request.param}"
        export_file(dataset, request.param, path)
        monkeypatch.setenv("GRAFT_HOME", str(tmp_path / "elsewhere"))
        return get_dataset(add_dataset(path, **asked)[0].id)

    return read_again


def added(tmp_path, frame, **roles):
    frame.to_json(tmp_path / "in.jsonl", orient="records", lines=True)
    return add_dataset(tmp_path / "in.jsonl", text="review", **roles)[0]


def frame_of(rows=60):
    frame = pd.DataFrame(sentences(rows), columns=["review", "label"])
    frame.loc[: len(ODD) - 1, "review"] = ODD
    return frame


def same_frame(left, dataset):
    pd.testing.assert_frame_equal(left, dataset.frame())
    return True


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_rows_without_any_of_several_labels_stay(again, tmp_path, share):
    frame = frame_of(120)
    several = [["fact"], ["fact", "price"], ["praise", "price"]]
    frame["label"] = [[] if row < share * 120 else several[row % 3] for row in range(120)]
    stored = added(tmp_path, frame.sample(frac=1, random_state=1), label="label")
    assert stored.task == "multi_label" and stored.rows == 120
    left = stored.frame()
    read = again(stored)
    assert (left["label"] == "").sum() == int(share * 120) and same_frame(left, read)


def test_row_numbers_with_gaps_classes_that_are_signs_and_texts_like_formulas_stay(again, tmp_path):
    frame = frame_of().assign(label=["-", "+", "-1"] * 20, shop=[f"s{row % 7}" for row in range(60)])
    frame.loc[[11, 40], "review"] = ""
    stored = added(tmp_path, frame, label="label", group="shop")
    left, facts = stored.frame(), (stored.fingerprint, stored.labels, stored.sizes, stored.rows)
    assert facts[3] == 58 and left["row"].max() == 59
    read = again(stored, group="shop")
    assert same_frame(left, read) and (read.fingerprint, read.labels, read.sizes, read.rows) == facts
    assert read.group == "shop"


def test_pairs_stay_pairs(again, tmp_path):
    frame = frame_of().assign(hypothesis=[f"so it is said {row}" for row in range(60)])
    stored = added(tmp_path, frame, text_pair="hypothesis", label="label")
    left = stored.frame()
    read = again(stored)
    assert read.task == "text_pair" and same_frame(left, read)


def test_scores_stay_scores_and_a_set_without_labels_stays_without(again, tmp_path):
    stored = added(tmp_path, frame_of().assign(label=[row / 7 - 3 for row in range(60)]), label="label")
    assert stored.task == "regression"
    left = stored.frame()
    assert same_frame(left, again(stored))


def test_a_set_without_validation_rows_gets_none(again, tmp_path):
    stored = added(tmp_path, frame_of(), label="label", fractions=(0.8, 0.0, 0.2))
    left = stored.frame()
    assert same_frame(left, again(stored)) and set(left["split"]) == {"train", "test"}


def test_a_version_with_rows_dropped_is_read_again_as_it_is(again, untidy):
    version = make_version(untidy, "safe")
    left = version.frame()
    assert same_frame(left, again(version))


def test_an_earlier_export_with_empty_cells_for_no_labels_is_read_whole(home, tmp_path):
    lines = [
        f"{row},{text},{('', 'fact|price', 'fact', 'price')[row % 4]},train"
        for row, (text, _) in enumerate(sentences(40))
    ]
    (tmp_path / "old.csv").write_text("\n".join(["row,text,label,split", *lines]) + "\n")
    stored, _ = add_dataset(tmp_path / "old.csv")
    assert stored.task == "multi_label" and stored.rows == 40 and stored.labels == ("fact", "price")


def test_a_file_whose_row_numbers_were_changed_is_read_as_any_other(home, tmp_path):
    lines = [f"{row // 2},{text},{label},train" for row, (text, label) in enumerate(sentences(40))]
    (tmp_path / "x.csv").write_text("\n".join(["row,text,label,split", *lines]) + "\n")
    stored, _ = add_dataset(tmp_path / "x.csv")
    assert stored.frame()["row"].tolist() == list(range(40)) and "extra.row" in stored.frame()
