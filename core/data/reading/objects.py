"""JSON: lists of objects, JSON Lines, tables by column, ragged and nested; read piece by piece where it is a list or lines."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from core.data.reading.delimited import head_text, looks
from core.data.reading.dialect import unique
from core.data.reading.encoding import as_utf8, guess_encoding, repaired
from core.data.reading.records import Aside
from core.data.reading.table_reader import Batch, TableReader
from core.errors import DatasetError

BLOCK = 4 << 20
LARGEST = 512 << 20  # bytes of a JSON file that has to be read whole
EACH = "Each row must be an object with named fields."
BLANKS = re.compile(r"[\s,]*")  # between values
SURROGATE = re.compile("[\ud800-\udfff]")


def open_objects(path: Path, kind: str, name: str, encoding: str | None = None) -> TableReader:
    """Find out how a JSON file is built, and which fields its objects have.

    Args:
        kind: jsonl or json, as the first bytes and the extension say.

    Raises:
        DatasetError: when it holds no objects.
    """
    size = path.stat().st_size
    used = encoding or guess_encoding(b"\n".join(looks(path, size)), name, whole=False)
    text, _ = head_text(path, used, name, encoding is not None)
    start = text.lstrip()
    listed = bool(re.match(r"\[\s*[\[{\"\]]", start)) and not (kind == "jsonl" and _is_json(start.split("\n", 1)[0]))
    read = partial(_values, path, used, name, encoding is not None, "list" if listed else kind)
    if kind == "json" and not listed:
        rows = _whole(path, used, name)
        read = partial(iter, [([(number, row, "") for number, row in enumerate(rows, 1)], 1.0, 0)])
    columns, nested = _columns(read)
    if not columns:
        if kind == "jsonl" and not listed:  # one object over several lines
            return open_objects(path, "json", name, encoding)
        raise DatasetError(f"{name} holds no list of JSON objects.", EACH)
    return TableReader(
        name, "json" if listed or kind == "json" else "jsonl", tuple(unique(columns)), size,
        partial(_batches, read, columns, nested), used,
        reasons={"fields": "taken from inside nested objects: no text stands outside"} if nested else {},
    )  # fmt: skip


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
        return True
    except (ValueError, RecursionError):
        return False


def _values(path: Path, encoding: str, name: str, strict: bool, kind: str) -> Iterator[tuple[list[Any], float, int]]:
    """(number, value, fault) of each row, in pieces, with the share of the file that is read and misfits."""
    with path.open("rb") as file:
        size = max(1, path.stat().st_size)
        pieces = as_utf8(iter(lambda: file.read(BLOCK), b""), encoding, name, strict)
        yield from (_lines if kind == "jsonl" else _items)(pieces, lambda: file.tell() / size, name)


def _lines(pieces: Iterator[tuple[bytes, int]], done: Any, name: str) -> Iterator[tuple[list[Any], float, int]]:
    number, carry = 0, b""
    for piece, misfits in pieces:
        data = carry + piece
        cut = data.rfind(b"\n") + 1 if piece else len(data)
        text, more = repaired(data[:cut])
        carry, found = data[cut:], []
        text = text.replace("\r", "\n") if "\n" not in text else text  # old Macs end lines so
        for line in text.split("\n")[: -1 if piece else None]:
            number += 1
            if line.strip():
                found.append((number, *_parsed(line)))
        yield found, done(), misfits + more


def _parsed(line: str) -> tuple[Any, str]:
    try:
        return json.loads(line), ""
    except (ValueError, RecursionError):
        return line, "not valid JSON"


def _items(pieces: Iterator[tuple[bytes, int]], done: Any, name: str) -> Iterator[tuple[list[Any], float, int]]:
    """The items of one list, each decoded as soon as it is whole."""
    decoder, number, buffer, opened, carry = json.JSONDecoder(), 0, "", False, b""
    for piece, misfits in pieces:
        data = carry + piece
        whole = len(data) if not piece else max(data.rfind(b"\n"), data.rfind(b"}"), data.rfind(b","), 0)
        text, more = repaired(data[:whole])
        carry, buffer, at, found = data[whole:], buffer + text, 0, []
        if not opened and "[" in buffer:
            at, opened = buffer.index("[") + 1, True
        while True:
            at = _after_blanks(buffer, at)
            if at >= len(buffer) or buffer[at] == "]":
                break
            try:
                value, end = decoder.raw_decode(buffer, at)
            except (ValueError, RecursionError) as error:
                if piece and len(buffer) - at < LARGEST:
                    break  # the rest of it comes with the next piece
                raise DatasetError(
                    f"{name} is not valid JSON after item {number:,}: it is cut off or damaged there.",
                    "Export it again.",
                ) from error
            if end >= len(buffer) and piece and not isinstance(value, dict | list | str):
                break  # a number may go on
            number, at = number + 1, end
            found.append((number, value, ""))
        buffer = buffer[at:]
        if not piece and not buffer.startswith("]"):
            raise DatasetError(f"{name} is cut off: its list is not closed.", "Download or export it again.")
        yield found, done(), misfits + more


def _whole(path: Path, encoding: str, name: str) -> list[Any]:
    """The rows of a JSON file that has to be read at once: objects one after another, or a table inside an object."""
    if path.stat().st_size > LARGEST:
        raise DatasetError(
            f"{name} is one JSON object of {path.stat().st_size / 1e6:,.0f} MB, too large to read at once.",
            "Write it as JSON Lines: one object a line.",
        )
    with path.open("rb") as file:
        text = repaired(b"".join(piece for piece, _ in as_utf8(iter(lambda: file.read(BLOCK), b""), encoding, name)))[0]
    values: list[Any] = []
    decoder, at = json.JSONDecoder(), _after_blanks(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            said = f"{name} is not valid JSON: line {error.lineno}, {error.msg}."
            raise DatasetError(said, "Export it again.") from error
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{name} is nested too deeply or holds too long a number.", EACH) from error
        values.append(value)
        at = _after_blanks(text, at)
    return _rows_inside(values[0], name) if len(values) == 1 else values


def _after_blanks(text: str, at: int) -> int:
    found = BLANKS.match(text, at)
    return found.end() if found else at


def _rows_inside(value: Any, name: str) -> list[Any]:
    """The table that an object holds: a list of rows, columns beside each other, or what pandas writes."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise DatasetError(f"{name} holds no list of JSON objects.", EACH)
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):  # pandas, orient="split"
        return [dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"]]
    lists = {key: each for key, each in value.items() if isinstance(each, list)}
    tables = [each for each in lists.values() if each and isinstance(each[0], dict)]
    if tables:
        return max(tables, key=len)
    for each in value.values():  # a table further in, such as {"data": {"rows": [...]}}
        if isinstance(each, dict) and any(isinstance(v, list) and v and isinstance(v[0], dict) for v in each.values()):
            return _rows_inside(each, name)
    if len(lists) == len(value) > 1 and len(set(map(len, lists.values()))) == 1:
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    inner = [each for each in value.values() if isinstance(each, dict)]
    if len(inner) == len(value) > 1 and all(each.keys() == inner[0].keys() for each in inner):
        if any(isinstance(each, str) and len(each) > 60 for each in inner[0].values()) and len(inner) < len(inner[0]):
            return [dict(zip(value, row, strict=True)) for row in zip(*(each.values() for each in inner), strict=True)]
        first = next(iter(inner[0]), "")
        if first.isdigit():  # pandas, orient="columns"
            return [dict(zip(value, row, strict=True)) for row in zip(*(each.values() for each in inner), strict=True)]
        return inner  # orient="index"
    return [value]


def _columns(read: Any) -> tuple[list[str], bool]:
    """All fields of all objects in order, and whether texts stand only inside nested objects."""
    seen: dict[str, None] = {}
    inside: dict[str, None] = {}
    texts = 0
    for values, *_ in read():
        for _, value, fault in values:
            row = as_object(value) if not fault else None
            if row is None:
                continue
            for key, cell in row.items():
                seen[key] = None
                texts += isinstance(cell, str)
                if isinstance(cell, dict):
                    inside.update(dict.fromkeys(f"{key}.{each}" for each in cell))
    if texts or not inside:
        return list(seen), False
    return [*(key for key in seen if not any(each.startswith(f"{key}.") for each in inside)), *inside], True


def as_object(value: Any) -> dict[str, Any] | None:
    """A row as an object: lists by position, a lone string as text; None for what is no row."""
    if isinstance(value, dict):
        return {_clean(str(key)): cell for key, cell in value.items()}
    if isinstance(value, list) and value and not any(isinstance(each, dict | list) for each in value[:1]):
        return {str(place): cell for place, cell in enumerate(value)}
    return {"text": value} if isinstance(value, str) else None


def _batches(read: Any, columns: list[str], nested: bool) -> Iterator[Batch]:
    names = unique(columns)
    for values, done, misfits in read():
        rows, aside = [], []
        for number, value, fault in values:
            row = None if fault else as_object(value)
            if row is None:
                content = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                aside.append(Aside(number, fault or "not a JSON object", _clean(content)))
            else:
                rows.append(_flat(row) if nested else row)
        cells = {
            name: pd.Series([_clean(row.get(column)) for row in rows], dtype=object)
            for name, column in zip(names, columns, strict=True)
        }
        if rows or aside:
            yield Batch(pd.DataFrame(cells), aside, done, Counter({"misfits": misfits}))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    inner = {
        f"{key}.{each}": cell for key, value in row.items() if isinstance(value, dict) for each, cell in value.items()
    }
    return {key: value for key, value in row.items() if not isinstance(value, dict)} | inner


def _clean(cell: Any) -> Any:
    """Halves of surrogate pairs, which JSON can hold and no file can store, become the replacement mark."""
    return SURROGATE.sub("\ufffd", cell) if isinstance(cell, str) and SURROGATE.search(cell) else cell
