"""Ranking sources for a data set before any training."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.data.columns.labels import strata
from core.data.sets.store import DataSet
from core.data.sets.versions import origin_of
from core.data.splits.draw import draw
from core.errors import DatasetError, GraftError
from core.models.classifier import position_limit
from core.models.sources import list_sources
from core.results.learnt import origins_behind
from core.results.predictor import Predictor
from core.runs.folder import get_run
from core.tasks import encode_targets, task_of
from core.training.features import Progress, load_encoder, text_features
from core.transfer.scores import (
    fifths,
    h_score,
    knn_score,
    leep,
    logme,
    probe_score,
    regression_logme,
    regression_probe,
    several,
)

RANKERS = ("h_score", "logme")  # by these sources are ranked; the others are there to be read
HALVES = 8  # draws of half the rows, each of which ranks anew
MOST_ROWS = 2000  # rows beyond which a ranking hardly moves


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source with its scores (higher is better).

    Attributes:
        h_score, logme: by whose mean rank the sources are ordered; see ``core.transfer.scores``.
        probe: cross-validated accuracy of a linear classifier on the frozen source, 0..1; of scores its correlation.
        knn: share of rows whose nearest neighbours have the same class, 0..1; of scores the same fifth.
        leep: log likelihood a row by way of the source's own classes; None for a source without a head.
        rank: 1 is best; those that could not be scored have none.
        ranks: lowest and highest rank over draws of half the rows.
        width: of the features.
        parameters: weights of the encoder.
        seconds: that scoring it took.
        error: why it could not be scored.
    """

    source: str
    h_score: float | None = None
    logme: float | None = None
    probe: float | None = None
    knn: float | None = None
    leep: float | None = None
    rank: int | None = None
    ranks: tuple[int, int] | None = None
    width: int | None = None
    parameters: int | None = None
    seconds: float = 0.0
    error: str | None = None


def at_hand(dataset: DataSet) -> list[str]:
    """Every source on this machine, but for models that learnt from rows of this very set: they would come first by that."""
    keys = [source.key for source in list_sources() if source.available and source.at_hand]
    return [key for key in keys if origin_of(dataset) not in origins_behind(key)]


def rank_sources(
    dataset: DataSet,
    sources: Sequence[str] = (),
    *,
    rows: int = 1000,
    max_length: int = 128,
    seed: int = 42,
    progress: Progress | None = None,
) -> tuple[list[Candidate], float]:
    """Score every source on the same rows and order them by their mean rank over H-score and LogME.

    Args:
        sources: as a run names them; none means every source that is at hand.
        rows: training rows to look at, drawn evenly over the classes.

    Returns:
        the candidates, best first and those that could not be scored last, and the seconds it took.

    Raises:
        DatasetError: when the set has no labels, or too few rows.
    """
    if dataset.task == "unlabelled":
        raise DatasetError(f"The data set {dataset.name!r} has no labels.", "Ranking needs a labelled set.")
    began = time.perf_counter()
    task = task_of(dataset.task)
    train = dataset.part("train")
    train = train.iloc[draw(strata(task.kind, train["label"]), min(rows, MOST_ROWS), seed, train["row"])]
    if len(train) < 20:
        raise DatasetError(f"{len(train)} training rows are too few to rank sources by.", "Add rows: 20 at least.")
    targets = encode_targets(task, train["label"].tolist(), dataset.labels)
    names = list(sources) or at_hand(dataset)
    pairs = train["text_pair"].tolist() if "text_pair" in train else None
    candidates, halves = [], []
    for number, name in enumerate(names):
        started = time.perf_counter()

        def report(done: int, total: int, number: int = number) -> None:
            if progress:
                progress(number * total + done, len(names) * total)

        by_half: list[tuple[float, float]] = []
        try:
            encoder = load_encoder(name)
            length = min(max_length, position_limit(encoder.config))
            texts = train["text"].tolist()
            features = text_features(encoder, name, texts, pairs=pairs, max_length=length, progress=report)
            candidate = replace(
                _scored(name, task.kind, features, targets, seed), width=features.shape[1],
                parameters=sum(weight.numel() for weight in encoder.parameters()),
            )  # fmt: skip
            if task.kind == "single_label":
                candidate = replace(candidate, leep=_leep(name, texts, pairs, targets))
            by_half = [_rankers(task.kind, features[part], targets[part]) for part in _halves(len(train), seed)]
            del encoder
        except (GraftError, ValueError) as error:
            candidate = Candidate(name, error=str(error))
        candidates.append(replace(candidate, seconds=time.perf_counter() - started))
        halves.append(by_half)
    return _ranked(candidates, halves), time.perf_counter() - began


def _scored(name: str, kind: str, features: np.ndarray, targets: np.ndarray, seed: int) -> Candidate:
    h, evidence = _rankers(kind, features, targets)
    if kind == "regression":
        return Candidate(
            name, h, evidence, regression_probe(features, targets, seed), knn_score(features, fifths(targets))
        )
    if kind == "multi_label":
        probe = several(lambda x, y: probe_score(x, y, seed), features, targets)
        return Candidate(name, h, evidence, probe, several(knn_score, features, targets))
    return Candidate(name, h, evidence, probe_score(features, targets, seed), knn_score(features, targets))


def _rankers(kind: str, features: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """H-score and LogME."""
    if kind == "regression":
        return h_score(features, fifths(targets)), regression_logme(features, targets)
    if kind == "multi_label":
        return several(h_score, features, targets), several(logme, features, targets)
    return h_score(features, targets), logme(features, targets)


def _leep(name: str, texts: list[str], pairs: list[str] | None, labels: np.ndarray) -> float | None:
    """By the head of an earlier run that gives one class a text; None for every other source."""
    if not name.startswith("run:"):
        return None
    run = get_run(name[4:])
    if (run.result or {}).get("task") != "single_label":
        return None
    try:
        return leep(Predictor.load(run).predict(texts, pairs), labels)
    except GraftError:
        return None  # a head that wants a second text, or whose files are gone


def _halves(rows: int, seed: int) -> list[np.ndarray]:
    """Positions of half the rows, several times."""
    random = np.random.default_rng(seed)
    return [random.permutation(rows)[: rows // 2] for _ in range(HALVES)]


def _ranked(candidates: list[Candidate], halves: list[list[tuple[float, float]]]) -> list[Candidate]:
    """Best mean rank over the rankers first; those that could not be scored last."""
    good = [number for number, candidate in enumerate(candidates) if candidate.error is None]
    scored = [candidates[number] for number in good]
    order = _order(np.array([[candidate.h_score, candidate.logme] for candidate in scored], dtype=np.float64))
    spans: list[list[int]] = [[] for _ in good]
    for half in range(HALVES):
        of_half = np.array([halves[number][half] for number in good], dtype=np.float64)
        for place, index in enumerate(_order(of_half), 1):
            spans[index].append(place)
    best_first = [
        replace(scored[index], rank=rank, ranks=(min(rank, *spans[index]), max(rank, *spans[index])))
        for rank, index in enumerate(order, 1)
    ]
    return [*best_first, *(candidate for candidate in candidates if candidate.error is not None)]


def _order(scores: np.ndarray) -> list[int]:
    """Positions by mean rank over the columns of (sources, scores), best first; of equals the one with the higher first score."""
    if not len(scores):
        return []
    ahead = np.array([[np.sum(column > value) for value in column] for column in scores.T]).mean(axis=0)
    return [int(index) for index in np.lexsort((-scores[:, 0], ahead))]
