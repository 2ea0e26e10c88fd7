"""The joined result of a cross-validation: what stands in the run folders of its folds, pooled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.sets.store import DataSet, get_dataset
from core.errors import DatasetError, RunError
from core.results.baselines import baselines_of
from core.results.compare import LOOKS
from core.results.pooled import Fold, Pooled, pool
from core.runs.folder import Run
from core.runs.folds import FoldRuns
from core.tasks import METRICS, Task, figure, readable, task_of


@dataclass(frozen=True, slots=True)
class Joined:
    """How a cross-validation stands.

    Attributes:
        pooled: over the rows of the folds that have finished; None while none has.
        standing: a line for each fold: fold, run (None where there is none), state, rows, metrics, error.
        unfinished: which folds have not finished and why, in a sentence; empty where every fold has.
        found: the figure over all rows, and whether it beats the best baseline.
        meaning: what the figure is good for, and what it is not.
    """

    folds: FoldRuns
    pooled: Pooled | None
    standing: list[dict[str, Any]]
    unfinished: str
    found: tuple[str, ...]
    meaning: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.unfinished

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, for a reader outside the field."""
        return (*((self.unfinished,) if self.unfinished else ()), *self.found, *self.meaning)


def join(folds: FoldRuns) -> Joined:
    """Pool the folds that have finished and tell how the others stand.

    Raises:
        RunError: when what has finished cannot be pooled: other settings, rows judged twice, no test rows.
    """
    done = [run for run in folds.runs.values() if run.state == "finished" and run.result]
    pooled = _pool(done) if done else None
    standing = [_standing(number, folds.runs.get(number)) for number in range(1, folds.folds + 1)]
    unfinished = _unfinished(folds, pooled, [each for each in standing if not each["metrics"]])
    found = _found(pooled, bool(unfinished)) if pooled else ()
    return Joined(folds, pooled, standing, unfinished, found, _meaning(folds, pooled) if pooled else ())


def gather(runs: Sequence[Run]) -> FoldRuns:
    """Runs that were started one by one on the folds of one set, as if they had been queued together.

    Raises:
        RunError: when a run is not on a fold, two are on the same, or they are on folds of different sets.
    """
    found: dict[int, Run] = {}
    versions: list[DataSet] = []
    for run in runs:
        version, number = _fold_of(run)
        if number in found:
            raise RunError(f"{found[number].name} and {run.name} are both on fold {number}.", "Name one run a fold.")
        if versions and _origin(version) != _origin(versions[0]):
            raise RunError(
                f"{runs[0].name} and {run.name} are on folds that were not drawn together.",
                "Folds of different sets, numbers or seeds share rows; name runs on one set of folds.",
            )
        found[number] = run
        versions.append(version)
    parent, folds = versions[0].parent or "", (versions[0].fold or (0, 0))[1]
    rows = versions[0].rows  # every row of a fold's version is in the test part of one fold
    aside = _aside(versions[0])
    name = f"{len(runs)} runs on folds of {versions[0].name}"
    return FoldRuns("", name, folds, parent, rows, aside, dict(sorted(found.items())))


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
    given = (version.change or {}).get("parameters", {})
    return (version.parent, *(given.get(name) for name in ("folds", "seed", "group", "keep_test")))


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
    return pool([_fold(*each) for each in zip(runs, results, strict=True)], _task(first), tuple(first["labels"]))


def _check_alike(runs: Sequence[Run]) -> None:
    """Refuse runs with other settings: their rows would be judged by different trainings."""
    configs = [run.config.to_json() for run in runs]
    for run, config in zip(runs, configs, strict=True):
        for name, value in config.items():
            if name not in (*LOOKS, "dataset", "test_size") and value != configs[0][name]:
                raise RunError(
                    f"The folds were trained with different settings: {name} is {configs[0][name]!r} in {runs[0].name} and "
                    f"{value!r} in {run.name}.",
                    "Queue all folds again with the same settings.",
                )


