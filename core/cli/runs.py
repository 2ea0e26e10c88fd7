"""Commands around runs: list, show, stop, resume."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.cli.output import Output, table

if TYPE_CHECKING:
    from core.runs.folder import Run


def list_all(arguments: argparse.Namespace, out: Output) -> int:
    """All runs, newest first.

    JSON: runs, each as ``core.cli.run_state.state_of`` has it.
    """
    from core.cli.run_state import headline, state_of
    from core.runs.folder import DAMAGED, list_runs

    states = [state_of(run) for run in list_runs()]
    lines = table([state | {"score": headline(state)} for state in states], ("run", "status", "score", "name"))
    wrong = [f"{state['error']['message']} {state['error']['hint']}" for state in states if state["status"] == DAMAGED]
    out.answer(
        {"runs": states},
        [*lines, *wrong] if states else ["No run yet. Start one: python -m core train --dataset DATASET"],
    )
    return 0


def run_argument(parser: argparse.ArgumentParser) -> None:
    """A run, by id or name."""
    parser.add_argument("run", metavar="RUN")


def show(arguments: argparse.Namespace, out: Output) -> int:
    """How a run stands, also while it is under way.

    JSON: as ``core.cli.run_state.state_of``.

    Raises:
        RunError: when there is no such run.
    """
    from core.cli.run_state import state_lines, state_of
    from core.jobs.scheduler import ensure_scheduler
    from core.runs.folder import ACTIVE, WAITING, get_run

    run = get_run(arguments.run)
    if run.state in (*WAITING, *ACTIVE):
        ensure_scheduler()  # so that a dead worker is noticed
    state = state_of(run)
    out.answer(state, state_lines(state))
    return 0


def stop(arguments: argparse.Namespace, out: Output) -> int:
    """Ask a run to save a checkpoint and stop.

    JSON: as ``core.cli.run_state.state_of``.

    Raises:
        RunError: when there is no such run, or it has ended already.
    """
    from core.jobs import queue

    return _change(arguments.run, queue.stop, out)


def resume(arguments: argparse.Namespace, out: Output) -> int:
    """Queue a run again that was stopped, interrupted or failed.

    JSON: as ``core.cli.run_state.state_of``.

    Raises:
        RunError: when there is no such run, or it is under way or finished.
    """
    from core.jobs import queue

    return _change(arguments.run, queue.resume, out)


def _change(ref: str, change: "Callable[[Run], object]", out: Output) -> int:
    """Change a run and answer how it stands then."""
    from core.cli.run_state import state_of
    from core.runs.folder import get_run

    run = get_run(ref)
    change(run)
    state = state_of(run)
    out.answer(state, [f"{run.id}: {state['status']}"])
    return 0
