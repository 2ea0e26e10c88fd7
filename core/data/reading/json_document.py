"""A JSON list or object: read at once where it is small, streamed where it is large.

The standard library reads small documents: it also takes what Python and JavaScript write beside the standard (NaN, Infinity,
integers of any length, a comma after the last item). Large ones are streamed by ijson, which keeps to the standard; one that
it refuses is read at once after all, as long as it is not larger than memory should bear. Of half a surrogate pair, which no
text can store, ijson makes a question mark, the standard library what becomes U+FFFD. A single string that goes over many pieces is
begun anew by ijson at each of them; an item of any size is not.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ijson

from core.data.reading.json_keys import OnceEach, RepeatedKey, once_each
from core.data.reading.json_lists import are_labelled, with_label
from core.data.reading.json_rows import ParsedValue, Piece, open_rows
from core.data.reading.json_shapes import EACH_ROW, left_out, named_pairs, rows_inside, with_part
from core.data.reading.parts import part_of
from core.data.reading.table_reader import TableReader
from core.data.reading.transcode import text_pieces
from core.errors import DatasetError

AT_ONCE = 64 << 20  # bytes up to which a document is read at once
LARGEST = 512 << 20  # bytes of one that cannot be streamed
LIST_START = re.compile(r"\s*\[\s*[\[{\"\]]")
_BETWEEN = re.compile(r"[\s,]*")  # what stands between values
_DECODER = json.JSONDecoder(object_pairs_hook=once_each)
_REPEATED = "Give each key once in an object; texts of one label belong in one list."

TextPieces = Callable[[], Iterator[tuple[str, float, int]]]  # as ``text_pieces`` gives them, each time from the start


def open_document(path: Path, encoding: str, name: str, strict: bool) -> TableReader | None:
    """The rows of a document as a table; None where it holds no objects.

    Args:
        strict: refuse what does not fit the encoding.

    Raises:
        DatasetError: when it is no valid JSON, naming the line or item, or too large to be read at once and not to be streamed.
    """
    size, fault = path.stat().st_size, ""
    pieces = partial(text_pieces, path, encoding, name, strict)
    if size > AT_ONCE:
        try:
            place = find_rows(pieces)
            if place is not None:
                return open_rows(partial(_stream_all, pieces, place, name), name, "json", size, encoding, at_once=False)
        except ijson.JSONError as error:
            fault = str(error).strip().split("\n")[0]
    if size <= max(AT_ONCE, LARGEST):
        return open_rows(partial(_read_at_once, pieces, name), name, "json", size, encoding, at_once=True)
    title = f"{name} is one JSON object of {size / 1e6:,.0f} MB, too large to read at once"
    title = f"{name}, {size / 1e6:,.0f} MB, is not valid JSON: {fault}" if fault else title
    raise DatasetError(f"{title}.", "Write it as JSON Lines: one object a line.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a document stand.

    Attributes:
        prefixes: of ijson, ``item`` for a list, ``data.item`` for one inside an object -> the part or the label it is, where they are such.
        labelled: whether they are labels.
        warnings: sentences about lists that are left out.
    """

    prefixes: dict[str, str | None]
    warnings: tuple[str, ...] = ()
    labelled: bool = False


def find_rows(pieces: TextPieces) -> Place | None:
    """Where the rows of a document stand.

    It follows the rules of ``rows_inside``; None for a table that is no list of objects, which has to be read at once.
    A list is not read to its end.

    Raises:
        ijson.JSONError: when it is no JSON by the standard, or cut off.
    """
    lists: Counter[str] = Counter()  # path of a list that begins with an object -> objects in it
    shapes: dict[str, str] = {}  # path of a list or object of the outer levels -> how it begins
    fields: dict[str, set[str]] = {}  # path of such a list -> names of the fields of its first object
    values, opened = 0, None  # values of the outermost level; path of a list whose first item comes next
    for prefix, event, name in _events(pieces):
        if event == "map_key":
            path = prefix.removesuffix(".item")
            if lists.get(path) == 1 and path != prefix:
                fields.setdefault(path, set()).add(name)
        if event == "start_map":
            if opened is not None:
                lists[opened] = 0
            if prefix.endswith(".item"):
                path = prefix.removesuffix(".item")
                lists[path] += path in lists
        opened = None
        if event.startswith("start_"):
            values += prefix == ""
            if prefix.count(".") < 2:
                shapes.setdefault(prefix, event)
                opened = prefix if event == "start_array" else None
                if opened == "" and values == 1:
                    return Place({"item": None})
        elif prefix == "" and event not in ("map_key", "end_map"):
            values += 1
    return Place({"": None}) if values > 1 else _lists_of_rows(lists, shapes, fields)


def _events(pieces: TextPieces) -> Iterator[tuple[str, str, Any]]:
    """(prefix, event, value) of ijson's parser."""
    events = ijson.sendable_list()
    parser = ijson.parse_coro(events, use_float=True, multiple_values=True)
    for text, _, _ in pieces():
        if text:
            parser.send(text.encode())
        else:
            parser.close()
        yield from events
        events.clear()


