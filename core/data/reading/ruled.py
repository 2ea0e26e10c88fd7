"""Tables drawn in plain text: of Markdown, and in the boxes that database clients print."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from core.data.reading.drawn import Drawn, is_names_over, is_rule
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recast_file import left_out_tables, open_as_delimited, with_skipped
from core.data.reading.table_reader import MENDED, TableReader
from core.data.reading.text_sample import encoding_of
from core.data.reading.transcode import line_pieces

DELIMITED = (
    "csv",
    "tsv",
    "tab",
    "psv",
)  # of whose cells one may hold such a table, so it has to stand at the beginning
SHARE = 0.5  # of the lines from the names on that must be drawn, where the ending does not say Markdown


def is_ruled(head: bytes, ending: str) -> bool:
    """Whether a line of names with bars between them stands over a line that is drawn, also below some prose."""
    if b"|" not in head:
        return False
    lines = ["", *filter(str.strip, head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()), ""]
    for place in range(1, len(lines) - 1):
        if is_names_over(lines[place], lines[place + 1], lines[place - 1], ending == "md"):
            if ending == "md" or not any(line.strip() and not is_rule(line) for line in lines[:place]):
                return True
            drawn = sum("|" in line or is_rule(line) for line in lines[place:])
            return ending not in DELIMITED and drawn >= SHARE * len(lines[place:-1])
    return False


def open_ruled(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The largest such table of a file with all others of its names; of the options only the encoding counts."""
    strict = options.encoding is not None
    guess = encoding_of(path, options.encoding, name)

    def read(names: tuple[str, ...] = ()) -> tuple[TableReader, Drawn]:
        lines = chain.from_iterable(piece for piece, _, _ in line_pieces(path, guess.encoding, name, strict))
        drawn = Drawn(names)
        return open_as_delimited(drawn.rows(lines), path, name, "a drawn table", header=True), drawn

    opened, drawn = read()
    largest = max(drawn.others, key=drawn.others.__getitem__, default=())
    if largest and drawn.others[largest] > drawn.read:  # a table about the columns may stand first
        opened, drawn = read(largest)
    opened = with_skipped(opened, drawn.skipped)
    padded = (MENDED["padded"].format(drawn.padded),) if drawn.padded else ()
    return replace(opened, warnings=(*guess.warnings, *opened.warnings, *left_out_tables(drawn.others), *padded))


def ruled_rows(lines: Iterator[str]) -> Iterator[list[str]]:
    """The names and the cells of each row."""
    return Drawn().rows(lines)


RULED = Reader("ruled", "Markdown table", ("md",), is_ruled, open_ruled, binary=False)
