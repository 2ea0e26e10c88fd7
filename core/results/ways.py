"""What the models of one way of training answered, read from their runs, so that ways can be tested against each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.errors import GraftError, RunError
from core.evaluation.answers import decide
from core.evaluation.seeds import Spread, Way, WaysTest, compare_ways, spread_of
from core.results.baseline_cache import baselines_of
from core.results.compare import stored_answers
from core.runs.folder import Run, get_run
from core.tasks import Task, task_of


@dataclass(frozen=True, slots=True)
class Judged:
    """Several runs that were judged by the same rows.

    Attributes:
        truth: as ``core.evaluation.answers`` has it, the rows in the order of their ids.
        answers: run id -> its answers to them.
    """

    task: Task
    labels: tuple[str, ...]
    truth: np.ndarray
    answers: dict[str, np.ndarray]

    def way(self, runs: Sequence[Run], fixed: bool = False) -> Way:
        """The way of training that these runs share but for the seed."""
        return Way([self.answers[run.id] for run in runs], fixed)

    def baseline_way(self, name: str, runs: Sequence[Run]) -> Way | None:
        """A baseline beside these runs, learnt from the rows that each learnt from; None where one has none of this name.

        It is fixed where all of them learnt from the same rows.
        """
        taken = one_each(runs)
        answers = [_baseline(run.id, name) for run in taken]
        if any(each is None for each in answers):
            return None
        return Way([each for each in answers if each is not None], fixed=len(taken) == 1)

    def spread(self, way: Way, metric: str) -> Spread:
        """The metric over the models of a way."""
        return spread_of(self.task, self.truth, way, len(self.labels) or 1, metric)

    def compare(self, a: Way, b: Way, metric: str, paired: bool = False) -> WaysTest:
        """One way less another."""
        return compare_ways(self.task, self.truth, a, b, len(self.labels) or 1, metric, paired=paired)


def learnt_from(run: Run) -> tuple[int | None, int | None, str | None]:
    """What decides which rows a run learnt from."""
    size = run.config.train_size
    return size, run.config.seed if size else None, run.config.domains


def one_each(runs: Sequence[Run]) -> list[Run]:
    """One run for each draw of rows."""
    return list({learnt_from(run): run for run in runs}.values())


def judged(runs: Sequence[Run]) -> Judged:
    """Read what finished runs answered.

    Raises:
        RunError: when one has no result, or they were judged by different rows.
    """
    digests = {(run.result or {}).get("rows_digest") for run in runs}
    if len(digests) != 1 or None in digests:
        raise RunError("The runs were judged by different rows.", "Compare runs on one data set with one test size.")
    first = runs[0].result or {}
    task, labels = task_of(first.get("task", "single_label")), tuple(first["labels"])
    truth, answers = np.zeros(0), {}
    for run in runs:
        truth, answers[run.id] = stored_answers(run, run.result or {}, list(labels))
    return Judged(task, labels, truth, answers)


@lru_cache(maxsize=512)
def _baseline(run_id: str, name: str) -> np.ndarray | None:
    """Answers of a baseline beside a run, the rows in the order of their ids; None where it has none of this name."""
    run = get_run(run_id)
    result = run.result or {}
    rows = run.read_predictions(result["split"], ["row"])["row"].sort_values(ignore_index=True)
    task = task_of(result.get("task", "single_label"))
    try:
        beside = baselines_of(run.config, rows)
    except GraftError:
        return None  # the set was deleted: what the runs answered stands, what a baseline would have said does not
    for baseline, _ in beside:
        if baseline.name == name:
            return decide(task, baseline.outputs, baseline.thresholds)
    return None
