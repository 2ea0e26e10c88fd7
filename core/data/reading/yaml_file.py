"""YAML files: lists of records, documents of one each, texts by label, and the messages that Rasa lists for each intent."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.data.reading.json_lines import is_json_line
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recast_file import open_as_json
from core.data.reading.table_reader import TableReader
from core.data.reading.text_sample import encoding_of
from core.data.reading.transcode import text_pieces
from core.errors import DatasetError

ENDINGS = ("yaml", "yml")
LARGEST = 64 << 20  # bytes: a document is read whole, which takes many times as much
_MARKED = re.compile(r"\[([^\]]+)\][({][^)}]*[)}]")
_KEY = rb"[\w\"'][^:\n]{0,60}:"
_RECORDS = re.compile(
    rb"(\xef\xbb\xbf)?(\s*#[^\n]*\n)*(---[^\n]*\n)?\s*-[ ]+" + _KEY + rb"([ ][^\n]*)?\r?\n[ ]+" + _KEY + rb"(?=[ \r\n])"
)


def is_yaml(head: bytes, ending: str) -> bool:
    """Whether the name says so and no lines of JSON stand in it, or the first lines are a record of a list."""
    if ending in ENDINGS:
        lines = head.decode("utf-8", "replace").splitlines()[:2]
        return not (len(lines) == 2 and all(line.startswith("{") and is_json_line(line) for line in lines))
    return _RECORDS.match(head) is not None


def open_yaml(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The records of all documents of a file; of the options only the encoding counts.

    Raises:
        DatasetError: when it is no valid YAML, refers to parts of itself, names a key twice, or holds no records.
    """
    from core.data.reading.yaml_values import yaml_documents

    if path.stat().st_size > LARGEST:
        raise DatasetError(f"{name} is too large for YAML, which is read whole.", "Write it as JSON Lines or CSV.")
    strict = options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    text = "".join(piece for piece, _, _ in text_pieces(path, guess.encoding, name, strict))
    value, warnings = _joined(yaml_documents(text, name))
    intents, told = _intents(value)
    return open_as_json(intents or value, path, name, "yaml", (*guess.warnings, *warnings, *told))


def _joined(documents: list[Any]) -> tuple[Any, tuple[str, ...]]:
    """One value of several documents: lists as one list, objects of other keys as one object, of the same keys as records."""
    if len(documents) < 2:
        return next(iter(documents), None), ()
    objects = [document for document in documents if isinstance(document, dict)]
    taken: list[Any] = [document for document in documents if isinstance(document, list)]
    rows = [row for document in taken for row in document]
    if not taken and objects:
        keys = Counter(frozenset(document) for document in objects)
        usual = keys.most_common(1)[0][0]
        if len(keys) == len(objects) and len(frozenset().union(*objects)) == sum(map(len, objects)):
            return {key: value for document in objects for key, value in document.items()}, _left(documents, objects)
        rows = taken = [document for document in objects if usual & set(document)]
    return rows, _left(documents, taken)


def _left(documents: list[Any], taken: list[Any]) -> tuple[str, ...]:
    """A sentence for each document that is not among those ``taken``."""
    kept = set(map(id, taken))
    return tuple(
        f"Document {number} ({', '.join(list(document)[:4]) if isinstance(document, dict) else str(document)[:60]}) "
        "was left out: it holds no rows like the others."
        for number, document in enumerate(documents, 1) if id(document) not in kept
    )  # fmt: skip


def _intents(value: Any) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The messages of each intent, as Rasa writes them, in which [Rome](city) marks what is meant; sentences about what is none."""
    groups = value.get("nlu") if isinstance(value, dict) else None
    if not isinstance(groups, list):
        return [], ()
    rows, unread = [], 0
    for group in groups:
        if not isinstance(group, dict) or not isinstance(group.get("intent"), str):
            continue  # a synonym, a list to look up
        for message in _messages(group.get("examples")):
            if message is None:
                unread += 1
            else:
                rows.append({"text": _MARKED.sub(r"\1", message.strip()), "label": group["intent"]})
    said = f"{unread:,} examples of intents were left out: no dash stands before them, or they hold no text."
    return rows, (said,) if unread else ()


def _messages(examples: Any) -> Iterator[str | None]:
    """Each message of an intent: a line with a dash, an item of a list, or its ``text``; None for what is no message."""
    if isinstance(examples, str):
        for line in filter(str.strip, examples.splitlines()):
            yield line.strip()[1:] if line.strip().startswith("-") else None
    for item in examples if isinstance(examples, list) else ():
        text = item.get("text") if isinstance(item, dict) else item
        yield text if isinstance(text, str) and text.strip() else None


YAML = Reader("yaml", "YAML", ENDINGS, is_yaml, open_yaml, binary=False)
