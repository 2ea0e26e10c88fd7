"""Pooling: the judged rows of several models, one a fold, as one result over all rows.

Metrics are computed once over the pooled rows rather than averaged over folds: averaged F1 leans with the size of the folds
and breaks where a fold lacks a class (Forman and Scholz, 2010, Apples-to-apples in cross-validation studies).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.data.cleaning.texts import text_keys
from core.errors import RunError
from core.evaluation.answers import decide, written
from core.evaluation.baselines import Baseline
from core.evaluation.result import build_result
from core.tasks import Task, encode_targets


@dataclass(frozen=True, slots=True)
class Fold:
    """What the model of one fold answered.

    Attributes:
        name: of its run.
        table: as ``core.evaluation.prediction_table`` gives it.
        metrics: of these rows alone.
        thresholds: (labels,) for several labels.
        baselines: judged on the same rows, in the order of ``table``.
    """

    name: str
    table: pd.DataFrame
    metrics: dict[str, Any]
    thresholds: np.ndarray | None = None
    baselines: tuple[Baseline, ...] = ()


@dataclass(frozen=True, slots=True)
class Pooled:
    """One result over the rows of several folds.

    Attributes:
        result: as ``core.evaluation.result.build_result`` gives it, over all rows.
        spread: metric -> mean, deviation (of a sample; None for one fold), low and high of the folds' own figures.
        repeated: rows whose very text stands in another fold too, so that their model may have learnt it.
        table: row, label and prediction of every row, in the order of the rows.
    """

    result: dict[str, Any]
    spread: dict[str, dict[str, float | None]]
    repeated: int
    table: pd.DataFrame


def pool(folds: Sequence[Fold], task: Task, labels: tuple[str, ...], headline: str | None = None) -> Pooled:
    """The folds' rows as one.

    Args:
        labels: the classes or labels of every fold's model, in the order of its outputs.
        headline: the metric that the folds' own results are judged by.

    Raises:
        RunError: when two folds judged the same row, so that it would count twice.
    """
    _check_apart(folds)
    whole = pd.concat([fold.table for fold in folds], ignore_index=True)
    truth, outputs = _truth(whole, task, labels), _outputs(whole, task, labels)
    thresholds = _by_row([(fold.thresholds, len(fold.table)) for fold in folds])
    beside = [
        (_joined([fold.baselines[number] for fold in folds], folds), 0.0)
        for number in range(min(len(fold.baselines) for fold in folds))
    ]
    numbers = np.repeat(np.arange(len(folds)), [len(fold.table) for fold in folds])
    result = build_result(
        truth, outputs, labels, beside, task, thresholds, who="this training", headline=headline, folds=numbers
    )
    for baseline in result["baselines"]:
        if baseline["name"] == "mean":  # one value a fold, high where the judged rows are low: no correlation in truth
            baseline["metrics"] |= {"pearson": None, "spearman": None}
            baseline["intervals"] |= {"pearson": [None, None], "spearman": [None, None]}
    table = whole[["row", "label"]].assign(prediction=written(task, decide(task, outputs, thresholds), labels))
    return Pooled(
        result, {name: _spread([fold.metrics.get(name) for fold in folds]) for name in task.metrics},
        _repeated(folds), table.sort_values("row", ignore_index=True),
    )  # fmt: skip


def _check_apart(folds: Sequence[Fold]) -> None:
    first: dict[int, str] = {}
    for fold in folds:
        rows = fold.table["row"].tolist()
        if twice := next((row for row in rows if row in first), None):
            raise RunError(
                f"Row {twice} was judged both by {first[twice]} and by {fold.name}, so it would count twice.",
                "Join one run a fold, all of one set of folds.",
            )
        first |= dict.fromkeys(rows, fold.name)


def _truth(table: pd.DataFrame, task: Task, labels: tuple[str, ...]) -> np.ndarray:
    if task.kind == "regression":
        return table["label"].to_numpy(dtype=np.float64)
    return encode_targets(task, table["label"].tolist(), labels)


def _outputs(table: pd.DataFrame, task: Task, labels: tuple[str, ...]) -> np.ndarray:
    """(rows, labels) probabilities, or (rows,) scores."""
    if task.kind == "regression":
        return table["prediction"].to_numpy(dtype=np.float64)
    return table[[f"p.{label}" for label in labels]].to_numpy(dtype=np.float64)


def _by_row(parts: Sequence[tuple[np.ndarray | None, int]]) -> np.ndarray | None:
    """(rows, labels) thresholds, each model's own for its rows; None where the task has none."""
    given = [np.tile(thresholds, (rows, 1)) for thresholds, rows in parts if thresholds is not None]
    return np.concatenate(given) if given else None


def _joined(of_folds: Sequence[Baseline], folds: Sequence[Fold]) -> Baseline:
    """One baseline over all rows; it learnt anew in each fold, as the model did."""
    thresholds = _by_row([(own.thresholds, len(fold.table)) for own, fold in zip(of_folds, folds, strict=True)])
    return replace(of_folds[0], outputs=np.concatenate([own.outputs for own in of_folds]), thresholds=thresholds)


def _spread(values: Sequence[float | None]) -> dict[str, float | None]:
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(known):
        return dict.fromkeys(("mean", "deviation", "low", "high"))
    deviation = float(known.std(ddof=1)) if len(known) > 1 else None
    return {"mean": float(known.mean()), "deviation": deviation, "low": float(known.min()), "high": float(known.max())}


def _repeated(folds: Sequence[Fold]) -> int:
    keys = pd.concat(
        [pd.DataFrame({"key": text_keys(fold.table), "fold": number}) for number, fold in enumerate(folds)]
    )
    return int((keys.groupby("key")["fold"].transform("nunique") > 1).sum())
