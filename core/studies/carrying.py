"""Starting, stopping and resuming a study as one."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from core.config import RunConfig
from core.data.sets.descriptions import described_at
from core.data.sets.store import get_dataset
from core.errors import GraftError, RunError, StudyError
from core.jobs import queue
from core.jobs.lock import NamedLock
from core.jobs.scheduler import ensure_scheduler
from core.results.compare import settings_key
from core.runs.folder import ACTIVE, WAITING, Run, list_runs
from core.runs.ties import StudyTie
from core.studies.folder import Cell, Planned, Study, create_study
from core.studies.standing import cell_state

HELD_CELLS, PAUSES = "held-cells", "pauses"  # memos: what was under way when a study was held, and for how long it was
PATIENCE = 20.0  # seconds to wait for another process that starts, stops or resumes the same study


class Busy(StudyError):
    """Another process starts, stops or resumes the study at this moment."""


def start(
    kind: str, name: str, question: str, cells: Sequence[Planned], noun: str = "texts", *,
    asked: dict[str, Any] | None = None, config: RunConfig | None = None, goes_on: bool = False,
) -> Study:  # fmt: skip
    """Check every cell, write the plan, and queue a run for each cell that no finished run answers already.

    Nothing is written where one of the cells could not be queued. The rest as ``core.studies.folder.create_study``.

    Raises:
        GraftError: when a config cannot be queued as it is.
    """
    done = _checked(cells)
    study = create_study(kind, name, question, cells, done, noun, asked, config, goes_on)
    with _alone_with(study):
        _queue_open(study)
    if goes_on:
        ensure_scheduler()  # where nothing had to be queued yet: it starts who looks for the first cells
    return study


def add(study: Study, cells: Sequence[Planned]) -> None:
    """Take further cells into a study and queue what no finished run answers already.

    Raises:
        GraftError: when the study is damaged, or a cell cannot be queued; then none of them is taken in.
    """
    with _alone_with(study):
        study.add_cells(cells, _checked(cells))
        if not study.is_held:
            _queue_open(study)


def _checked(cells: Sequence[Planned]) -> dict[str, str]:
    """Cell -> id of the finished run that answers it already; the others can be queued."""
    done = {
        cell.name: run.id
        for cell, run in zip(cells, finished_alike([cell.config for cell in cells]), strict=True)
        if run
    }
    for cell in cells:
        if cell.name not in done:
            queue.check(cell.config)
    return done


def stop(study: Study) -> int:
    """Ask all its runs that wait or work to stop, the waiting ones first; how many were asked.

    Raises:
        StudyError: when the study is damaged, or nothing of it is under way.
    """
    with _alone_with(study):
        held = study.hold()
        if held:
            study.remember(HELD_CELLS, [cell.plan.name for cell in study.cells() if cell.run and _goes_on(cell)])
            study.remember(PAUSES, (study.recall(PAUSES) or {"total": 0.0}) | {"since": time.time()})
        going = [cell.run for cell in study.cells() if cell.run and not cell.reused and _goes_on(cell)]
        if not going and not held:
            raise StudyError(f"Nothing of study {study.name} is under way.", "`study show` tells how it stands.")
        for run in sorted(going, key=lambda run: run.state not in WAITING):
            try:
                queue.stop(run)
            except RunError:
                continue  # it ended meanwhile
        return len(going)


def resume(study: Study) -> int:
    """Queue again whatever ended early, and anew what is gone or damaged; how many runs that were.

    Raises:
        StudyError: when the study is damaged, or every cell is finished or under way.
        GraftError: when a run cannot be queued.
    """
    with _alone_with(study):
        again = 0
        if study.is_done:
            raise StudyError(
                f"Study {study.name} is done.", "What it stopped on its way it does not need; start another."
            )
        only = set(study.recall(HELD_CELLS) or ()) if study.is_held else None
        for cell in study.cells():
            if cell.run is not None and (cell.run.state == "finished" or _goes_on(cell)):
                continue
            if only is not None and cell.run is not None and cell.plan.name not in only:
                continue  # it was ended on purpose before the study was held
            if cell.run is not None and cell.run.resumable and not cell.reused:
                queue.resume(cell.run)
            else:
                _queue(study, cell)
            again += 1
        let = study.let_go_on()
        if let:
            pauses = study.recall(PAUSES) or {}
            if pauses.get("since"):
                total = float(pauses.get("total") or 0.0) + time.time() - float(pauses["since"])
                study.remember(PAUSES, {"total": total, "since": None})
            ensure_scheduler()
        if not again and not let:
            raise StudyError(
                f"All runs of study {study.name} are finished or under way.", "`study show` tells how it stands."
            )
        return again


def finished_alike(configs: Sequence[RunConfig]) -> list[Run | None]:
    """For each config the newest finished run that was asked for exactly this, up to settings that change no number.

    A run that ended before the classes were described anew does not count: what names alone reach has changed since.

    Raises:
        DatasetError: when a set is not there.
    """
    wanted = [settings_key(config) for config in configs]
    sets = {config.dataset: described_at(get_dataset(config.dataset)) for config in configs}
    found: dict[str, Run] = {}
    for run in list_runs():
        try:
            status = run.status
            if status["state"] != "finished" or run.is_mixed:
                continue
            key = settings_key(run.config)
            is_late = (status.get("ended_at") or 0.0) >= sets.get(run.config.dataset, float("inf"))
            if key in wanted and key not in found and is_late and run.result is not None:
                found[key] = run
        except GraftError:
            continue  # damaged: it answers nothing
    return [found.get(key) for key in wanted]


def _goes_on(cell: Cell) -> bool:
    return cell_state(cell) in (*WAITING, *ACTIVE)


def _queue_open(study: Study) -> None:
    for cell in study.cells():
        if cell.run is None:
            _queue(study, cell)


def _queue(study: Study, cell: Cell) -> None:
    """A new run for a cell, noted in the study."""
    plan = cell.plan
    name = f"{study.name} · {plan.factors.get('rung') or plan.name}"[:200]
    run = queue.submit(plan.config, name, choice=plan.choice, study=StudyTie(study.id, plan.name))
    study.note_run(plan.name, run.id)


@contextmanager
def _alone_with(study: Study) -> Iterator[None]:
    """Two who start, stop or resume one study at once do it one after the other."""
    lock = NamedLock(study.path / "lock")
    if not lock.take(PATIENCE):
        raise Busy(f"Study {study.name} is being changed by another process.", "Try again in a moment.")
    try:
        yield
    finally:
        lock.release()
