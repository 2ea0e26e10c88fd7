import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.reading.class_labels import class_names
from core.data.reading.hub import BRANCH, is_hub_name, open_splits
from core.data.reading.read import whole_table
from core.data.reading.well_known import WELL_KNOWN
from core.data.sets.add import add_dataset
from core.data.sets.store import list_datasets
from core.errors import DatasetError
from tests.hub_server import Repo, point_at, serving


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


def test_of_two_validation_splits_one_judges_where_there_is_no_test_split(tmp_path):
    files = []
    for split in ("train", "validation_matched", "validation_mismatched"):
        pq.write_table(pa.table({"text": [f"{split} one"], "label": ["a"]}), tmp_path / f"{split}.parquet")
        files.append((split, tmp_path / f"{split}.parquet"))
    found = whole_table(open_splits(files, "someone/pairs"))
    assert found.frame["split"].tolist() == ["train", "validation", "test"]
    assert "validation_mismatched is taken for it" in found.warnings[-1]


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


COMMIT = "ab12" * 10


@pytest.fixture
def there(online, monkeypatch, tmp_path, home):
    """A Hub with a small set in two configurations, as its branch of Parquet files keeps them."""
    import huggingface_hub.constants as constants

    features = b'{"info": {"features": {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}'
    schema = pa.schema([("text", pa.string()), ("label", pa.int64())], metadata={b"huggingface": features})
    for configuration in ("plain_text", "other"):
        for split, rows in (("train", 60), ("test", 20)):
            texts = [f"{split} text {row} " + "long " * 100 + configuration for row in range(rows)]
            table = pa.table({"text": texts, "label": [row % 2 for row in range(rows)]}, schema=schema)
            (tmp_path / "repo" / configuration / split).mkdir(parents=True)
            pq.write_table(table, tmp_path / "repo" / configuration / split / "0000.parquet", compression="none")
    with serving() as server:
        point_at(server, monkeypatch, home / "hub")
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 5000)
        server.repos["datasets", "someone/reviews"] = Repo(tmp_path / "repo", {BRANCH: COMMIT, "main": "0" * 40})
        yield server


def test_a_set_of_the_hub_is_stored_with_its_classes_parts_and_commit(there):
    seen = []
    stored, _ = add_dataset("hub:someone/reviews", sheet="plain_text", progress=seen.append)
    assert (stored.name, stored.labels, stored.rows, stored.size("test")) == ("someone/reviews", ("neg", "pos"), 80, 20)
    assert stored.source_name == f"someone/reviews at {COMMIT[:12]}"
    assert seen and seen[0] < 1 and max(seen) <= 1
    again, known = add_dataset("someone/reviews", sheet="plain_text")
    assert known and again.id == stored.id
    assert not any("/other/" in asked for asked in there.asked)


def test_a_file_of_a_set_that_breaks_off_is_gone_on_with(there):
    there.faults.cut = 1
    assert add_dataset("hub:someone/reviews", sheet="other")[0].rows == 80
    assert there.faults.cut == 0


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("gated", "asks for consent"), ("missing", "no public data set"), ("wait", "asks to wait"), ("broken", r"failed.*\(500\)"),
        ("large", "at most"), ("configuration", "no configuration 'none'"), ("wrong", "not what the Hub has"),
    ],
)  # fmt: skip
def test_what_the_hub_refuses_is_told_and_nothing_is_stored(there, monkeypatch, fault, message):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    there.repos["datasets", "someone/reviews"].gated = fault == "gated"
    there.faults.statuses = {"wait": [429] * 40, "broken": [500] * 40}.get(fault, [])
    there.faults.wrong = fault == "wrong"
    if fault == "large":
        monkeypatch.setattr("core.data.reading.hub.LARGEST", 1000)
    with pytest.raises(DatasetError, match=message):
        add_dataset(
            "hub:someone/none" if fault == "missing" else "hub:someone/reviews",
            sheet="none" if fault == "configuration" else None,
        )
    assert not list_datasets()


def test_well_known_sets_are_named_as_the_hub_names_sets():
    assert len({each.name for each in WELL_KNOWN}) == len(WELL_KNOWN) >= 8
    assert WELL_KNOWN[0].title == "IMDB"
    assert all(is_hub_name(each.name) and each.rows and each.licence for each in WELL_KNOWN)
