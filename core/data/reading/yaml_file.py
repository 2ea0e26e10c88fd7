"""YAML files: what stands in them as JSON would have it, every value as it is written."""

import re
from pathlib import Path
from typing import Any

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
    """Whether the name says so, or the first lines are a record of a list."""
    return ending in ENDINGS or _RECORDS.match(head) is not None


def open_yaml(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The records of a document; of the options only the encoding counts. A label ``no`` stays the word that it is.

    Raises:
        DatasetError: when it is no valid YAML, refers to parts of itself, or holds no records.
    """
    import yaml

    if path.stat().st_size > LARGEST:
        raise DatasetError(f"{name} is too large for YAML, which is read whole.", "Write it as JSON Lines or CSV.")
    strict = options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    text = "".join(piece for piece, _, _ in text_pieces(path, guess.encoding, name, strict))
    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            raise DatasetError(
                f"{name} refers to parts of itself (an alias such as *name).", "Write it as JSON or CSV."
            )
        values = list(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" near line {place.line + 1:,}" if place else ""
        raise DatasetError(
            f"{name} is no valid YAML{where}.", "Correct it there, or write it as JSON or CSV."
        ) from error
    value = values[0] if len(values) == 1 else values
    return open_as_json(_intents(value) or value, path, name, "yaml")


def _intents(value: Any) -> list[dict[str, str]]:
    """The messages of each intent, as Rasa writes them: a text of lines with a dash each, in which [Rome](city) marks what is meant."""
    groups = value.get("nlu") if isinstance(value, dict) else None
    if not isinstance(groups, list):
        return []
    return [
        {"text": _MARKED.sub(r"\1", line.strip()[1:].strip()), "label": group["intent"]}
        for group in groups
        if isinstance(group, dict) and isinstance(group.get("intent"), str) and isinstance(group.get("examples"), str)
        for line in group["examples"].splitlines()
        if line.strip().startswith("-")
    ]


YAML = Reader("yaml", "YAML", ENDINGS, is_yaml, open_yaml, binary=False)
