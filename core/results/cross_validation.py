"""The joined result of a cross-validation: what its folds' runs left in their folders, pooled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.config import NO_EFFECT
from core.data.sets.store import DataSet, get_dataset
from core.errors import DatasetError, RunError
from core.results.baseline_cache import baselines_of
from core.results.fold_sentences import meaning_sentences, outcome_sentences, unfinished_sentence
from core.results.pooled import Fold, Pooled, pool
from core.runs.folder import Run
from core.runs.folds import FoldRuns
from core.tasks import Task, task_of


@dataclass(frozen=True, slots=True)
class Joined:
    """How a cross-validation stands.

    Attributes:
        pooled: over the rows of the folds that have finished; None while none has.
        standing: a line for each fold: fold, run (None where there is none), state, rows, metrics, error.
        unfinished: which folds have not finished and why, in a sentence; empty where every fold has.
        outcome: the figure over all rows, and whether it beats the best baseline.
        meaning: what the figure is good for, and what it is not.
    """

    folds: FoldRuns
    pooled: Pooled | None
    standing: list[dict[str, Any]]
    unfinished: str
    outcome: tuple[str, ...]
    meaning: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.unfinished

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, for a reader outside the field."""
        return (*((self.unfinished,) if self.unfinished else ()), *self.outcome, *self.meaning)


def join(folds: FoldRuns) -> Joined:
    """Pool the folds that have finished and tell how the others stand.

    Raises:
        RunError: when what has finished cannot be pooled: other settings, rows judged twice, no test rows.
    """
    done = [run for run in folds.runs.values() if run.state == "finished" and run.result]
    pooled = _pool(done) if done else None
    standing = [_standing(number, folds.runs.get(number)) for number in range(1, folds.folds + 1)]
    unfinished = unfinished_sentence(folds, pooled, [line for line in standing if not line["metrics"]])
    outcome = outcome_sentences(pooled, bool(unfinished)) if pooled else ()
    return Joined(folds, pooled, standing, unfinished, outcome, meaning_sentences(folds, pooled) if pooled else ())


def gather(runs: Sequence[Run]) -> FoldRuns:
    """Runs that were started one by one on the folds of one set, as if they had been queued together.

    Raises:
        RunError: when a run is not on a fold, two are on the same, or they are on folds of different sets.
    """
    by_fold: dict[int, Run] = {}
    versions: list[DataSet] = []
    for run in runs:
        version, number = _fold_of(run)
        if number in by_fold:
            raise RunError(f"{by_fold[number].name} and {run.name} are both on fold {number}.", "Name one run a fold.")
        if versions and _origin(version) != _origin(versions[0]):
            raise RunError(
                f"{runs[0].name} and {run.name} are on folds that were not drawn together.",
                "Folds of different sets, numbers or seeds share rows; name runs on one set of folds.",
            )
        by_fold[number] = run
        versions.append(version)
    parent, folds = versions[0].parent or "", (versions[0].fold or (0, 0))[1]
    rows = versions[0].rows  # every row of a fold's version is in the test part of one fold
    aside = _aside(versions[0])
    name = f"{len(runs)} runs on folds of {versions[0].name}"
    return FoldRuns("", name, folds, parent, rows, aside, dict(sorted(by_fold.items())))


def _fold_of(run: Run) -> tuple[DataSet, int]:
    version = get_dataset(run.config.dataset)
    if not version.fold:
        raise RunError(
            f"{run.name} was not trained on a fold: its test part is no share of one cross-validation.",
            "Make folds with `cross-validate` or `data fix DATASET --folds K`, and train on each.",
        )
    return version, version.fold[0]


def _origin(version: DataSet) -> tuple[Any, ...]:
    """What folds that were drawn together share."""
    parameters = (version.change or {}).get("parameters", {})
    return (version.parent, *(parameters.get(name) for name in ("folds", "seed", "group", "keep_test")))


def _aside(version: DataSet) -> int:
    change = version.change or {}
    return int(change.get("rows_before", version.rows)) - int(change.get("rows_after", version.rows))


def _pool(runs: Sequence[Run]) -> Pooled:
    _check_alike(runs)
    results = [run.result or {} for run in runs]
    first = results[0]
    for run, result in zip(runs, results, strict=True):
        if result["split"] != "test":
            raise RunError(
                f"{run.name} was judged by its {result['split']} part.", "A fold is judged by its test part."
            )
        if (result.get("task"), result["labels"]) != (first.get("task"), first["labels"]):
            raise RunError(f"{runs[0].name} and {run.name} know different labels.", "Join folds of one set only.")
    folds = [_fold(*pair) for pair in zip(runs, results, strict=True)]
    return pool(folds, _task(first), tuple(first["labels"]), first.get("headline"))


def _check_alike(runs: Sequence[Run]) -> None:
    """Refuse runs with other settings: their rows would be judged by different trainings."""
    configs = [run.config.to_json() for run in runs]
    for run, config in zip(runs, configs, strict=True):
        for name, value in config.items():
            if name not in (*NO_EFFECT, "dataset", "test_size") and value != configs[0][name]:
                raise RunError(
                    f"The folds were trained with different settings: {name} is {configs[0][name]!r} in {runs[0].name} and "
                    f"{value!r} in {run.name}.",
                    "Queue all folds again with the same settings.",
                )


def _fold(run: Run, result: dict[str, Any]) -> Fold:
    table = run.read_predictions(result["split"])
    try:
        baselines = tuple(baseline for baseline, _ in baselines_of(run.config, table["row"]))
    except DatasetError:
        baselines = ()  # the version was deleted: what the run answered stands, what a baseline would have said does not
    thresholds = np.array(result["thresholds"]) if result.get("thresholds") else None
    return Fold(run.name, table, result["metrics"], thresholds, baselines)


def _task(result: dict[str, Any]) -> Task:
    return task_of(result.get("task", "single_label"))


def _standing(number: int, run: Run | None) -> dict[str, Any]:
    if run is None:
        return {"fold": number, "run": None, "state": "no run", "rows": None, "metrics": {}, "error": None}
    status, result = run.status, run.result or {}
    done = status["state"] == "finished" and bool(result)
    metrics = {name: result["metrics"].get(name) for name in _task(result).metrics} if done else {}
    return {
        "fold": number, "run": run.id, "state": status["state"], "rows": result.get("rows") if done else None,
        "metrics": metrics, "error": status.get("error") if status["state"] == "failed" else None,
    }  # fmt: skip
