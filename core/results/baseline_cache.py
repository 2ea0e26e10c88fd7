"""Baselines of a run, computed once for the same rows and kept."""

import hashlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import workspace
from core.config import RunConfig
from core.data.cleaning.texts import whole_texts
from core.data.sets.apart import learnable
from core.data.sets.store import DataSet, get_dataset
from core.data.splits.sampling import draw_part
from core.evaluation.baselines import NAMES, SENTENCES, Baseline, counted, fit_counted, trivial
from core.evaluation.counted_words import CountedWords
from core.evaluation.thresholds import choose_thresholds
from core.tasks import Task, encode_targets, task_of


def cached_baselines(
    dataset: DataSet, train: pd.DataFrame, judged: pd.DataFrame, seed: int, validation: pd.DataFrame | None = None
) -> list[tuple[Baseline, float]]:
    """The task's two baselines, learnt on the rows the run learnt from and judged on the rows it is judged by.

    Args:
        validation: where several labels a row are given, their thresholds are chosen on these, as the run's are.

    Returns:
        each baseline with the seconds it took when it was first computed.
    """
    task = task_of(dataset.task)
    choosing = validation if task.kind == "multi_label" and validation is not None and len(validation) else None
    key = _key(dataset, [train, judged] + ([choosing] if choosing is not None else []), seed)

    def compute() -> list[tuple[Baseline, float]]:
        baselines: list[tuple[Baseline, float]] = []
        for simple in (True, False):
            began = time.perf_counter()
            baseline = _compute(task, simple, dataset, train, judged, choosing, seed)
            baselines.append((baseline, time.perf_counter() - began))
        return baselines

    return workspace.kept(
        workspace.home() / "cache" / "baselines" / f"{key}.npz", lambda path: _read(path, task, len(judged)), compute,
        lambda path, baselines: np.savez_compressed(path, **_arrays(baselines)),  # type: ignore[arg-type]
    )  # fmt: skip


def baselines_of(config: RunConfig, rows: pd.Series) -> list[tuple[Baseline, float]]:
    """The baselines beside a finished run, from the cache or computed anew.

    Args:
        rows: ids of the rows that the run was judged by, in the order of its predictions.

    Raises:
        DatasetError: when the version of the set that the run used was deleted.
    """
    dataset = get_dataset(config.dataset)
    frame = dataset.frame()
    kind = task_of(dataset.task).kind
    train, validation = (
        learnable(frame, dataset, part, config.domains, config.apart_from) for part in ("train", "validation")
    )
    train = draw_part(train, kind, config.train_size, config.seed)
    validation = draw_part(validation, kind, config.validation_size, 0)
    judged = frame.set_index("row", drop=False).loc[rows].reset_index(drop=True)
    if not config.source:
        return trivial_of(dataset, train, judged)
    return cached_baselines(dataset, train, judged, config.seed, validation)


def trivial_of(dataset: DataSet, train: pd.DataFrame, judged: pd.DataFrame) -> list[tuple[Baseline, float]]:
    """The one baseline beside a run that counts words itself: the same answer for every row, with its seconds."""
    began, task = time.perf_counter(), task_of(dataset.task)
    targets = encode_targets(task, train["label"].tolist(), dataset.labels)
    return [(trivial(task.kind, targets, len(judged), len(dataset.labels)), time.perf_counter() - began)]


def counted_words_of(config: RunConfig) -> CountedWords:
    """The counted words beside a run, learnt anew from its training rows: texts in, probabilities or scores out.

    Raises:
        DatasetError: when the version of the set that the run used was deleted.
    """
    dataset = get_dataset(config.dataset)
    rows = learnable(dataset.frame(), dataset, "train", config.domains, config.apart_from)
    train = draw_part(rows, task_of(dataset.task).kind, config.train_size, config.seed)
    return counted_words(dataset, train, config.seed)


def counted_words(dataset: DataSet, train: pd.DataFrame, seed: int) -> CountedWords:
    """The words of these rows of a set, counted as the baseline counts them."""
    task = task_of(dataset.task)
    targets = encode_targets(task, train["label"].tolist(), dataset.labels)
    return fit_counted(task.kind, whole_texts(train).tolist(), targets, len(dataset.labels), seed)


def _compute(
    task: Task, simple: bool, dataset: DataSet, train: pd.DataFrame, judged: pd.DataFrame,
    choosing: pd.DataFrame | None, seed: int,
) -> Baseline:  # fmt: skip
    targets = encode_targets(task, train["label"].tolist(), dataset.labels)
    outputs = len(dataset.labels)
    if simple:
        return trivial(task.kind, targets, len(judged), outputs)
    learnt, asked = whole_texts(train).tolist(), whole_texts(judged).tolist()
    if choosing is None:
        return counted(task.kind, learnt, targets, asked, outputs, seed)
    both = counted(task.kind, learnt, targets, whole_texts(choosing).tolist() + asked, outputs, seed)
    truth = encode_targets(task, choosing["label"].tolist(), dataset.labels)
    thresholds = choose_thresholds(truth, both.outputs[: len(choosing)])
    return replace(both, outputs=both.outputs[len(choosing) :], thresholds=thresholds)


def _arrays(baselines: list[tuple[Baseline, float]]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for baseline, seconds in baselines:
        arrays |= {baseline.name: baseline.outputs, f"{baseline.name}_seconds": np.array(seconds)}
        arrays |= {} if baseline.thresholds is None else {f"{baseline.name}_thresholds": baseline.thresholds}
    return arrays


def _read(path: Path, task: Task, rows: int) -> list[tuple[Baseline, float]]:
    baselines = []
    with path.open("rb") as file, np.load(file) as arrays:
        for name in NAMES[task.kind]:
            if len(arrays[name]) != rows or not np.isfinite(arrays[name]).all():
                raise ValueError(f"its {name} is not of these rows")
            thresholds = arrays[f"{name}_thresholds"] if f"{name}_thresholds" in arrays else None
            baseline = Baseline(name, *SENTENCES[name], arrays[name], thresholds)
            baselines.append((baseline, float(arrays[f"{name}_seconds"])))
    return baselines


def _key(dataset: DataSet, frames: list[pd.DataFrame], seed: int) -> str:
    parts: list[Any] = [dataset.fingerprint.encode(), str(seed).encode()]
    parts += [frame["row"].to_numpy(dtype=np.int64).tobytes() for frame in frames]
    return hashlib.sha256(b"|".join(parts)).hexdigest()[:24]
