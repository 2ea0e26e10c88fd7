import numpy as np
import pandas as pd
import pytest

from core.data.checks import check_dataset
from core.data.samples import add_sample
from core.data.split import draw, split_rows
from core.data.store import (
    add_dataset,
    delete_dataset,
    get_dataset,
    list_datasets,
    rename_dataset,
    restore_dataset,
)
from core.data.tokens import dataset_lengths, length_summary
from core.errors import DatasetError
from tests.conftest import sentences


def write(tmp_path, frame, name="x.csv"):
    frame.to_csv(tmp_path / name, index=False)
    return tmp_path / name


def frame_of(rows=100):
    return pd.DataFrame(sentences(rows), columns=["review", "label"])


def test_the_same_file_twice_is_the_same_set(home, tmp_path):
    path = write(tmp_path, frame_of())
    first, again = add_dataset(path), add_dataset(path)
    assert first[0] == again[0] and (first[1], again[1]) == (False, True)
    assert len(list_datasets()) == 1


def test_another_seed_is_another_set(home, tmp_path):
    path = write(tmp_path, frame_of())
    assert add_dataset(path, seed=1)[0].id != add_dataset(path, seed=2)[0].id


def test_rows_without_text_or_label_are_counted_not_lost_in_silence(home, tmp_path):
    frame = frame_of()
    frame.loc[3, "review"] = " "
    frame.loc[[5, 6], "label"] = None
    dataset, _ = add_dataset(write(tmp_path, frame))
    assert dataset.rows == 97 and dataset.skipped == {"without text": 1, "without label": 2}
    assert set(range(100)) - set(dataset.frame()["row"]) == {3, 5, 6}
    assert dataset.rows + dataset.skipped_rows == 100


def test_other_columns_are_kept(home, tmp_path):
    frame = frame_of().assign(stars=range(100))
    assert "extra.stars" in add_dataset(write(tmp_path, frame))[0].frame()


def test_one_class_is_refused_with_the_remedy(home, tmp_path):
    frame = frame_of().assign(label="pos")
    with pytest.raises(DatasetError, match="holds only 'pos'"):
        add_dataset(write(tmp_path, frame), label="label")


def test_a_missing_column_is_named_with_those_that_exist(home, tmp_path):
    with pytest.raises(DatasetError, match=r"'stars'.*review, label"):
        add_dataset(write(tmp_path, frame_of()), label="stars")


def test_a_set_without_labels_is_stored_for_prediction(home, tmp_path):
    dataset, _ = add_dataset(write(tmp_path, frame_of()[["review"]]))
    assert dataset.task == "unlabelled" and dataset.label is None


def test_rename_delete_and_undo(dataset):
    assert rename_dataset(dataset.id, "other").name == "other"
    delete_dataset("other")
    assert not list_datasets()
    assert restore_dataset(dataset.id).name == "other" and get_dataset("other").rows == dataset.rows


def test_parts_are_stratified_and_repeatable():
    labels = pd.Series(["a"] * 80 + ["b"] * 20)
    first, again = (split_rows(labels, None, seed=3) for _ in range(2))
    assert (first == again).all()
    shares = pd.crosstab(labels, first, normalize="index")
    assert np.allclose(shares.loc["a"], shares.loc["b"], atol=0.08)


def test_a_given_split_is_honoured_and_validation_carved_from_train():
    labels = pd.Series(["a", "b"] * 50)
    given = pd.Series(["training"] * 60 + ["TEST"] * 40)
    parts = split_rows(labels, None, given=given)
    assert (parts[60:] == "test").all() and set(parts[:60]) == {"train", "validation"}


def test_an_unknown_part_is_quoted():
    with pytest.raises(DatasetError, match="'holdout'"):
        split_rows(pd.Series(["a", "b"]), None, given=pd.Series(["train", "holdout"]))


def test_groups_never_straddle_parts():
    random = np.random.default_rng(0)
    groups = pd.Series(random.integers(0, 60, 600))
    labels = pd.Series(random.integers(0, 3, 600).astype(str))
    parts = split_rows(labels, groups, seed=1)
    assert (parts.groupby(groups).nunique() == 1).all()
    shares = parts.value_counts(normalize=True)
    assert abs(shares["train"] - 0.7) < 0.08 and abs(shares["test"] - 0.2) < 0.08


def test_a_class_of_one_row_is_learnt_from_not_lost():
    labels = pd.Series(["a"] * 50 + ["rare"])
    assert split_rows(labels, None).iloc[50] == "train"


def test_a_draw_keeps_the_classes_in_proportion_and_smaller_ones_lie_inside():
    labels = pd.Series(["a"] * 900 + ["b"] * 100)
    small, large = draw(labels, 100, 7), draw(labels, 500, 7)
    assert len(small) == 100 and 8 <= (labels.iloc[small] == "b").sum() <= 12
    assert len(set(small) - set(large)) <= 2
    assert set(draw(labels, 2, 1).tolist()) & set(range(900, 1000))


def test_health_finds_what_was_hidden(home, tmp_path):
    frame = frame_of(200)
    frame["giveaway"] = frame["label"].map({"pos": "5", "neg": "1"})
    frame.loc[150, "review"] = frame.loc[10, "review"].upper()
    frame.loc[151, ["review", "label"]] = [frame.loc[20, "review"], "neg" if frame.loc[20, "label"] == "pos" else "pos"]
    frame.loc[160, "label"] = "Pos "
    dataset, _ = add_dataset(write(tmp_path, frame), text="review", label="label")
    found = {check.name: check for check in check_dataset(dataset)}
    assert found["duplicates"].count == 2
    assert found["conflicting labels"].level == "warning"
    assert "'Pos' / 'pos'" in found["label look-alikes"].message.replace("'pos' / 'Pos'", "'Pos' / 'pos'")
    assert "giveaway" in found["columns that give the label away"].message


def test_lengths_are_told_in_tokens_with_the_share_that_is_cut(dataset):
    lengths = dataset_lengths(dataset, "minilm")
    summary = length_summary(lengths, 16)
    assert len(lengths) == dataset.rows and summary.longest == lengths.max()
    assert summary.share_cut == np.mean(lengths > 16)


def test_the_sample_is_sound(home):
    dataset = add_sample("reviews")
    frame = dataset.frame()
    assert dataset.rows >= 600 and dataset.labels == ("neg", "pos")
    assert set(frame["extra.domain"]) == {"films", "restaurants", "gadgets"}
    assert frame["label"].value_counts().nunique() == 1
    assert not [check for check in check_dataset(dataset) if check.level in ("warning", "error")]
    openings = frame["text"].str.lower().str.findall(r"\w+").str[:3].str.join(" ")
    assert not openings.duplicated().any()
