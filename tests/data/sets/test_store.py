import os

import pandas as pd
import pytest

from core.data.sets.store import (
    delete_dataset,
    find_dataset,
    get_dataset,
    list_datasets,
    rename_dataset,
    restore_dataset,
)
from core.errors import DatasetError
from tests.conftest import sentences


def write(tmp_path, frame, name="x.csv"):
    frame.to_csv(tmp_path / name, index=False)
    return tmp_path / name


def frame_of(rows=100):
    return pd.DataFrame(sentences(rows), columns=["review", "label"])


def test_rename_delete_and_undo(dataset):
    assert rename_dataset(dataset.id, "other").name == "other"
    delete_dataset("other")
    assert not list_datasets()
    assert restore_dataset(dataset.id).name == "other" and get_dataset("other").rows == dataset.rows


def test_a_set_is_found_by_its_id_without_reading_the_others(dataset):
    other = dataset.folder.parent / "other-1"
    other.mkdir()
    os.mkfifo(other / "dataset.json")  # whoever opens it to read waits for ever
    (other / "data.parquet").write_bytes(b"")
    assert get_dataset(dataset.id) == dataset


@pytest.mark.parametrize("ref", ["", ".", "..", ".new-1", "../datasets", "a/b", "/etc"])
def test_an_id_leads_into_no_other_folder(dataset, ref):
    assert find_dataset(ref) is None and find_dataset(f"../datasets/{dataset.id}") is None
    with pytest.raises(DatasetError, match="There is no data set"):
        get_dataset(ref)
