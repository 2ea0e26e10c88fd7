"""Tables drawn in plain text: of Markdown, and in the boxes that database clients print."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recast_file import open_as_delimited
from core.data.reading.table_reader import TableReader
from core.data.reading.text_sample import encoding_of
from core.data.reading.transcode import line_pieces

_RULE = re.compile(r"\s*[|+]?\s*:?-{3,}:?\s*([|+]\s*:?-{2,}:?\s*)*[|+]?\s*")  # a line that only draws
_BEGINNING = re.compile(
    rb"(\xef\xbb\xbf)?\s*(\+-{2,}[-+]*\+\s*\n)?[^\n]*\|[^\n]*\n[ \t]*[|+]?[ \t]*:?-{3,}[-:|+ \t]*\r?\n"
)
_COUNT = re.compile(r"\(?[\d,.]+ rows?( in set.*)?\)?")  # what a database client prints below
_BAR = re.compile(r"(?<!\\)\|")


def is_ruled(head: bytes, ending: str) -> bool:
    """Whether a line of names with bars between them stands over a line that is drawn."""
    found = _BEGINNING.match(head)
    return found is not None and (b"|" in found[0].rstrip().rsplit(b"\n", 1)[-1] or b"+" in found[0])


def open_ruled(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The first such table of a file, to its end or to the first line without a bar; of the options only the encoding counts."""
    strict = options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    lines = chain.from_iterable(piece for piece, _, _ in line_pieces(path, guess.encoding, name, strict))
    return open_as_delimited(ruled_rows(lines), path, name, "a drawn table", header=True)


def ruled_rows(lines: Iterator[str]) -> Iterator[list[str]]:
    """The cells of each row, without the lines that only draw; a bar behind a backslash belongs to its cell."""
    width = 0
    for line in lines:
        if not line.strip() or _RULE.fullmatch(line):
            continue
        if "|" not in line:
            if width and not _COUNT.fullmatch(line.strip()):
                return
            continue
        inner = line.strip()
        inner = inner.removeprefix("|")
        inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
        cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]
        width = width or len(cells)
        yield cells


RULED = Reader("ruled", "Markdown table", ("md",), is_ruled, open_ruled, binary=False)
