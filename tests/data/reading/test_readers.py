"""One table of readers: what is listed there is all that is needed for a kind of file to be read."""

import ast
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from core.data.reading.archive import archive_readers
from core.data.reading.read import whole_table
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.readers import BINARY, ENDINGS, READERS, TEXT, open_table
from core.data.reading.recognise import open_recognised
from tests.conftest import ROOT
from tests.data.reading.conftest import CSV, zipped

ROOM = ROOT / "core" / "data" / "reading"


def open_toy(path: Path, name: str, options: ReadingOptions):
    """A delimited text under a first line that says TOY."""
    table = path.with_name("inside")
    table.write_bytes(path.read_bytes().removeprefix(b"TOY\x00\n"))
    return replace(open_table(table, name, options), format="toy")


TOY = Reader("toy", "Toy", ("toy",), lambda head, ending: head.startswith(b"TOY\x00"), open_toy)
WITH_TOY = (TOY, *BINARY, *archive_readers((TOY, *BINARY, *TEXT)), *TEXT)


def test_a_reader_added_to_the_table_is_asked_for_files_and_for_what_archives_hold(home, tmp_path):
    path = tmp_path / "x.toy"
    path.write_bytes(b"TOY\x00\n" + CSV.encode())
    archive = zipped(tmp_path / "x.zip", {"data/x.toy": path.read_bytes(), "README": "nothing"})
    for file in (path, archive):
        table = whole_table(open_recognised(file, file.name, ReadingOptions(), WITH_TOY))
        assert (table.format, len(table.frame)) == ("toy", 40)


def test_options_reach_the_reader_of_what_an_archive_holds(home, tmp_path):
    path = zipped(tmp_path / "x.zip", {"x.csv": CSV})
    options = ReadingOptions(header=False, delimiter=",", encoding="cp1252")
    table = whole_table(open_table(path, options=options))
    assert (len(table.frame), table.header, table.encoding) == (41, False, "cp1252")


def test_names_and_endings_belong_to_one_reader_each():
    names = [reader.name for reader in READERS]
    endings = [ending for reader in READERS for ending in reader.endings]
    assert len(set(names)) == len(names) and len(set(endings)) == len(endings) and set(endings) < set(ENDINGS)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_each_reader_is_a_module_of_the_room_with_a_test_of_its_name(reader):
    module = Path(inspect.getfile(reader.open))
    assert module.parent == ROOM and (Path(__file__).parent / f"test_{module.stem}.py").exists()


def test_nobody_but_the_table_chooses_a_reader():
    entries = {"PARQUET", "ARROW", "WORKBOOK", "JSON", "DELIMITED", "archive_readers"}
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
        modules = {
            f"core.data.reading.{name}"
            for name in ("parquet", "arrow", "workbook", "json_file", "delimited", "archive")
        }
        used = {alias.name for node in nodes if node.module in modules for alias in node.names}
        assert path == ROOM / "readers.py" or not used & entries, path
