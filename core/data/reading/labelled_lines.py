"""Lines of a label and a text with nothing but a blank between them: ``1 a stirring film``, ``DESC:manner How did it begin ?``."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from core.data.reading.ask import SHOWN, Ask, Reading
from core.data.reading.delimited import open_delimited
from core.data.reading.header import LONGEST_CELL
from core.data.reading.line_labels import Evidence, weigh_labels
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, TableReader
from core.data.reading.text_sample import beginning, encoding_of
from core.data.reading.transcode import line_pieces

COLUMNS = ("text", "label")
FEWEST_LINES, WORDS = 8, 3  # lines that must be seen, and words that most of them have beside the label
LOOKED_AT = 5_000  # lines by which it is told whether numbers are labels
TABLES = ("csv", "tsv", "tab", "psv")  # endings of what is surely delimited
_LABEL = re.compile(r"[+-]?\d{1,2}|[A-Za-z]\w*:[A-Za-z]\w*")  # words alone may be how sentences begin


def is_labelled_lines(head: bytes, ending: str) -> bool:
    """Whether each line begins with one of a few labels, numbers or pairs such as NUM:date, and goes on as a text."""
    if ending in TABLES or b"\x00" in head:
        return False
    lines = [line.split() for line in head.decode("utf-8", "replace").splitlines()[: -1 if len(head) >= 4096 else None]]
    lines = [words for words in lines if words]
    labels = Counter(words[0] for words in lines)
    if len(lines) < FEWEST_LINES or not all(map(_LABEL.fullmatch, labels)) or not 2 <= len(labels) <= len(lines) / 2:
        return False
    texts = [words[1:] for words in lines]
    worded = sum(any(letter.isalpha() for letter in "".join(text)) and len(text) >= WORDS for text in texts)
    separated = sum(line.count(b"\t") > 0 or line.count(b";") > 1 for line in head.splitlines())
    return worded >= 0.8 * len(lines) and separated < 0.5 * len(lines)


def open_labelled_lines(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The texts and their labels; plain texts where the numbers are none, or where a separator or a header is spoken of."""
    size, strict = path.stat().st_size, options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    lines = [line.strip() for line in beginning(path, guess.encoding, name, strict)[0].splitlines()[:LOOKED_AT]]
    lines = [line for line in lines if _LABEL.fullmatch(line.partition(" ")[0]) and " " in line]
    evidence = weigh_labels([line.split() for line in lines])
    if options.delimiter is not None or options.header is not None or evidence is Evidence.AGAINST:
        return open_delimited(path, name, options)
    return TableReader(
        name, "labelled lines", COLUMNS, size, partial(_batches, path, guess.encoding, name, strict), guess.encoding,
        warnings=guess.warnings, reasons={"fields": "the first word of each line is one of a few labels, the rest its text"},
        asks=() if evidence is Evidence.SURE else (_ask(lines),),
    )  # fmt: skip


def _ask(lines: list[str]) -> Ask:
    """Whether the numbers are labels, with both readings."""
    apart = [line.split(maxsplit=1) for line in lines[:SHOWN]]
    labelled = tuple({"text": text[:LONGEST_CELL], "label": label} for label, text in apart)
    plain = tuple({"text": line[:LONGEST_CELL]} for line in lines[:SHOWN])
    return Ask(
        "header", "Do the numbers at the beginning of the lines label the texts behind them?", "--no-header",
        Reading("a label and its text", True, labelled), Reading("texts that begin with a number", False, plain),
    )  # fmt: skip


def _batches(path: Path, encoding: str, name: str, strict: bool) -> Iterator[Batch]:
    number = 0
    for lines, done, misfits in line_pieces(path, encoding, name, strict):
        rows, skipped = [], list[SkippedRow]()
        for line in lines:
            number += 1
            label, _, rest = line.strip().partition(" ")
            if _LABEL.fullmatch(label):
                rows.append((rest.strip(), label))
            elif label:
                skipped.append(SkippedRow(number, "no label at its beginning", line, len(rows)))
        if rows or skipped or misfits:
            frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
            yield Batch(frame, skipped, done, Counter({"misfits": misfits}))


LABELLED_LINES = Reader("labelled_lines", "labelled lines", (), is_labelled_lines, open_labelled_lines, binary=False)
