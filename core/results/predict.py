"""Predictions of a finished run for whole files: every row of the file has its line in the output, in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.columns.joining import joined_texts
from core.data.reading.cells import cell_text
from core.data.reading.read import Table, read_table
from core.data.reading.skipped import SkippedRow, skipped_sentences
from core.errors import DatasetError
from core.evaluation.answers import confidence
from core.results.answer_tables import WRITERS, write_table
from core.results.answerer import Answerer, load_model
from core.results.progress import Progress
from core.results.text_columns import TextColumns, text_columns
from core.runs.folder import Run

NOTE = "graft_note"  # the column that says why a row has no prediction
SHOWN = 200  # characters of a row that was not read, in its note


@dataclass(frozen=True, slots=True)
class Scored:
    """A table with its predictions.

    Attributes:
        frame: all rows in the order of the file, those that could not be read among them.
        skipped: rows without a prediction: not readable, or without text.
        columns: what was scored.
        notes: sentences on rows without a prediction, on a guessed column, and on what was mended while reading.
    """

    frame: pd.DataFrame
    skipped: int
    columns: TextColumns
    notes: tuple[str, ...]


def predict_table(
    predictor: Answerer,
    frame: pd.DataFrame,
    texts: Sequence[str],
    text_pair: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """``frame`` with prediction, confidence and ``p.<label>`` added (for scores the prediction alone); rows without text
    keep these empty, and ``graft_note`` says so.

    New columns get a trailing underscore where the file already has one of that name.

    Args:
        texts: the columns that are joined to one text.
    """
    joined = pd.Series(joined_texts([[cell_text(cell) for cell in frame[name]] for name in texts]), dtype=object)
    filled = np.flatnonzero(joined != "")
    pairs = [cell_text(cell).strip() for cell in frame[text_pair].iloc[filled]] if text_pair else None
    outputs = predictor.predict(joined.iloc[filled].tolist(), pairs, progress)
    columns: dict[str, np.ndarray] = {"prediction": predictor.answers(outputs)}
    sure = confidence(predictor.task, outputs, predictor.thresholds)
    if sure is not None:
        columns |= {"confidence": sure} | {
            f"p.{label}": outputs[:, index] for index, label in enumerate(predictor.labels)
        }
    out = frame.reset_index(drop=True)
    for name, values in columns.items():
        is_text = values.dtype == object
        whole = np.full(len(frame), None if is_text else np.nan, dtype=object if is_text else np.float64)
        whole[filled] = values
        out[_free(name, out)] = whole
    if len(filled) < len(frame):
        out[_free(NOTE, out)] = np.where(joined == "", "no text", "")
    return out


def score_table(predictor: Answerer, table: Table, columns: TextColumns, progress: Progress | None = None) -> Scored:
    """All rows of a file with predictions; a row that could not be read stands in its place, blank but for its reason."""
    frame = predict_table(predictor, table.frame, columns.texts, columns.pair, progress)
    note = next((name for name in reversed(frame.columns) if name not in table.frame and name.startswith(NOTE)), None)
    empty = int((frame[note] != "").sum()) if note else 0
    unread = [row for row in table.skipped if row.before is not None]
    if unread:
        frame = _with_unread(frame, unread, note or _free(NOTE, frame))
    told = skipped_sentences(table.skipped, len(table.skipped), len(table.frame))
    notes = [*([columns.note] if columns.note else []), *(text for text in table.warnings if text not in told)]
    notes += [f"{len(unread):,} {_rows(unread)} could not be read, {_first(unread)}."] if unread else []
    notes += [f"{empty:,} rows have no text."] if empty else []
    if unread or empty:
        notes.append(f"They stand in their places without a prediction; the column {NOTE} says why.")
    return Scored(frame, len(unread) + empty, columns, tuple(notes))


def _rows(rows: Sequence[SkippedRow]) -> str:
    return "row" if len(rows) == 1 else "rows"


def _first(unread: Sequence[SkippedRow]) -> str:
    where = f"line {unread[0].line:,}: " if unread[0].line else ""
    return f"{'such as ' if len(unread) > 1 else ''}{where}{unread[0].reason}"


def _with_unread(frame: pd.DataFrame, unread: Sequence[SkippedRow], note: str) -> pd.DataFrame:
    """``frame`` with an empty row wherever one could not be read; its reason and what stands there go to ``note``."""
    if note not in frame:
        frame = frame.assign(**{note: ""})
    places = np.concatenate([np.arange(len(frame)), [float(row.before or 0) - 0.5 for row in unread]])
    rows = np.concatenate([np.arange(len(frame)), np.full(len(unread), -1)])  # -1 is no label of the frame: all empty
    order = np.argsort(places, kind="stable")
    out = frame.reindex(rows[order]).reset_index(drop=True)
    out.loc[rows[order] == -1, note] = [_reason(row) for row in unread]
    return out


def _reason(row: SkippedRow) -> str:
    content = row.content if len(row.content) <= SHOWN else f"{row.content[:SHOWN]} …"
    return f"not read{f' (line {row.line})' if row.line else ''}: {row.reason}: {content}"


def _free(name: str, frame: pd.DataFrame) -> str:
    """The name, with underscores behind it as long as the table has a column of that name."""
    while name in frame.columns:
        name += "_"
    return name


def predict_file(
    run: Run,
    input_path: Path,
    output_path: Path,
    *,
    texts: Sequence[str] = (),
    text_pair: str | None = None,
    device: str = "auto",
    progress: Progress | None = None,
) -> Scored:
    """Score a file and write it again with the predictions added; every row has its line, order and columns are kept.

    Raises:
        StorageError: when the answers cannot be written.
        DatasetError: when the file cannot be read, or its text column is not clear.
    """
    if output_path.suffix.lower() not in WRITERS:
        raise DatasetError(f"{output_path.name} has no known ending.", f"Use one of: {', '.join(WRITERS)}.")
    table = read_table(input_path)
    columns = text_columns(run, table.frame, texts, text_pair)
    scored = score_table(load_model(run, device), table, columns, progress)
    write_table(scored.frame, output_path)
    return scored
