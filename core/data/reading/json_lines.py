"""JSON Lines: one value a line; a line that is no JSON is named, the others are read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.data.reading.json_keys import RepeatedKey, once_each
from core.data.reading.json_rows import ParsedValue, Piece
from core.data.reading.transcode import text_pieces

NO_JSON = "not valid JSON"
_DECODER = json.JSONDecoder(object_pairs_hook=once_each)


def read_lines(path: Path, encoding: str, name: str, strict: bool) -> Iterator[Piece]:
    """The values of the lines, piece by piece; their numbers are those of the lines.

    Args:
        strict: refuse what does not fit the encoding.

    Raises:
        DatasetError: where ``strict`` finds a misfit.
    """
    number, misfits = 0, 0
    unended: list[str] = []  # pieces of the line that is not ended yet
    for text, done, misfits_here in text_pieces(path, encoding, name, strict):
        final, misfits = not text, misfits + misfits_here
        unended.append(text)
        if "\n" not in text and not final:
            continue
        data = "".join(unended)
        end = len(data) if final else data.rfind("\n") + 1
        lines, unended = data[:end], [data[end:]]
        lines = lines.replace("\r", "\n") if "\n" not in lines else lines  # old Macs end lines so
        values = []
        for line in lines.split("\n")[: None if final else -1]:
            number += 1
            if line.strip():
                values.append(ParsedValue(number, *_parsed(line)))
        yield Piece(values, done, misfits)
        misfits = 0


def _parsed(line: str) -> tuple[Any, str]:
    """The value of a line, or the line itself with what is wrong with it."""
    try:
        return _DECODER.decode(line), ""
    except RepeatedKey as error:
        return line, str(error)
    except (ValueError, RecursionError):
        return line, NO_JSON


def is_json_line(line: str) -> bool:
    """Whether a line is a whole JSON value."""
    return _parsed(line)[1] != NO_JSON
