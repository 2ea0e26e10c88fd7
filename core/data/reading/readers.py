"""All readers of files, in the order in which they are asked whether a file is theirs.

A further kind of file is a module of its own with its ``Reader``, a line in one of the tuples here, and a test of the same name.
"""

from pathlib import Path

from core.data.reading.archive import Archive, archive_readers
from core.data.reading.arrow import ARROW
from core.data.reading.delimited import DELIMITED
from core.data.reading.fasttext import FASTTEXT
from core.data.reading.json_file import JSON
from core.data.reading.labelled_lines import LABELLED_LINES
from core.data.reading.parquet import PARQUET
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recognise import open_recognised
from core.data.reading.ruled import RULED
from core.data.reading.table_reader import TableReader
from core.data.reading.web_page import WEB_PAGE
from core.data.reading.workbook import WORKBOOK
from core.data.reading.yaml_file import YAML

BINARY = (PARQUET, ARROW, WORKBOOK)  # a workbook is a zip too, so it is asked before the archives
TEXT = (WEB_PAGE, FASTTEXT, YAML, JSON, RULED, LABELLED_LINES, DELIMITED)  # delimited text is what remains
ARCHIVE = Archive((*BINARY, *TEXT))  # also opens folders
READERS: tuple[Reader, ...] = (*BINARY, *archive_readers((*BINARY, *TEXT)), *TEXT)
ENDINGS = ("txt", *dict.fromkeys(ending for reader in READERS for ending in reader.endings))


def open_table(path: Path, name: str | None = None, options: ReadingOptions | None = None) -> TableReader:
    """Find out what a file is and how it is written, without reading it whole.

    Args:
        name: what the user calls the file, where ``path`` is a copy.

    Raises:
        DatasetError: when the file cannot be used, saying what it is and what to do.
    """
    if path.is_dir():
        return ARCHIVE.open(path, name or path.name, options or ReadingOptions())
    return open_recognised(path, name or path.name, options or ReadingOptions(), READERS)
