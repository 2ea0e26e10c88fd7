"""The folder of a study: ``studies/<id>/study.json``, the plan of its cells and which run stands in each.

The plan is written once, before any run is queued; afterwards only the names of runs are filled in. Each run also knows its
study and cell (``core.runs.ties``), so that a cell whose run was queued a moment before a crash is found again. How far the runs
are stands in their own folders alone.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import workspace
from core.checked import TEXT, TIME, TRUTH, Unreadable, listing, mapping, optional, read_checked, record
from core.config import RunConfig
from core.errors import ConfigError, RunError, StudyError
from core.jobs.drivers import GOES_ON, HELD
from core.runs.folder import Run, get_run, list_runs
from core.runs.ties import study_tie

_CELL = record(
    {"name": TEXT, "factors": mapping(TEXT), "config": record({"dataset": TEXT}), "run": optional(TEXT)},
    {"reused": TRUTH, "choice": TEXT},
)
_STUDY = record(
    {"kind": TEXT, "name": TEXT, "question": TEXT, "created": TIME, "cells": listing(_CELL)},
    {"noun": TEXT, "asked": record({}), "config": record({"dataset": TEXT})},
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A cell of a study before it has a run.

    Attributes:
        name: of the cell, once in its study.
        factors: what sets the cell apart, by name.
        choice: why this way to transfer was chosen, where it was chosen by itself.
    """

    name: str
    factors: dict[str, str]
    config: RunConfig
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its run.

    Attributes:
        run: None where none was queued yet, or where it was deleted: then ``run_id`` still names it.
        reused: whether the run was there before the study, which then neither stops nor resumes it.
    """

    plan: Planned
    run_id: str | None
    run: Run | None
    reused: bool


@dataclass(frozen=True, slots=True)
class Study:
    """A handle on one study folder; every property reads the disk."""

    id: str
    path: Path

    def read(self) -> dict[str, Any]:
        """``kind``, ``name``, ``question``, ``created`` (unix seconds), ``noun`` (what its texts are called), ``cells``, and
        where this version started it ``asked`` and ``config`` (what all its runs share).

        Raises:
            StudyError: when the file is missing or damaged.
        """
        try:
            value = read_checked(self.path / "study.json", _STUDY)
            for cell in value["cells"]:
                RunConfig.from_json(cell["config"])
        except (Unreadable, ConfigError, TypeError, ValueError) as error:
            said = str(error) if isinstance(error, Unreadable) else f"holds settings that cannot be used: {error}"
            raise StudyError(
                f"Study {self.id} is damaged: study.json {said}.",
                f"Its runs are kept and can be looked at one by one; start the study again. Its folder is {self.path}.",
            ) from error
        return {"noun": "texts"} | dict(value)

    @property
    def goes_on(self) -> bool:
        """Whether further cells may follow, for which a process of the study's own looks."""
        return (self.path / GOES_ON).exists()

    @property
    def is_held(self) -> bool:
        """Whether it was stopped before all its cells were known."""
        return (self.path / HELD).exists()

    def hold(self) -> bool:
        """Let no process look for further cells any more; whether one may have."""
        return _renamed(self.path / GOES_ON, self.path / HELD)

    def let_go_on(self) -> bool:
        """Let further cells follow again; whether it had been held."""
        (self.path / "error.json").unlink(missing_ok=True)
        return _renamed(self.path / HELD, self.path / GOES_ON)

    def fail(self, message: str, hint: str) -> None:
        """Say why no further cells can be found, and hold the study."""
        workspace.write_json(self.path / "error.json", {"message": message, "hint": hint})
        self.hold()

    @property
    def error(self) -> dict[str, str] | None:
        """Why it was held, as ``fail`` said it; None where somebody stopped it, or it is not held."""
        return workspace.read_json(self.path / "error.json")

    def tell(self, doing: str, share: float | None = None) -> None:
        """Say what is being done between its runs, and how far that is, 0 to 1."""
        workspace.write_json(self.path / "doing.json", {"text": doing, "share": share})

    def told_nothing(self) -> None:
        """Nothing is being done between its runs."""
        (self.path / "doing.json").unlink(missing_ok=True)

    @property
    def doing(self) -> dict[str, Any] | None:
        """What ``tell`` said: text, share."""
        return workspace.read_json(self.path / "doing.json")

    def remember(self, name: str, value: Any) -> None:
        """Keep what was found out, as JSON."""
        workspace.write_json(self.path / f"memo-{name}.json", value)

    def recall(self, name: str) -> Any:
        """What ``remember`` kept; None where there is nothing, or it is damaged."""
        return workspace.read_json(self.path / f"memo-{name}.json")

    def close(self) -> None:
        """No further cells will follow."""
        for name in (GOES_ON, HELD):
            (self.path / name).unlink(missing_ok=True)

    @property
    def name(self) -> str:
        """As its owner calls it; its id where that cannot be read."""
        try:
            return str(self.read()["name"])
        except StudyError:
            return self.id

    def cells(self) -> list[Cell]:
        """The cells in the order of the plan.

        Raises:
            StudyError: when the study is damaged.
        """
        entries = self.read()["cells"]
        tied: dict[str, Run] = {}
        if any(entry["run"] is None for entry in entries):  # killed between queueing a run and noting it
            for run in reversed(list_runs()):
                tie = study_tie(run)
                if tie and tie.id == self.id:
                    tied[tie.cell] = run
        return [_cell(entry, tied.get(entry["name"])) for entry in entries]

    def add_cells(self, cells: Sequence[Planned], reused: dict[str, str]) -> None:
        """Write down further cells; those whose name is there already are left as they are. One writer at a time.

        Args:
            reused: cell -> id of the finished run that stands in it already.
        """
        value = self.read()
        there = {entry["name"] for entry in value["cells"]}
        value["cells"] += [_entry(cell, reused) for cell in cells if cell.name not in there]
        workspace.write_json(self.path / "study.json", value)

    def note_run(self, cell: str, run_id: str) -> None:
        """Write down which run stands in a cell. One writer at a time: see ``core.studies.carrying``."""
        value = self.read()
        for entry in value["cells"]:
            if entry["name"] == cell:
                entry |= {"run": run_id, "reused": False}
        workspace.write_json(self.path / "study.json", value)


