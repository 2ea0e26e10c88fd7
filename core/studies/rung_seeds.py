"""The rungs of a ladder whose trainings were repeated: means over seeds in place of single models."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.errors import GraftError
from core.evaluation.seeds import FEWEST_SEEDS, Way
from core.results.ways import Judged, judged
from core.runs.folder import Run
from core.strategies.registry import PROBE
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
    draws = any(run.config.train_size for run in runs[FINE_TUNING])
    sides = _Sides(runs, together, () if draws else tuple(fixed), draws)
    return [_over(rung, sides) if rung.done else rung for rung in rungs]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The trainings of a ladder as ways to train, and their tests.

    Attributes:
        runs: those of each rung that is trained.
        fixed: rungs that give the same model whatever the seed.
        draws: whether each seed draws rows of its own.
    """

    runs: dict[str, list[Run]]
    together: Judged
    fixed: tuple[str, ...]
    draws: bool

    def way(self, rung: Rung) -> Way | None:
        """None where the answers of a baseline are not kept."""
        if rung.name in BASELINES:
            return self.together.baseline_way(rung.key, self.runs[FINE_TUNING])
        return self.together.way(self.runs[rung.name], rung.name in self.fixed)

    def seeds(self, name: str) -> list[int]:
        """A baseline has those of fine-tuning, beside whose runs it stands."""
        return [run.config.seed for run in self.runs[FINE_TUNING if name in BASELINES else name]]

    def ahead(self, name: str, rung: Rung) -> dict[str, Any] | None:
        """The trained rung of this name less another, over rows and seeds; None where that cannot be told."""
        theirs = self.way(rung)
        if name == rung.name or not self.runs.get(name) or theirs is None:
            return None
        ours = self.together.way(self.runs[name], name in self.fixed)
        paired = self.draws and self.seeds(name) == self.seeds(rung.name)
        test = self.together.compare(ours, theirs, rung.headline, paired)
        if test.verdict == "too_few_seeds":
            return None
        return {
            "metric": test.metric, "difference": test.difference, "interval": list(test.interval) if test.interval else None,
            "p": test.p, "verdict": test.verdict, "rows": test.rows,
        }  # fmt: skip


def _over(rung: Rung, sides: _Sides) -> Rung:
    if rung.name == NAMES:
        return rung  # it learns from no rows, and its answers are not kept
    metrics: dict[str, Any] = {}
    if rung.name not in BASELINES:
        own = sides.runs[rung.name]
        metrics = _means([(run.result or {})["metrics"] for run in own])
        rung = replace(rung, seconds=float(np.mean([(run.result or {})["seconds"] for run in own])), seeds=len(own))
    way = sides.way(rung)
    if way is None:
        return rung
    spread = sides.together.spread(way, rung.headline)
    metrics = {**(rung.metrics or {}), **metrics, rung.headline: spread.mean}
    ahead, probe_ahead = (sides.ahead(name, rung) for name in (FINE_TUNING, PROBE))
    return replace(rung, metrics=metrics, interval=spread.interval, ahead=ahead, probe_ahead=probe_ahead)


def _means(metrics: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of every figure that all have."""
    return {
        name: float(np.mean([one[name] for one in metrics]))
        for name, value in metrics[0].items()
        if isinstance(value, float) and all(isinstance(one.get(name), (int, float)) for one in metrics)
    }
