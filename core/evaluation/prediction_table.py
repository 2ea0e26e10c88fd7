"""Predictions beside their rows, as a run leaves them in its folder."""

import numpy as np
import pandas as pd

from core.evaluation.answers import confidence, decide, written
from core.tasks import TASKS, Task


def prediction_table(
    rows: pd.DataFrame,
    truth: np.ndarray,
    outputs: np.ndarray,
    labels: tuple[str, ...],
    task: Task = TASKS["single_label"],
    thresholds: np.ndarray | None = None,
) -> pd.DataFrame:
    """One line a row: row id, text, label, prediction, and what the task adds.

    Classes and labels: ``confidence``, ``correct``, and ``p.<label>`` for each; several labels also ``missed`` and
    ``extra``, the labels that should have been given and were not, and the other way round. Scores: ``error``,
    predicted less true.
    """
    columns = [column for column in ("row", "text", "text_pair", "label") if column in rows]
    table = rows[columns].reset_index(drop=True)
    answers = decide(task, outputs, thresholds)
    if task.kind == "regression":
        exact = table["label"].astype(float)  # the truth as an array is rounded to float32
        return table.assign(label=exact, prediction=answers, error=answers - exact)
    table["prediction"] = written(task, answers, labels)
    table["confidence"] = confidence(task, outputs, thresholds)
    if task.kind == "single_label":
        table["correct"] = answers == truth
    else:
        wanted = truth.astype(bool)
        table["correct"] = (answers == wanted).all(axis=1)
        table["missed"] = written(task, wanted & ~answers, labels)
        table["extra"] = written(task, answers & ~wanted, labels)
    shares = pd.DataFrame({f"p.{label}": outputs[:, index] for index, label in enumerate(labels)})
    return pd.concat([table, shares], axis=1)