def _renamed(path: Path, target: Path) -> bool:
    try:
        os.replace(path, target)
    except FileNotFoundError:
        return False
    return True


def _cell(entry: dict[str, Any], tied: Run | None) -> Cell:
    plan = Planned(entry["name"], entry["factors"], RunConfig.from_json(entry["config"]), entry.get("choice", ""))
    run = tied
    if entry["run"] is not None:
        run = _there(entry["run"])
    return Cell(plan, entry["run"] or (tied.id if tied else None), run, bool(entry.get("reused")))


def _there(run_id: str) -> Run | None:
    try:
        run = get_run(run_id)
    except RunError:
        return None
    return run if run.id == run_id else None  # another run may have this id as its name


def _entry(cell: Planned, reused: dict[str, str]) -> dict[str, Any]:
    """A cell as it stands in the file."""
    return {
        "name": cell.name, "factors": cell.factors, "config": cell.config.to_json(), "choice": cell.choice,
        "run": reused.get(cell.name), "reused": cell.name in reused,
    }  # fmt: skip


def create_study(
    kind: str, name: str, question: str, cells: Sequence[Planned], reused: dict[str, str], noun: str = "texts",
    asked: dict[str, Any] | None = None, config: RunConfig | None = None, goes_on: bool = False,
) -> Study:  # fmt: skip
    """Make a study folder; it appears at once and whole.

    Args:
        reused: cell -> id of the finished run that stands in it already.
        noun: what its texts are called in sentences.
        asked: what the study is asked, as its kind reads it.
        config: what all its runs share.
        goes_on: whether further cells follow from what the first ones give.

    Raises:
        StorageError: when the workspace cannot be written.
    """
    now = time.time()
    study_id = time.strftime(f"{kind}-%Y%m%d-%H%M%S-", time.localtime(now)) + secrets.token_hex(2)
    value = {
        "kind": kind, "name": name, "question": question, "created": now, "noun": noun,
        "cells": [_entry(cell, reused) for cell in cells],
        **({} if asked is None else {"asked": asked}), **({} if config is None else {"config": config.to_json()}),
    }  # fmt: skip
    path = workspace.folder("studies") / study_id
    aside = path.with_name(f".new-{study_id}")
    with workspace.writing(path):
        try:
            aside.mkdir(mode=workspace.PRIVATE)
            workspace.write_json(aside / "study.json", value)
            if goes_on:
                (aside / GOES_ON).touch()
            os.rename(aside, path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return Study(study_id, path)


def list_studies() -> list[Study]:
    """All studies, newest first, damaged ones among them."""
    folder = workspace.home() / "studies"
    try:
        names = [name for name in os.listdir(folder) if name[0] != "." and (folder / name / "study.json").exists()]
    except FileNotFoundError:
        return []
    return [Study(name, folder / name) for name in sorted(names, key=_moment, reverse=True)]


def get_study(ref: str) -> Study:
    """The study with this id, or whose name is exactly this (the newest, where several share it).

    Raises:
        StudyError: when there is no such study.
    """
    path = workspace.home() / "studies" / ref
    if re.fullmatch(r"[\w-]{1,100}", ref) and (path / "study.json").exists():
        return Study(ref, path)
    for study in list_studies():
        if study.name == ref:
            return study
    raise StudyError(f"There is no study {ref[:80]!r}.", "`study list` shows those that exist.")


def _moment(study_id: str) -> str:
    """What of an id says when it was made."""
    return study_id.partition("-")[2]
