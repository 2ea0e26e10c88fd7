"""Probable label errors: rows whose label an out-of-sample model doubts.

Method: confident learning, as cleanlab carries it out (Northcutt, Jiang, Chuang, 2021, Confident Learning: Estimating
Uncertainty in Dataset Labels, JAIR). A row is suspect when the model, which has not learnt from it, is as sure of another
class as it usually is of rows that have that class.
"""

from typing import Any

import numpy as np
import pandas as pd

from core import workspace
from core.data.cleaning.texts import text_keys, whole_texts
from core.data.sets.store import DataSet
from core.data.splits.draw import draw
from core.data.splits.folds import assign_folds
from core.errors import DatasetError, RunError
from core.evaluation.baselines import tfidf
from core.runs.folder import Run, no_result

MOST_ROWS = 20_000  # that are cross-validated; of more, a stratified draw
FOLDS = 4
CHARACTERS = 2000  # of each text
COLUMNS = ["row", "text", "label", "suggestion", "certainty", "own", "split"]


def suspects_of_run(run: Run) -> pd.DataFrame:
    """Rows that the run was judged by, and never learnt from, whose label it doubts; the most doubtful first.

    Returns:
        row, text, label, suggestion (the model's class), certainty (its probability), own (that of the label), split.

    Raises:
        RunError: when the run has no result, or its rows have several labels or scores.
    """
    result = run.result
    if result is None:
        raise no_result(run, "Wait until it has finished.")
    table = run.read_predictions(result["split"])
    labels = list(result["labels"])
    if not set(table["label"].astype(str)) <= set(labels) or any(f"p.{label}" not in table for label in labels):
        raise RunError(
            "Label errors are looked for where each row has one class.", "Look at the largest misses instead."
        )
    probabilities = table[[f"p.{label}" for label in labels]].to_numpy(dtype=np.float64)
    return _suspects(table.assign(split=result["split"]), probabilities, labels)


def suspects_of_set(dataset: DataSet, seed: int = 0) -> pd.DataFrame:
    """Rows of the whole set whose label a word model doubts that learnt from the other rows (four folds); as above.

    Words and word pairs with logistic regression: quick, and blunter than a fine-tuned model. Rows with the same text
    are in one fold, so that no text vouches for itself. Of more than 20,000 rows a draw is looked at. Kept on disk.

    Raises:
        DatasetError: when the rows have no classes, or there are too few.
    """
    frame = dataset.frame()
    if not dataset.labels or not set(frame["label"]) <= set(dataset.labels):
        raise DatasetError("Label errors are looked for where each row has one class.", "This set has none.")
    name = f"{dataset.fingerprint[:24]}-{MOST_ROWS}-{FOLDS}-{seed}.parquet"

    def look() -> pd.DataFrame:
        drawn = frame.iloc[draw(frame["label"], MOST_ROWS, seed, frame["row"])].reset_index(drop=True)
        labels = list(dataset.labels)
        return _suspects(drawn, _out_of_sample(drawn, labels, seed), labels)

    return workspace.kept(
        workspace.home() / "cache" / "suspects" / name, lambda path: pd.read_parquet(path)[COLUMNS], look,
        lambda path, suspects: suspects.to_parquet(path, index=False),
    )  # fmt: skip


def _out_of_sample(frame: pd.DataFrame, labels: list[str], seed: int) -> np.ndarray:
    """(rows, classes) probabilities, each row judged by a model that has not seen its text."""
    numbers = frame["label"].map({label: number for number, label in enumerate(labels)}).to_numpy(dtype=np.int64)
    texts = whole_texts(frame).str.slice(0, CHARACTERS).to_numpy()
    folds = assign_folds(frame["label"], FOLDS, groups=text_keys(frame), seed=seed)
    probabilities = np.zeros((len(frame), len(labels)))
    for fold in range(FOLDS):
        inside, outside = folds == fold, folds != fold
        model = tfidf(texts[outside].tolist(), numbers[outside], texts[inside].tolist(), len(labels), seed)
        probabilities[inside] = model.outputs
    return probabilities


def _suspects(table: pd.DataFrame, probabilities: np.ndarray, labels: list[str]) -> pd.DataFrame:
    from cleanlab.filter import find_label_issues  # takes seconds to import

    numbers = table["label"].map({label: number for number, label in enumerate(labels)}).to_numpy(dtype=np.int64)
    present = np.unique(numbers)  # classes without a row have no typical certainty
    if len(present) < 2:
        return pd.DataFrame(columns=COLUMNS)
    column_of: dict[Any, int] = {number: column for column, number in enumerate(present)}
    shares = np.clip(probabilities[:, present], 1e-9, None)
    shares /= shares.sum(axis=1, keepdims=True)
    given = np.asarray([column_of[number] for number in numbers])
    order = find_label_issues(given, shares, return_indices_ranked_by="self_confidence", n_jobs=1)
    order = np.asarray(order, dtype=np.int64)
    best = shares[order].argmax(axis=1)
    suspects = table.iloc[order][["row", "text", "label", "split"]].reset_index(drop=True)
    suspects["suggestion"] = [labels[present[column]] for column in best]
    suspects["certainty"] = shares[order, best]
    suspects["own"] = shares[order, given[order]]
    return suspects.loc[suspects["suggestion"] != suspects["label"], COLUMNS].reset_index(drop=True)
