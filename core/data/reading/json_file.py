"""JSON files: a value a line, or one document; which of them is told by the first bytes and the ending."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.data.reading.delimited import ENDINGS as DELIMITED
from core.data.reading.json_document import AT_ONCE, LIST_START, open_document
from core.data.reading.json_lines import is_json_line, read_lines
from core.data.reading.json_rows import open_rows
from core.data.reading.json_shapes import EACH_ROW
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.table_reader import TableReader
from core.data.reading.text_sample import beginning, encoding_of
from core.errors import DatasetError

LINES = ("jsonl", "ndjson")
_OBJECTS = re.compile(rb'\[\s*\{\s*"|\{\s*"[^"]+"\s*:')
_VALUES = re.compile(rb"\{|\[\s*[\[{\"]")


def is_json(head: bytes, ending: str) -> bool:
    """Whether a text begins as JSON does, or its ending says that it is JSON."""
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if ending in DELIMITED:  # only what is surely JSON
        return bool(_OBJECTS.match(start))
    return bool(_VALUES.match(start)) or ending in (*LINES, "json")


def open_json(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """Find out how a JSON file is built, and which fields its objects have; of the options only the encoding counts.

    Raises:
        DatasetError: when it is no valid JSON, or holds no objects.
    """
    size, strict = path.stat().st_size, options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    text, _ = beginning(path, guess.encoding, name, strict)
    how = (path, guess.encoding, name, strict)
    if _is_lines(text, name.lower().rsplit(".", 1)[-1]):
        opened = open_rows(partial(read_lines, *how), name, "jsonl", size, guess.encoding, at_once=size <= AT_ONCE)
        if opened is not None:
            return replace(
                opened, warnings=(*opened.warnings, *guess.warnings)
            )  # else this is one object over several lines
    opened = open_document(*how)
    if opened is None:
        raise DatasetError(f"{name} holds no list of JSON objects.", EACH_ROW)
    return replace(opened, warnings=(*opened.warnings, *guess.warnings))


def _is_lines(text: str, ending: str) -> bool:
    """Whether each line is a value: objects unless the ending says json, lists where it says so and the first line is whole."""
    start = text.lstrip()
    if LIST_START.match(start):
        return ending in LINES and is_json_line(start.split("\n", 1)[0])
    return ending in LINES or (start.startswith("{") and ending != "json")


JSON = Reader("json", "JSON, JSON Lines", ("json", *LINES), is_json, open_json, binary=False)
