"""The ways of training in a study: cells that differ by seed alone, read as one line, and the tests between such lines."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from core.errors import GraftError
from core.evaluation.notes import caveat_in
from core.evaluation.seeds import FEWEST_SEEDS, Way, WaysTest
from core.evaluation.significance import holm, verdict
from core.metrics.table import METRICS
from core.results.ways import Judged, judged, learnt_from, one_each
from core.runs.folder import Run
from core.strategies.registry import STRATEGIES
from core.studies.folder import Cell
from core.studies.grid import SEED
from core.studies.standing import cell_state, study_state
from core.tasks import headline_of, interval_of

SIZE = "rows"  # factor of a baseline: the setting that says how many rows it learnt from
MOST_TESTED = 12  # ways up to which every pair is tested; of more, each is tested against the best


@dataclass(frozen=True, slots=True)
class Line:
    """One way of training, or a baseline beside them.

    Attributes:
        name: what sets it apart.
        factors: the same by factor, without the seed.
        runs: ids of its finished runs, in the order of their seeds.
        planned: how many runs it is to have; 0 for a baseline.
        state: of its cells together.
        values: of the metric that judges, one for each finished run.
        interval: 95 %, of the mean over rows and seeds, or over the rows alone where the way is *fixed* or a single run.
        fixed: whether training again gives the same model.
        seconds: of one training, on average; of a baseline its whole time.
        trained_weights: None where there are none to count.
        memory_mib: most that one of its trainings needed; None where that is not known.
        energy_wh: of one training on average, roughly; None where that is not known.
        labels_used, chosen_on: labelled rows that it learnt from, and that only chose among checkpoints.
        transfers: whether it uses what a source has learnt elsewhere.
        sentence: what it is; why it ended early, where it did.
    """

    name: str
    factors: Mapping[str, str]
    runs: tuple[str, ...]
    planned: int
    state: str
    values: tuple[float, ...] = ()
    interval: tuple[float, float] | None = None
    fixed: bool = False
    seconds: float | None = None
    trained_weights: int | None = None
    memory_mib: int | None = None
    energy_wh: float | None = None
    labels_used: int = 0
    chosen_on: int = 0
    transfers: bool = True
    sentence: str = ""

    @property
    def mean(self) -> float | None:
        """Of the metric that judges, over its finished runs; None without one."""
        return float(np.mean(self.values)) if self.values else None

    @property
    def deviation(self) -> float | None:
        """Of its runs, as of a sample; None for fewer than two."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """As the command line tells it."""
        return {
            "name": self.name, "factors": dict(self.factors), "state": self.state, "runs": list(self.runs), "seeds": len(self.values),
            "mean": self.mean, "deviation": self.deviation, "values": list(self.values),
            "interval": list(self.interval) if self.interval else None, "seconds": self.seconds,
            "trained_weights": self.trained_weights, "memory_mib": self.memory_mib,
            "energy_wh": self.energy_wh, "labels_used": self.labels_used,
            "labels_chosen_on": self.chosen_on, "transfers": self.transfers,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tested:
    """A test between two lines.

    Attributes:
        p_corrected: Holm's, over all tests that stand together; ``test.verdict`` goes by it.
    """

    a: str
    b: str
    test: WaysTest
    p_corrected: float

    def to_json(self) -> dict[str, Any]:
        """As the command line tells it."""
        return {
            "of": self.a, "against": self.b, "metric": self.test.metric, "difference": self.test.difference,
            "interval": list(self.test.interval) if self.test.interval else None, "p": self.test.p,
            "p_corrected": self.p_corrected, "verdict": self.test.verdict, "rows": self.test.rows, "seeds": list(self.test.seeds),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ways:
    """The lines of a study, best first, with baselines among them.

    Attributes:
        headline: the metric that judges.
        tests: between the lines that have results; empty while the study is under way.
        rows: that judged all of them; 0 where nothing is judged yet.
        caveat: what makes the figures kinder than new rows would, in a sentence; empty where test rows judged them.
    """

    headline: str
    lines: tuple[Line, ...]
    tests: tuple[Tested, ...]
    rows: int
    caveat: str = ""

    def line(self, name: str) -> Line | None:
        """The line with this name."""
        return next((line for line in self.lines if line.name == name), None)

    def test(self, a: str, b: str) -> WaysTest | None:
        """The test of ``a`` less ``b``, whichever way round it was made."""
        for tested in self.tests:
            if (tested.a, tested.b) == (a, b):
                return tested.test
            if (tested.b, tested.a) == (a, b):
                return _turned(tested.test)
        return None


def group(cells: Sequence[Cell]) -> dict[str, list[Cell]]:
    """Name of each way -> its cells, in the order of the plan."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(way_name(cell.plan.factors), []).append(cell)
    return groups


