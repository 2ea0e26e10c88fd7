"""What a reader of one kind of file is, and what a user may say about how a file is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.reading.table_reader import TableReader


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How the user wants a file to be read; None leaves it to be found out from the content.

    Attributes:
        sheet: the one to read of ``TableReader.sheets``: a sheet of a workbook, a table of an archive, a configuration of a Hub set.
        header: whether the first row names the columns.
    """

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """The way one kind of file is recognised and opened; all of them stand in ``readers.READERS``.

    Attributes:
        name: one word, unique in the table.
        title: what a sentence to the user calls such files.
        endings: of file names, in small letters and without the point.
        recognises: told the first bytes of a file and the ending of its name, whether it is of this kind.
        open: (path, the name the user knows the file by, options) -> the file opened; raises DatasetError, saying what to do.
        binary: False for text, which is what remains when no binary kind is recognised.
        apart: whether it reads by a library that may end the whole process on a damaged or hostile file, so that this is done
            in a process of its own.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    open: Callable[[Path, str, ReadingOptions], TableReader]
    binary: bool = True
    apart: bool = False
