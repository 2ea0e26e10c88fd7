"""Runs that belong together: one for each fold of a set, all with the same settings.

What ties them stands in each run's ``meta.json`` under ``fold``, so that no second list can disagree with the folders.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from core.errors import RunError
from core.runs.folder import Run, get_run, list_runs


@dataclass(frozen=True, slots=True)
class Tie:
    """What one run knows of the cross-validation it belongs to.

    Attributes:
        id, name: of the cross-validation; the same in all its runs.
        number, folds: which fold this run is judged by, from 1, and of how many.
        dataset: id of the set that the folds are versions of.
        rows: rows that are judged over all folds.
        aside: rows of the set's own test part, which no fold holds.
    """

    id: str
    name: str
    number: int
    folds: int
    dataset: str
    rows: int
    aside: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it stands in a run's ``meta.json``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FoldRuns:
    """The runs of one cross-validation by the number of their fold; a number is missing where its run was deleted."""

    id: str
    name: str
    folds: int
    dataset: str
    rows: int
    aside: int
    runs: dict[int, Run]

    @property
    def missing(self) -> list[int]:
        """Numbers of the folds whose run was deleted."""
        return [number for number in range(1, self.folds + 1) if number not in self.runs]


def tie_of(run: Run) -> Tie | None:
    """What ties a run to its cross-validation; None for any other run."""
    given = run.meta.get("fold")
    return Tie(**{known.name: given[known.name] for known in fields(Tie) if known.name in given}) if given else None


def folds_of(run: Run) -> FoldRuns | None:
    """The cross-validation that a run belongs to; None where it belongs to none."""
    tie = tie_of(run)
    return next((folds for folds in list_folds() if folds.id == tie.id), None) if tie else None


def list_folds() -> list[FoldRuns]:
    """All cross-validations, the newest first."""
    tied = [(run.meta["created"], run, tie) for run in list_runs() if (tie := tie_of(run))]
    by_id: dict[str, tuple[Tie, dict[int, Run]]] = {}
    for _, run, tie in sorted(tied, key=lambda entry: -entry[0]):  # ids of one second stand in no order
        by_id.setdefault(tie.id, (tie, {}))[1].setdefault(tie.number, run)
    return [
        FoldRuns(tie.id, tie.name, tie.folds, tie.dataset, tie.rows, tie.aside, dict(sorted(runs.items())))
        for tie, runs in by_id.values()
    ]


def get_folds(ref: str) -> FoldRuns:
    """The cross-validation with this id or name, or to which the run with this id or name belongs.

    Raises:
        RunError: when there is neither, or the run belongs to none.
    """
    for folds in list_folds():
        if ref in (folds.id, folds.name):
            return folds
    belongs_to = folds_of(get_run(ref))
    if belongs_to is None:
        raise RunError(
            f"Run {ref!r} does not belong to a cross-validation.",
            "Start one with `cross-validate --dataset DATASET`, or name the finished runs of all folds.",
        )
    return belongs_to
