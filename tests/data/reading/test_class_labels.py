import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.reading.class_labels import KEY
from core.data.reading.read import read_table
from core.data.sets.add import add_dataset
from tests.conftest import sentences
from tests.data.reading.conftest import zipped

NAMES = ["neg", "pos"]
FEATURE = {"names": NAMES, "_type": "ClassLabel"}


def with_names(numbers, feature=FEATURE, start=0):
    """A table as the datasets library writes it: numbers in the cells, names in the schema."""
    texts = [text for text, _ in sentences(start + len(numbers))][start:]
    features = {"text": {"dtype": "string", "_type": "Value"}, "label": feature}
    table = pa.table({"text": texts, "label": numbers})
    return table.replace_schema_metadata({KEY: json.dumps({"info": {"features": features}}).encode()})


def test_numbers_become_the_names_of_the_schema_and_minus_one_no_label(tmp_path):
    pq.write_table(with_names([1, 0, -1, 1]), tmp_path / "x.parquet")
    assert read_table(tmp_path / "x.parquet").frame["label"].tolist() == ["pos", "neg", None, "pos"]


@pytest.mark.parametrize(
    "feature", [[FEATURE], {"feature": FEATURE, "_type": "Sequence"}, {"feature": FEATURE, "_type": "List"}]
)
def test_lists_of_classes_are_named_too(tmp_path, feature):
    pq.write_table(with_names([[0, 1], [1], []], feature), tmp_path / "x.parquet")
    cells = [list(cell) for cell in read_table(tmp_path / "x.parquet").frame["label"]]
    assert cells == [["neg", "pos"], ["pos"], []]


def save(folder, table):
    """One part as ``save_to_disk`` leaves it."""
    folder.mkdir(parents=True)
    with pa.ipc.new_stream(str(folder / "data-00000-of-00001.arrow"), table.schema) as stream:
        stream.write_table(table)
    (folder / "state.json").write_text('{"_data_files": [{"filename": "data-00000-of-00001.arrow"}]}')
    (folder / "dataset_info.json").write_text('{"features": {"label": {"names": ["neg", "pos"]}}}')


@pytest.mark.parametrize("packed", [False, True])
def test_a_set_that_was_saved_to_disk_keeps_its_parts_and_names(home, tmp_path, packed):
    saved = tmp_path / "saved"
    save(saved / "train", with_names([0, 1] * 20))
    save(saved / "test", with_names([0, 1] * 10, start=40))
    (saved / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in saved.rglob("*") if path.is_file()}
    dataset, _ = add_dataset(zipped(tmp_path / "saved.zip", files) if packed else saved)
    assert (dataset.rows, dataset.labels, dataset.sizes["test"]) == (60, ("neg", "pos"), 20)
    assert dataset.warnings == ()


def test_numbered_pieces_of_parts_are_read_together(home, tmp_path):
    files = {}
    for place, name in enumerate(("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001")):
        sink = pa.BufferOutputStream()
        pq.write_table(with_names([0, 1] * 10, start=20 * place), sink)
        files[f"data/{name}.parquet"] = sink.getvalue().to_pybytes()
    dataset, _ = add_dataset(zipped(tmp_path / "repo.zip", files))
    assert dataset.rows == 60 and dataset.sizes["test"] == 20
