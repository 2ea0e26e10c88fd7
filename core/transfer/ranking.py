"""Ranking sources for a data set before any training."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.data.sets.store import DataSet
from core.data.splits.draw import draw
from core.errors import DatasetError, GraftError
from core.models.classifier import position_limit
from core.models.sources import list_sources
from core.tasks import task_of
from core.training.features import Progress, load_encoder, text_features
from core.transfer.scores import h_score, logme, probe_score


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source with its scores (higher is better) and its rank (1 is best); ``error`` says why one could not be scored."""

    source: str
    h_score: float | None = None
    logme: float | None = None
    probe: float | None = None
    rank: int | None = None
    seconds: float = 0.0
    error: str | None = None


def rank_sources(
    dataset: DataSet,
    sources: Sequence[str] = (),
    *,
    rows: int = 1000,
    max_length: int = 128,
    seed: int = 42,
    progress: Progress | None = None,
) -> tuple[list[Candidate], float]:
    """Score every source on the same rows and order them by their mean rank over the three scores.

    Args:
        sources: as a run names them; none means every source that is at hand.
        rows: training rows to look at, drawn evenly over the classes.

    Returns:
        the candidates, best first and those that could not be scored last, and the seconds it took.

    Raises:
        DatasetError: when the set has no labels, several a row, or scores.
    """
    if not dataset.labels:
        raise DatasetError(f"The data set {dataset.name!r} has no labels.", "Ranking needs a labelled set.")
    if dataset.task in ("multi_label", "regression"):
        raise DatasetError(
            f"The data set {dataset.name!r} has {task_of(dataset.task).title} a row, and sources are ranked for one label a row.",
            "Compare sources by a quick run of each instead: the strategy linear_probe takes minutes.",
        )
    began = time.perf_counter()
    names = list(sources) or [source.key for source in list_sources() if source.available and source.at_hand]
    train = dataset.part("train")
    train = train.iloc[draw(train["label"], rows, seed, train["row"])]
    numbers = {label: index for index, label in enumerate(dataset.labels)}
    labels = train["label"].map(numbers).to_numpy(dtype=np.int64)
    pairs = train["text_pair"].tolist() if "text_pair" in train else None
    candidates = []
    for number, name in enumerate(names):
        started = time.perf_counter()

        def report(done: int, total: int, number: int = number) -> None:
            if progress:
                progress(number * total + done, len(names) * total)

        try:
            encoder = load_encoder(name)
            length = min(max_length, position_limit(encoder.config))
            features = text_features(
                encoder, name, train["text"].tolist(), pairs=pairs, max_length=length, progress=report
            )
            scores = h_score(features, labels), logme(features, labels), probe_score(features, labels, seed)
            candidate = Candidate(name, *scores)
        except GraftError as error:
            candidate = Candidate(name, error=str(error))
        candidates.append(replace(candidate, seconds=time.perf_counter() - started))
    return _ranked(candidates), time.perf_counter() - began


def _ranked(candidates: list[Candidate]) -> list[Candidate]:
    """Best mean rank over the three scores first; those that could not be scored last."""
    scored = [candidate for candidate in candidates if candidate.error is None]
    ahead = np.zeros(len(scored))  # how many others are ahead, summed over the scores
    for name in ("h_score", "logme", "probe"):
        values = np.array([getattr(candidate, name) for candidate in scored])
        ahead += np.array([np.sum(values > value) for value in values]) if len(values) else 0
    order = np.argsort(ahead, kind="stable")
    best_first = [replace(scored[index], rank=rank) for rank, index in enumerate(order, 1)]
    return [*best_first, *(candidate for candidate in candidates if candidate.error is not None)]
