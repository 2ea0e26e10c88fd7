"""Training files of fastText: each line a text with its labels as words that begin with ``__label__``."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.table_reader import Batch, TableReader
from core.data.reading.text_sample import encoding_of
from core.data.reading.transcode import line_pieces

PREFIX = "__label__"
COLUMNS = ("text", "label")
_FIRST_LINE = re.compile(rb"\s*(\xef\xbb\xbf)?\s*(__label__[^\s,;]+[\s,]|[^\n,;\t\"]*\s__label__[^\s,;\"]+\s*?\n)")
_LABELS = re.compile(rf"(?:^|(?<=\s)){PREFIX}(\S+?)(?=[\s,]|$)[\s,]*")


def is_fasttext(head: bytes, ending: str) -> bool:
    """Whether the first line begins or ends with a label in fastText's spelling."""
    return _FIRST_LINE.match(head) is not None


def open_fasttext(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The texts with a list of the labels of each; of the options only the encoding counts."""
    size, strict = path.stat().st_size, options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    return TableReader(
        name, "fasttext", COLUMNS, size, partial(_batches, path, guess.encoding, name, strict), guess.encoding,
        warnings=guess.warnings,
        reasons={"fields": f"lines of fastText: words that begin with {PREFIX} are labels"},
    )  # fmt: skip


def _batches(path: Path, encoding: str, name: str, strict: bool) -> Iterator[Batch]:
    for lines, done, misfits in line_pieces(path, encoding, name, strict):
        rows = [split_labels(line) for line in lines if line.strip()]
        if rows or misfits:
            frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
            yield Batch(frame, [], done, Counter({"misfits": misfits}))


def split_labels(line: str) -> tuple[str, list[str] | None]:
    """The text of a line and its labels; None where it has none."""
    labels = _LABELS.findall(line)
    return _LABELS.sub("", line).strip(), labels or None


FASTTEXT = Reader("fasttext", "fastText", (), is_fasttext, open_fasttext, binary=False)