def way_name(factors: Mapping[str, str]) -> str:
    """What the cells of one way have in common."""
    return " · ".join(value for name, value in factors.items() if name != SEED) or "This training"


def finished(cells: Sequence[Cell]) -> list[Run]:
    """Runs of cells that have a result."""
    return [cell.run for cell in cells if cell.run is not None and cell.run.state == "finished" and cell.run.result]


def read_ways(cells: Sequence[Cell], *, final: bool, fixed: Sequence[str] = (), paired: bool = False) -> Ways:
    """The lines as far as the runs have come, and once all have ended the tests between them.

    Args:
        final: whether the runs have ended, so that verdicts may be told.
        fixed: strategies that give the same model whatever the seed, on the same rows.
        paired: whether runs of one seed learnt from rows that the seed drew.
    """
    done = finished(cells)
    if not done:
        return Ways("", tuple(_blank(name, own) for name, own in group(cells).items()), (), 0)
    first = done[0].result or {}
    headline = headline_of(first)
    together = None
    with suppress(GraftError):  # runs on other rows, or whose predictions are gone: their figures stand, untested
        together = judged(done)
    ways = {name: _line(name, own, together, headline, fixed) for name, own in group(cells).items()}
    for line in _beside(done, together, headline):
        ways[line.name] = line
    tests = _tests(ways, cells, done, together, headline, paired) if final and together else ()
    sign = -1.0 if METRICS[headline].higher else 1.0

    def place(line: Line) -> float:
        return np.inf if line.mean is None else sign * line.mean

    order = sorted(ways.values(), key=place)
    return Ways(headline, tuple(order), tests, int(first["rows"]), caveat_in(first) or "")


def _blank(name: str, cells: Sequence[Cell]) -> Line:
    config = cells[0].plan.config
    why = next((str(error["message"]) for cell in cells if cell.run and (error := cell.run.status.get("error"))), "")
    return Line(
        name, {key: value for key, value in cells[0].plan.factors.items() if key != SEED}, (), len(cells),
        study_state([cell_state(cell) for cell in cells]), transfers=STRATEGIES[config.strategy].transfers, sentence=why,
    )  # fmt: skip


def _line(name: str, cells: Sequence[Cell], together: Judged | None, headline: str, fixed: Sequence[str]) -> Line:
    """A way with what its finished runs reached."""
    runs, blank = finished(cells), _blank(name, cells)
    if not runs:
        return blank
    results = [run.result or {} for run in runs]
    is_fixed = all(run.config.strategy in fixed and run.config.train_size is None for run in runs)
    interval = interval_of(results[0], headline) if len(runs) == 1 else None
    if together and len(runs) > 1:
        interval = together.spread(together.way(runs, is_fixed), headline).interval
    energy = [spent for result in results if (spent := result.get("energy_wh")) is not None]
    memory = [int(need) for result in results if (need := result.get("peak_memory_mib"))]
    return replace(
        blank, runs=tuple(run.id for run in runs), values=tuple(float(result["metrics"][headline]) for result in results),
        interval=interval, fixed=is_fixed, seconds=float(np.mean([result["seconds"] for result in results])),
        trained_weights=results[0]["parameters"]["trained"], memory_mib=max(memory) if memory else None,
        energy_wh=float(np.mean(energy)) if len(energy) == len(results) else None,
        labels_used=results[0]["train_rows"],
        chosen_on=int(results[0].get("validation_rows") or 0) if results[0]["split"] == "test" else 0,
        sentence=blank.sentence or STRATEGIES[runs[0].config.strategy].sentence,
    )  # fmt: skip


