"""A run that has finished without a training: its answers are right for a given share of the rows."""

import time
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core.data.sets.store import DataSet
from core.evaluation.baselines import Baseline, majority, tfidf
from core.evaluation.by_names import names_baseline
from core.evaluation.prediction_table import prediction_table
from core.evaluation.result import build_result
from core.runs.folder import Run
from tests.run_results import FACTS


def counted_words(train: pd.DataFrame, numbers: np.ndarray, test: pd.DataFrame) -> Baseline:
    """The real baseline of these rows, fitted once for all runs on them."""
    return _counted_words(tuple(train["text"]), tuple(numbers.tolist()), tuple(test["text"]))


@lru_cache(maxsize=32)
def _counted_words(texts: tuple[str, ...], numbers: tuple[int, ...], asked: tuple[str, ...]) -> Baseline:
    return tfidf(list(texts), np.array(numbers, dtype=np.int64), list(asked), 2, 0)


def finish(run: Run, dataset: DataSet, right: float, draw: int | None = None, **facts: Any) -> None:
    """Give a queued run the result of a model that answers so many rows rightly, beside real baselines.

    Args:
        draw: seed of which rows are right; the first ones where it is left out.
        facts: of the result, such as seconds.
    """
    frame = dataset.frame()
    train, test = frame[frame["split"] == "train"], frame[frame["split"] == "test"]
    labels = dataset.labels
    truth = pd.Categorical(test["label"], categories=labels).codes.astype(np.int64)
    order = np.arange(len(truth)) if draw is None else np.random.default_rng(draw).permutation(len(truth))
    answers = np.where(order < right * len(truth), truth, 1 - truth)
    numbers = pd.Categorical(train["label"], categories=labels).codes.astype(np.int64)
    baselines = [
        (majority(numbers, len(test), 2), 0.0), (counted_words(train, numbers, test), 0.1),
        (names_baseline(np.eye(2)[1 - truth], 0), 0.2),
    ]  # fmt: skip
    result = build_result(truth, np.eye(2)[answers] * 0.8 + 0.1, labels, baselines)
    told = (
        FACTS
        | {"train_rows": run.config.train_size or len(train), "evaluated_of": len(test), "validation_rows": 24}
        | facts
    )
    run.write_result(
        result | {key: value for key, value in told.items() if key not in ("rows", "labels")} | {"labels": list(labels)}
    )
    run.predictions("test").parent.mkdir(exist_ok=True)
    table = prediction_table(test, truth, np.eye(2)[answers] * 0.8 + 0.1, labels)
    table.to_parquet(run.predictions("test"))
    run.write_status(state="finished", ended_at=time.time())
