"""How a study stands, told from its runs."""

from collections.abc import Sequence

from core.errors import StudyError
from core.runs.folder import ACTIVE, DAMAGED, WAITING
from core.studies.folder import Cell, Study

OPEN, DELETED = "open", "deleted"  # states of a cell beside those of its run: no run yet; its run is gone
UNDER_WAY = ("queued", "running", "stopping")


def cell_state(cell: Cell) -> str:
    """The state of its run; *open* where there is none yet, *deleted* where it is gone."""
    if cell.run is None:
        return DELETED if cell.run_id else OPEN
    return cell.run.state


def study_state(states: Sequence[str], goes_on: bool = False, is_held: bool = False) -> str:
    """What the states of its cells make of a study.

    Args:
        goes_on: whether further cells may follow, for which a process looks.
        is_held: whether it was stopped before all cells were known.

    queued, running or stopping while any is under way; finished when all are; stopped where one can go on; partial where some
    failed or are gone, and failed where nothing finished.
    """
    if any(state in (*WAITING, *ACTIVE) for state in states):
        if "stopping" in states:
            return "stopping"
        begun = any(state not in (*WAITING, OPEN) for state in states)
        return "running" if begun else "queued"
    if goes_on:
        return "running"
    if is_held:
        return "stopped"
    if all(state == "finished" for state in states):
        return "finished"
    if any(state in ("stopped", "interrupted", OPEN) for state in states):
        return "stopped"
    return "partial" if "finished" in states else "failed"


def state_of(study: Study) -> str:
    """How it stands now; *damaged* where its plan cannot be read."""
    try:
        return study_state([cell_state(cell) for cell in study.cells()], study.goes_on, study.is_held)
    except StudyError:
        return DAMAGED


def share_done(cells: Sequence[Cell]) -> float:
    """0..1: finished cells count as one, those under way as far as they are."""
    done = 0.0
    for cell in cells:
        status = cell.run.status if cell.run else {}
        done += 1.0 if status.get("state") == "finished" else float(status.get("progress") or 0.0)
    return done / max(1, len(cells))
