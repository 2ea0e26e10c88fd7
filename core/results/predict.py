"""Predictions of a finished run for whole files."""

from pathlib import Path

import numpy as np
import pandas as pd

from core import workspace
from core.data.columns.guess import choose_roles
from core.data.reading.cells import cell_text
from core.data.reading.read import read_table
from core.data.sets.store import get_dataset
from core.errors import DatasetError, GraftError
from core.evaluation.answers import confidence
from core.results.predictor import Predictor, Progress
from core.runs.folder import Run

WRITERS = (".csv", ".tsv", ".jsonl", ".parquet")


def predict_table(
    predictor: Predictor,
    frame: pd.DataFrame,
    text: str,
    text_pair: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """``frame`` with prediction, confidence and ``p.<label>`` added (for scores the prediction alone); rows without text
    keep these empty.

    New columns get a trailing underscore where the file already has one of that name.
    """
    texts = pd.Series([cell_text(cell).strip() for cell in frame[text]])
    filled = np.flatnonzero(texts != "")
    pairs = [cell_text(cell).strip() for cell in frame[text_pair].iloc[filled]] if text_pair else None
    outputs = predictor.predict(texts.iloc[filled].tolist(), pairs, progress)
    columns: dict[str, np.ndarray] = {"prediction": predictor.answers(outputs)}
    sure = confidence(predictor.task, outputs, predictor.thresholds)
    if sure is not None:
        columns |= {"confidence": sure} | {
            f"p.{label}": outputs[:, index] for index, label in enumerate(predictor.labels)
        }
    added = {}
    for name, values in columns.items():
        empty = None if values.dtype == object else np.nan
        added[name] = np.full(len(frame), empty, dtype=values.dtype if values.dtype == object else np.float64)
        added[name][filled] = values
    out = frame.copy()
    for name, values in added.items():
        while name in out.columns:
            name += "_"
        out[name] = values
    return out


def predict_file(
    run: Run,
    input_path: Path,
    output_path: Path,
    *,
    text: str | None = None,
    text_pair: str | None = None,
    device: str = "auto",
    progress: Progress | None = None,
) -> int:
    """Score a file and write it again with the predictions added; order and columns are kept.

    Returns:
        the number of rows written.

    Raises:
        StorageError: when the answers cannot be written.
        DatasetError: when the file cannot be read, or its text column is not clear.
    """
    if output_path.suffix.lower() not in WRITERS:
        raise DatasetError(f"{output_path.name} has no known ending.", f"Use one of: {', '.join(WRITERS)}.")
    table = read_table(input_path)
    text, text_pair = text_columns(run, table.frame, text, text_pair)
    scored = predict_table(Predictor.load(run, device), table.frame, text, text_pair, progress)
    write_table(scored, output_path)
    return len(scored)


def text_columns(
    run: Run, frame: pd.DataFrame, text: str | None = None, text_pair: str | None = None
) -> tuple[str, str | None]:
    """The columns to score: as asked, else those the run was trained on, else the likeliest.

    Raises:
        DatasetError: when a column is not there or nothing looks like text.
    """
    for asked in (text, text_pair):
        if asked and asked not in frame.columns:
            raise DatasetError(f"There is no column {asked!r}.", f"The columns are: {', '.join(frame.columns[:30])}.")
    try:
        trained = get_dataset(run.config.dataset)
    except GraftError:
        trained = None  # the set may have been deleted; the model still works
    if not text and trained and trained.text in frame.columns:
        text = trained.text
    wants_pair = bool(trained and trained.text_pair)
    if wants_pair and not text_pair and trained.text_pair in frame.columns:  # type: ignore[union-attr]
        text_pair = trained.text_pair  # type: ignore[union-attr]
    if not text:
        roles = choose_roles(frame, {})
        text, text_pair = roles.text, text_pair or (roles.text_pair if wants_pair else None)
    if wants_pair and not text_pair:
        raise DatasetError("This run reads pairs of texts and the file has one text column.", "Name the second one.")
    return text, text_pair


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in the format of the path's ending, aside and then in one move.

    Raises:
        StorageError: when the place cannot be written.
    """
    kind = path.suffix.lower()
    with workspace.replace_file(path) as aside:
        if kind == ".parquet":
            mixed = [name for name in frame.columns if frame[name].dtype == object]
            frame.assign(**{name: frame[name].map(cell_text) for name in mixed}).to_parquet(aside, index=False)
        elif kind == ".jsonl":
            frame.to_json(aside, orient="records", lines=True, force_ascii=False)
        else:
            frame.to_csv(aside, index=False, sep="\t" if kind == ".tsv" else ",")