def _lists_of_rows(lists: Counter[str], shapes: dict[str, str], fields: dict[str, set[str]]) -> Place | None:
    """The lists of objects that are parts, or stand under labels, else the longest one: at the outer level, else further in."""
    if shapes.get("columns") == shapes.get("data") == "start_array":  # what pandas writes with orient="split"
        return None
    outer = [path for path in lists if path and "." not in path]
    inner = [path for path in lists if path.count(".") == 1 and shapes.get(path.split(".")[0]) == "start_map"]
    within_first = [path for path in inner if path.split(".")[0] == inner[0].split(".")[0]]
    candidates = outer or within_first
    parts = {path: part for path in candidates if (part := part_of(path.rsplit(".", 1)[-1]))}
    by_label = {path: path.rsplit(".", 1)[-1] for path in candidates}
    labelled = are_labelled({by_label[path]: fields.get(path, set()) for path in candidates})
    longest = max(candidates, key=lists.__getitem__, default=None)
    taken: dict[str, str | None] = {} if longest is None else {longest: None}
    taken = dict(parts) if len(set(parts.values())) > 1 else dict(by_label) if labelled else taken
    # a key called item would stand in a prefix as the items of a list do
    if not taken or any("item" in path.split(".") for path in taken):
        return None
    sizes = {path.rsplit(".", 1)[-1]: lists[path] for path in candidates if path not in taken}
    return Place({f"{path}.item": part for path, part in taken.items()}, left_out(sizes, set()), labelled)


def _stream_all(pieces: TextPieces, place: Place, name: str) -> Iterator[Piece]:
    """The rows at all prefixes, one prefix after another; those of parts with their part."""
    warnings = place.warnings
    for number, (prefix, part) in enumerate(place.prefixes.items()):
        for piece in _stream(pieces, prefix, name):
            values = piece.values
            if part:
                added = with_label if place.labelled else with_part
                values = [value._replace(value=added(value.value, part)) for value in values]
            done = (number + piece.done) / len(place.prefixes)
            yield piece._replace(values=values, done=done, warnings=warnings, misfits=0 if number else piece.misfits)
            warnings = ()


def _stream(pieces: TextPieces, prefix: str, name: str) -> Iterator[Piece]:
    """The rows at a prefix, each as soon as it is whole."""
    rows = ijson.sendable_list()
    parser = ijson.items_coro(rows, prefix, map_type=OnceEach, use_float=True, multiple_values=prefix == "")
    number = 0
    for text, done, misfits in pieces():
        try:
            if text:
                parser.send(text.encode())
            else:
                parser.close()
        except RepeatedKey as error:
            raise DatasetError(f"{name}: in item {number + len(rows) + 1:,} {error}.", _REPEATED) from error
        yield Piece([ParsedValue(number + ahead, row) for ahead, row in enumerate(rows, 1)], done, misfits)
        number += len(rows)
        rows.clear()


def _read_at_once(pieces: TextPieces, name: str) -> Iterator[Piece]:
    """The rows of a document in one piece: the items of a list, objects one after another, or a table inside an object."""
    texts, _, misfits = zip(*pieces(), strict=True)
    text = "".join(texts)
    warnings: tuple[str, ...] = ()
    values = list(_list_items(text, name)) if LIST_START.match(text) else list(_values(text, name))
    if len(values) == 1 and not LIST_START.match(text):
        inside = rows_inside(values[0], name)
        values, warnings = inside.rows, inside.warnings
    values = named_pairs(values)
    yield Piece([ParsedValue(number, value) for number, value in enumerate(values, 1)], 1.0, sum(misfits), warnings)


def _list_items(text: str, name: str) -> Iterator[Any]:
    at, number = text.index("[") + 1, 0
    while True:
        at = _after_blanks(text, at)
        if at >= len(text):
            raise DatasetError(f"{name} is cut off: its list is not closed.", "Download or export it again.")
        if text[at] == "]":
            return
        try:
            value, at = _DECODER.raw_decode(text, at)
        except RepeatedKey as error:
            raise DatasetError(f"{name}: in item {number + 1:,} {error}.", _REPEATED) from error
        except (ValueError, RecursionError) as error:
            raise DatasetError(
                f"{name} is not valid JSON after item {number:,}: it is cut off or damaged there.", "Export it again."
            ) from error
        number += 1
        yield value


def _values(text: str, name: str) -> Iterator[Any]:
    at = _after_blanks(text, 0)
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except RepeatedKey as error:
            raise DatasetError(f"{name}: {error}.", _REPEATED) from error
        except json.JSONDecodeError as error:
            sentence = f"{name} is not valid JSON: line {error.lineno}, {error.msg}."
            raise DatasetError(sentence, "Export it again.") from error
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{name} is nested too deeply or holds too long a number.", EACH_ROW) from error
        yield value
        at = _after_blanks(text, at)


def _after_blanks(text: str, at: int) -> int:
    blanks = _BETWEEN.match(text, at)
    return blanks.end() if blanks else at
