import pytest

from core.data.reading.read import read_table
from core.data.sets.add import add_dataset
from tests.data.reading.conftest import imdb, tarred, zipped


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_one_folder_a_class_with_parts_above(home, tmp_path, pack):
    path = pack(tmp_path / ("x.zip" if pack is zipped else "x.tar.gz"), imdb())
    table = read_table(path)
    assert (
        table.format == "folders"
        and len(table.frame) == 27
        and table.frame.columns.tolist() == ["text", "label", "split", "file"]
    )
    assert {each.content for each in table.skipped} == {
        "aclImdb/README",
        "aclImdb/imdb.vocab",
        "aclImdb/train/urls_pos.txt",
    }
    dataset, _ = add_dataset(path)
    assert (dataset.rows, dataset.skipped["without label"], dataset.labels) == (24, 3, ("neg", "pos"))
    assert dataset.split == "split" and dataset.size("test") == 8
    assert dataset.rows + dataset.skipped_rows == 24 + 3 + 3


def test_folders_named_as_20_newsgroups_and_texts_without_extension(tmp_path):
    files = {f"20news-bydate-{part}/{group}/{n}": f"From: someone\n\nabout {group} {n}" for part in ("train", "test")
             for group in ("alt.atheism", "sci.space") for n in range(5000, 5003)}  # fmt: skip
    frame = read_table(zipped(tmp_path / "x.zip", files)).frame
    assert (
        len(frame) == 12
        and set(frame["label"]) == {"alt.atheism", "sci.space"}
        and set(frame["split"]) == {"train", "test"}
    )


def test_old_encodings_are_found_over_all_texts_and_names(tmp_path):
    files = {f"{name}/{n}.txt": f"{text} {n}".encode("gb18030") for name, text in
             (("好评", "酒店环境很好,下次还会再来"), ("差评", "房间很脏,服务态度也不好")) for n in range(5)}  # fmt: skip
    frame = read_table(zipped(tmp_path / "x.zip", files)).frame
    assert frame["text"][0].startswith("酒店环境很好") and set(frame["label"]) == {"好评", "差评"}
