"""The rungs of a ladder whose trainings were repeated: means over seeds in place of single models."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import GraftError
from core.evaluation.seeds import FEWEST_SEEDS, Way
from core.results.ways import Judged, judged
from core.runs.folder import Run
from core.studies.folder import Cell
from core.studies.rungs import BASELINES, FINE_TUNING, NAMES, Rung
from core.studies.ways import finished

BESIDE = " · "  # between a rung's name and its seed


def over_seeds(rungs: list[Rung], cells: Sequence[Cell], fixed: Sequence[str]) -> list[Rung]:
    """The same rungs with means, intervals and tests over seeds; as they are where fine-tuning was not repeated often enough.

    Args:
        fixed: rungs that give the same model whatever the seed.
    """
    runs: dict[str, list[Run]] = {}
    for cell in cells:
        runs.setdefault(cell.plan.name.partition(BESIDE)[0], []).extend(finished([cell]))
    if len(runs.get(FINE_TUNING, [])) < FEWEST_SEEDS:
        return rungs
    together = None
    with suppress(GraftError):
        together = judged([run for own in runs.values() for run in own])
    if together is None:
        return rungs
    top = together.way(runs[FINE_TUNING])
    draws = any(run.config.train_size for run in runs[FINE_TUNING])
    return [_over(rung, runs, together, top, fixed, draws) if rung.done else rung for rung in rungs]


def _over(
    rung: Rung, runs: dict[str, list[Run]], together: Judged, top: Way, fixed: Sequence[str], draws: bool
) -> Rung:
    way: Way | None
    if rung.name in BASELINES:
        if rung.name == NAMES:
            return rung  # it learns from no rows, and its answers are not kept
        way = together.baseline_way(rung.key, runs[FINE_TUNING])
        metrics: dict[str, Any] = {}
    else:
        own = runs[rung.name]
        way = together.way(own, rung.name in fixed and not draws)
        metrics = _means([(run.result or {})["metrics"] for run in own])
        rung = replace(rung, seconds=float(np.mean([(run.result or {})["seconds"] for run in own])), seeds=len(own))
    if way is None:
        return rung
    spread = together.spread(way, rung.headline)
    ahead = None
    if rung.name != FINE_TUNING:
        ours = [run.config.seed for run in runs[FINE_TUNING]]
        theirs = ours if rung.name in BASELINES else [run.config.seed for run in runs[rung.name]]
        test = together.compare(top, way, rung.headline, draws and ours == theirs)
        ahead = {
            "metric": test.metric, "difference": test.difference, "interval": list(test.interval) if test.interval else None,
            "p": test.p, "verdict": test.verdict, "rows": test.rows,
        }  # fmt: skip
        if test.verdict == "too_few_seeds":
            ahead = None
    metrics = {**(rung.metrics or {}), **metrics, rung.headline: spread.mean}
    return replace(rung, metrics=metrics, interval=spread.interval, ahead=ahead)


def _means(metrics: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of every figure that all have."""
    return {
        name: float(np.mean([one[name] for one in metrics]))
        for name, value in metrics[0].items()
        if isinstance(value, float) and all(isinstance(one.get(name), (int, float)) for one in metrics)
    }