def _fold(run: Run, result: dict[str, Any]) -> Fold:
    table = pd.read_parquet(run.predictions(result["split"]))
    try:
        baselines = tuple(each for each, _ in baselines_of(run.config, table["row"]))
    except (
        DatasetError
    ):  # the version was deleted: what the run answered stands, what a baseline would have said does not
        baselines = ()
    thresholds = np.array(result["thresholds"]) if result.get("thresholds") else None
    return Fold(run.name, table, result["metrics"], thresholds, baselines)


def _task(result: dict[str, Any]) -> Task:
    return task_of(result.get("task", "single_label"))


def _standing(number: int, run: Run | None) -> dict[str, Any]:
    if run is None:
        return {"fold": number, "run": None, "state": "no run", "rows": None, "metrics": {}, "error": None}
    status, result = run.status, run.result or {}
    done = status["state"] == "finished" and bool(result)
    metrics = {name: result["metrics"][name] for name in _task(result).metrics} if done else {}
    return {
        "fold": number, "run": run.id, "state": status["state"], "rows": result.get("rows") if done else None,
        "metrics": metrics, "error": status.get("error") if status["state"] == "failed" else None,
    }  # fmt: skip


def _found(pooled: Pooled, unfinished: bool) -> tuple[str, ...]:
    name = _task(pooled.result).headline
    low, high = pooled.result["intervals"][name]
    span = "" if low is None else f" (95 % interval {figure(name, low)} to {figure(name, high)})"
    score = (
        f"Each of {'these' if unfinished else 'the'} {pooled.result['rows']:,} rows was judged once, by a model that had not seen "
        f"it in training: {METRICS[name].spoken} {figure(name, pooled.result['metrics'][name])}{span}."
    )
    verdict = pooled.result["verdict"]
    return (score, verdict["sentence"]) if verdict else (score,)


def _meaning(folds: FoldRuns, pooled: Pooled) -> tuple[str, ...]:
    name = _task(pooled.result).headline
    told = [_between(name, METRICS[name].spoken, pooled)]
    if folds.aside:
        told.append(f"The set's own test part, {folds.aside:,} rows, stayed aside: no fold has seen it.")
    if pooled.repeated:
        told.append(
            f"{_rows(pooled.repeated)} the very same text as a row of another fold, so {_their(pooled.repeated)} model may have "
            "learnt it: drop exact duplicates first, and the figure is fairer."
        )
    return tuple(told)


def _between(name: str, metric: str, pooled: Pooled) -> str:
    spread = pooled.spread[name]
    meaning = (
        f"The figure is what this training reaches on such texts when it learns from a part of them; no single model has this {metric}, "
        "and the models of the folds differ"
    )
    if spread["deviation"] is None or spread["low"] is None:
        return f"{meaning}."
    deviation = f"{100 * spread['deviation']:.1f} points" if METRICS[name].share else readable(spread["deviation"])
    return (
        f"{meaning}: over their own rows from {figure(name, spread['low'])} to {figure(name, spread['high'])}, mean "
        f"{figure(name, spread['mean'])}, standard deviation {deviation}. They share most of their training rows, so the "
        "interval is a little too narrow."
    )


def _unfinished(folds: FoldRuns, pooled: Pooled | None, open_ones: list[dict[str, Any]]) -> str:
    if not open_ones:
        return ""
    done = folds.folds - len(open_ones)
    counted = f"{done} of {folds.folds} folds {'has' if done == 1 else 'have'} finished"
    sofar = f"{pooled.result['rows']:,} of {folds.rows:,} rows are judged so far" if pooled else "no row is judged yet"
    each = "; ".join(_open(one) for one in open_ones)
    return f"{counted}, {sofar}, and the figures may still move. {each[0].upper()}{each[1:]}."


def _open(one: dict[str, Any]) -> str:
    if one["run"] is None:
        return f"fold {one['fold']} has no run (perhaps it was deleted)"
    verb = "has" if one["state"] == "failed" else "is"
    why = f" ({one['error']['message'].rstrip('.')})" if one["error"] else ""
    return f"fold {one['fold']} {verb} {one['state']}{why}"


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _their(count: int) -> str:
    return "its" if count == 1 else "their"