def _beside(runs: Sequence[Run], together: Judged | None, headline: str) -> list[Line]:
    """The baselines beside the runs, each as one line."""
    runs = [run for run in runs if run.config.source] or list(runs)  # beside counted words there is less
    sizes: dict[int | None, list[Run]] = {}
    for run in runs:
        sizes.setdefault(run.config.train_size, []).append(run)
    if len(sizes) > 1:  # a baseline of its own for each number of rows learnt from
        return [
            replace(line, name=f"{line.name}, {line.labels_used:,} rows" if line.labels_used else line.name)
            for own in sizes.values()
            for line in _beside(own, together, headline)
        ]
    lines = []
    first = runs[0].result or {}
    for told in first.get("baselines", []):
        values = {}  # by the rows learnt from: a baseline knows no seed but the one that drew them
        for run in runs:
            own = next((each for each in (run.result or {}).get("baselines", []) if each["name"] == told["name"]), None)
            if own is not None and own["metrics"].get(headline) is not None:
                values[learnt_from(run)] = float(own["metrics"][headline])
        if not values:
            continue
        interval = interval_of(told, headline)
        if together and len(values) > 1:
            way = together.baseline_way(told["name"], runs)
            interval = together.spread(way, headline).interval if way else None
        lines.append(
            Line(
                told["title"], {"baseline": told["name"], SIZE: str(runs[0].config.train_size)}, (), 0, "finished",
                tuple(values.values()), interval, len(values) == 1, told.get("seconds"),
                labels_used=0 if told["name"] == "names" else first["train_rows"],
                transfers=told["name"] == "names", sentence=told["sentence"],
            )
        )  # fmt: skip
    return lines


def _tests(
    ways: Mapping[str, Line], cells: Sequence[Cell], runs: Sequence[Run], together: Judged, headline: str, paired: bool
) -> tuple[Tested, ...]:
    """Every pair of ways of which one was trained, corrected together."""
    by_name = {name: finished(own) for name, own in group(cells).items()}
    sides: dict[str, Way] = {}
    beside: dict[str, list[Run]] = {}
    for name, line in ways.items():
        if line.mean is None:
            continue
        if name in by_name:
            sides[name] = together.way(by_name[name], line.fixed)
        elif "baseline" in line.factors:
            own = [
                run for run in runs if str(run.config.train_size) == line.factors[SIZE] and run.config.source
            ] or list(runs)
            way = together.baseline_way(line.factors["baseline"], own)
            if way:
                sides[name], beside[name] = way, own
    sign = 1 if METRICS[headline].higher else -1
    order = sorted(sides, key=lambda name: float(sign * (ways[name].mean or 0.0)))
    best = order[-1] if order else ""
    pairs = [
        (a, b)
        for a, b in combinations(sides, 2)
        if (a in by_name or b in by_name) and (len(sides) <= MOST_TESTED or best in (a, b))
    ]
    drawn = {name: [run.config.seed for run in own] for name, own in by_name.items()}
    drawn |= {name: [run.config.seed for run in one_each(own)] for name, own in beside.items()}
    tests = [
        together.compare(sides[a], sides[b], headline, paired and drawn[a] == drawn[b]) for a, b in pairs
    ]  # fmt: skip
    return corrected(pairs, tests)


def corrected(pairs: Sequence[tuple[str, str]], tests: Sequence[WaysTest]) -> tuple[Tested, ...]:
    """Tests with Holm's correction over all of them that could be made."""
    made = [number for number, test in enumerate(tests) if test.verdict in ("real", "not_shown")]
    p_values = dict(zip(made, holm([tests[number].p for number in made]), strict=True))
    told = []
    for number, ((a, b), test) in enumerate(zip(pairs, tests, strict=True)):
        p = p_values.get(number, 1.0)
        if number in p_values:
            test = replace(test, verdict=verdict(p, test.rows))
        told.append(Tested(a, b, test, p))
    return tuple(told)


def _turned(test: WaysTest) -> WaysTest:
    low, high = test.interval or (0.0, 0.0)
    return replace(
        test, difference=-test.difference, interval=(-high, -low) if test.interval else None, seeds=test.seeds[::-1]
    )


def too_few(lines: Sequence[Line]) -> bool:
    """Whether a line has fewer trainings than a verdict about ways of training needs."""
    return any(line.planned and not line.fixed and len(line.values) < FEWEST_SEEDS for line in lines)
