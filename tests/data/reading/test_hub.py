import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.reading.class_labels import class_names
from core.data.reading.hub import is_hub_name, open_splits
from core.data.reading.read import whole_table
from core.errors import DatasetError


def test_parts_of_a_hub_set_become_the_split_and_class_numbers_their_names(tmp_path):
    features = b'{"info": {"features": {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}'
    schema = pa.schema([("text", pa.string()), ("label", pa.int64())], metadata={b"huggingface": features})
    files = []
    for split, labels in (("train", [0, 1]), ("test", [1, -1]), ("unsupervised", [-1, -1])):
        table = pa.table({"text": [f"{split} one", f"{split} two"], "label": labels}, schema=schema)
        pq.write_table(table, tmp_path / f"{split}.parquet")
        files.append((split, tmp_path / f"{split}.parquet"))
    assert class_names(schema) == {"label": ["neg", "pos"]}
    found = whole_table(open_splits(files, "someone/set"))
    assert found.frame[["label", "split"]].values.tolist() == [
        ["neg", "train"],
        ["pos", "train"],
        ["pos", "test"],
        [None, "test"],
    ]
    assert "unsupervised" in found.warnings[0]


@pytest.mark.parametrize(
    ("name", "is_hub"),
    [("hub:imdb", True), ("stanfordnlp/imdb", True), ("data/reviews.csv", False), ("data/reviews.jsonl.zst", False),
     ("imdb", False), ("a/b/c", False)],
)  # fmt: skip
def test_names_of_the_hub_are_told_from_paths(name, is_hub):
    assert is_hub_name(name) == is_hub


def test_splits_of_differing_columns_are_refused(tmp_path):
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"body": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(DatasetError, match="different columns"):
        open_splits([("train", tmp_path / "a.parquet"), ("test", tmp_path / "b.parquet")], "someone/set")
