import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from core.data.sets.store import list_datasets
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
