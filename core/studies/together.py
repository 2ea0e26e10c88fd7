"""Several tasks at once: one encoder learns several sets, beside a training on each alone. Which help each other, and which hurt?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.config import RunConfig
from core.data.sets.store import DataSet, get_dataset
from core.errors import ConfigError, StudyError
from core.jobs.queue import check_tasks
from core.metrics.table import METRICS
from core.strategies.registry import DEFAULT
from core.studies.folder import Cell, Planned, Study
from core.studies.grid import SEED
from core.studies.kind import Asked, Kind
from core.studies.standing import UNDER_WAY, state_of
from core.studies.ways import Line, Tested, Ways, corrected, read_ways
from core.studies.ways_sentences import gap

SET, WAY = "set", "learnt"
ALONE, TOGETHER = "alone", "together"


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """One of the sets, learnt alone and together with the others.

    Attributes:
        dataset, name: id and name of the set.
        headline: the metric that judges it; empty while nothing is judged.
        alone, together: as far as their runs have come.
        ways: both with the baselines beside them.
        tested: together less alone, corrected over all sets; None while the runs do not carry a test.
        left_out: its rows that were not learnt from when all were learnt together, since they measure another set.
        is_fair: whether its trainings alone did without them too.
    """

    dataset: str
    name: str
    headline: str
    alone: Line
    together: Line
    ways: Ways
    tested: Tested | None = None
    left_out: int = 0
    is_fair: bool = True

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "dataset": self.dataset, "name": self.name, "metric": self.headline or None, "alone": self.alone.to_json(),
            "together": self.together.to_json(), "test": self.tested.to_json() if self.tested else None, "left_out": self.left_out,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Together:
    """What the study says so far.

    Attributes:
        seconds: of one training of all together, and of one on each alone added up; None while they are not known.
        sentence: empty until the runs have ended.
    """

    tasks: tuple[TaskOutcome, ...]
    seconds: tuple[float | None, float | None]
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "tasks": [task.to_json() for task in self.tasks],
            "seconds": {TOGETHER: self.seconds[0], ALONE: self.seconds[1]}, "sentence": self.sentence,
        }  # fmt: skip


def plan_together(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """For each seed a training of all sets together, of which each has a run, and one on each alone, which learns from the same of its
    rows: none that measure another of the sets.

    Raises:
        StudyError: when there is no other set.
        GraftError: when a set cannot be learnt beside others.
    """
    others = [get_dataset(name) for name in dict.fromkeys(asked.tasks) if name != dataset.id]
    if not others:
        raise StudyError("Only one set is named.", "Name others that are to be learnt with it.")
    sets, config = [dataset, *others], config.changed(beside=None, apart=None)
    try:
        config.changed(beside=others[0].id)
    except ConfigError:  # a way that knows one task only, such as one that was chosen for a few rows of this set
        config = config.changed(strategy=DEFAULT, epochs=None, learning_rate=None)
    check_tasks(sets, config)
    names = _distinct(sets)
    cells = []
    for number in range(asked.seeds):
        own = config.changed(seed=config.seed + number)
        for way in (TOGETHER, ALONE):
            for one in sets:
                rest = "|".join(other.id for other in sets if other is not one)
                named = {"beside" if way == TOGETHER else "apart": rest}
                factors = {SET: names[one.id], WAY: way, SEED: str(own.seed)}
                title = f"{names[one.id]} · {way} · seed {own.seed}"
                cells.append(Planned(title, factors, own.changed(dataset=one.id, **named)))
    return tuple(cells)


def _distinct(sets: Sequence[DataSet]) -> dict[str, str]:
    """Id -> name, with the id behind it where two sets are called the same."""
    names = [one.name for one in sets]
    return {one.id: one.name if names.count(one.name) == 1 else f"{one.name} ({one.id})" for one in sets}


def read_together(study: Study) -> Together:
    """Each set alone and together, as far as the runs have come, and once all have ended who gained.

    Raises:
        StudyError: when the study is damaged.
    """
    final = state_of(study) not in UNDER_WAY
    of_set: dict[str, list[Cell]] = {}
    for cell in study.cells():
        of_set.setdefault(cell.plan.factors[SET], []).append(cell)
    outcomes = [_outcome(name, cells, final) for name, cells in of_set.items()]
    tests = [
        (task, test) for task in outcomes if (test := task.ways.test(task.together.name, task.alone.name)) is not None
    ]
    told = corrected(
        [(f"{task.name} {TOGETHER}", f"{task.name} {ALONE}") for task, _ in tests], [test for _, test in tests]
    )
    by_set = {task.dataset: one for (task, _), one in zip(tests, told, strict=True)}
    tasks = tuple(replace(task, tested=by_set.get(task.dataset)) for task in outcomes)
    joint = [task.together.seconds for task in tasks if task.together.seconds is not None]
    single = [task.alone.seconds for task in tasks if task.alone.seconds is not None]
    seconds = (max(joint) if joint else None, sum(single) if len(single) == len(tasks) else None)
    return Together(tasks, seconds, together_sentence(tasks, seconds) if final else "")


def _outcome(name: str, cells: Sequence[Cell], final: bool) -> TaskOutcome:
    config = cells[0].plan.config
    ways = read_ways(cells, final=final, paired=config.train_size is not None)
    lines = {line.factors[WAY]: line for line in ways.lines if WAY in line.factors}
    joint = [(cell.run.result or {}).get("joint") or {} for cell in cells if cell.run and cell.plan.config.beside]
    left_out = max((sum(told.get("left_out", {}).get(config.dataset, {}).values()) for told in joint), default=0)
    is_fair = all(cell.plan.config.apart for cell in cells if not cell.plan.config.beside)
    return TaskOutcome(
        config.dataset, name, ways.headline, lines[ALONE], lines[TOGETHER], ways, left_out=left_out, is_fair=is_fair
    )


def together_sentence(tasks: Sequence[TaskOutcome], seconds: tuple[float | None, float | None]) -> str:
    """Who gains, who loses, of whom nothing is shown, and what each way costs."""
    tested = [task for task in tasks if task.tested is not None]
    if not tested:
        return ""
    said = []
    groups: dict[str, list[str]] = {"gains": [], "loses": []}
    rest = []
    for task in tested:
        test = task.tested.test if task.tested else None
        if test is None or test.verdict != "real":
            rest.append(f"{task.name}, {gap(test, signed=True)}" if test and test.interval else task.name)
            continue
        better = METRICS[task.headline].better(test.difference)
        groups["gains" if better else "loses"].append(f"{task.name} by {gap(test)}")
    if groups["gains"]:
        said.append(f"Learnt together with the others, these gain: {'; '.join(groups['gains'])}.")
    if groups["loses"]:
        said.append(f"{'These lose' if not said else 'Others lose'}: {'; '.join(groups['loses'])}.")
    if rest:
        said.append(f"No difference is shown for {'; '.join(rest)}.")
    if any(task.tested.test.verdict == "too_few_seeds" for task in tested if task.tested):
        said.append("So few trainings do not tell ways of training apart; three seeds of each would.")
    said += _left_out(tasks)
    if seconds[0] and seconds[1]:
        said.append(
            f"One training of all {len(tasks)} takes {seconds[0]:.0f} s and leaves one encoder; alone they take {seconds[1]:.0f} s in all."
        )
    said.append("Chance is corrected for over all the sets; differences are together less alone.")
    return " ".join(said)


def _left_out(tasks: Sequence[TaskOutcome]) -> list[str]:
    """Of which rows nothing was learnt, and whether that is so of both ways."""
    said = []
    for is_fair in (True, False):
        rows = [f"{task.left_out:,} of {task.name}" for task in tasks if task.left_out and task.is_fair == is_fair]
        if rows and is_fair:
            said.append(
                f"Rows that measure another of the sets were left out, together as well as alone: {'; '.join(rows)}."
            )
        elif rows:
            said.append(
                f"Together, rows that measure another of the sets were left out, but not alone: {'; '.join(rows)}."
            )
    return said


TASKS_AT_ONCE = Kind(
    "together", "Tasks at once", "Do {dataset} and other tasks help each other?",
    "One encoder learns several sets at once, with a head for each, beside a training on each alone: which of them gain by the others and "
    "which lose. Every set has its run and its model.",
    plan_together, read_together, asks=("seeds", "tasks"),
)  # fmt: skip
