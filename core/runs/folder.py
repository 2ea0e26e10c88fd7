"""The folder of a run: the one interface between whoever asks for a run, the worker, and the pages.

::

    runs/<id>/config.json     what is asked (RunConfig), written once
              meta.json       name, tags, note: what a user may change at any time; of a fold's run also what it belongs to
              status.json     state, progress, heartbeat, error; replaced atomically
              stop            present when somebody asked the run to stop
              events.jsonl    one line an event, appended
              log.txt         everything the worker printed
              checkpoint/     where training can go on from
              best/           weights of the best validation so far
              model/          the finished model, loadable with transformers alone
              predictions/    <part>.parquet, keyed by row id
              result.json     metrics, baselines, intervals
              store.json      how far the run store has read the events

Only this module knows these names.
"""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import workspace
from core.config import RunConfig
from core.errors import RunError

WAITING = ("queued",)
ACTIVE = ("starting", "running", "stopping")
ENDED = ("stopped", "finished", "failed", "interrupted")
RESUMABLE = ("stopped", "failed", "interrupted")


@dataclass(frozen=True, slots=True)
class Run:
    """A handle on one run folder; every property reads the disk, so two processes see the same truth."""

    id: str
    path: Path

    # --- what was asked -------------------------------------------------------------------------------------------
    @property
    def config(self) -> RunConfig:
        """What was asked.

        Raises:
            RunError: when it cannot be read.
        """
        value = workspace.read_json(self.path / "config.json")
        if value is None:
            raise RunError(f"Run {self.id} has no readable config.", "Delete it and start a new run.")
        return RunConfig.from_json(value)

    @property
    def meta(self) -> dict[str, Any]:
        """``name``, ``tags`` (list of str), ``note``, ``created`` (unix seconds); ``fold`` as ``core.runs.folds`` has it."""
        return {"name": self.id, "tags": [], "note": "", "created": 0.0} | (
            workspace.read_json(self.path / "meta.json") or {}
        )

    @property
    def name(self) -> str:
        """As its owner calls it; its id where it has no name."""
        return str(self.meta["name"])

    def write_meta(self, **changes: Any) -> None:
        """Change name, tags or note; what is not named stays."""
        workspace.write_json(self.path / "meta.json", self.meta | changes)

    # --- how it stands --------------------------------------------------------------------------------------------
    @property
    def status(self) -> dict[str, Any]:
        """The newest status; ``state`` is shown as *stopping* while a stop is asked for and not yet done."""
        status = workspace.read_json(self.path / "status.json") or {"state": "queued"}
        if status["state"] in ("starting", "running") and self.stop_asked():
            status["state"] = "stopping"
        return status

    @property
    def state(self) -> str:
        """One of ``WAITING``, ``ACTIVE`` and ``ENDED``."""
        return str(self.status["state"])

    def write_status(self, **changes: Any) -> None:
        """Replace the status with its old content and ``changes``. One writer at a time: see ``core.jobs``."""
        old = workspace.read_json(self.path / "status.json") or {}
        workspace.write_json(self.path / "status.json", old | changes)

    def ask_stop(self) -> None:
        """Leave the mark by which the worker learns that it should stop."""
        (self.path / "stop").touch()

    def stop_asked(self) -> bool:
        """Whether somebody asked the run to stop."""
        return (self.path / "stop").exists()

    def stop_asked_at(self) -> float | None:
        """Unix seconds of the request; None where nobody asked."""
        try:
            return (self.path / "stop").stat().st_mtime
        except FileNotFoundError:
            return None

    def clear_stop(self) -> None:
        """Take the mark away: the stop was carried out, or the run is wanted again."""
        (self.path / "stop").unlink(missing_ok=True)

    # --- what happened --------------------------------------------------------------------------------------------
    @property
    def events_path(self) -> Path:
        """The file to which the worker appends one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def log_path(self) -> Path:
        """The file that gets whatever the worker prints."""
        return self.path / "log.txt"

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """All events so far, oldest first; ``kind`` keeps one sort ("step", "evaluated", ...)."""
        events, _ = self.events_from(0)
        return [event for event in events if kind in (None, event.get("event"))]

    def events_from(self, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Events after byte ``offset`` and the offset to ask for next; a half-written last line waits for later."""
        try:
            with self.events_path.open("rb") as file:
                file.seek(offset)
                content = file.read()
        except FileNotFoundError:
            return [], 0
        whole = content.rfind(b"\n") + 1
        return list(_parsed(content[:whole])), offset + whole

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the log, of its last 64 KiB at most; empty where nothing was printed."""
        try:
            with self.log_path.open("rb") as file:
                file.seek(max(0, self.log_path.stat().st_size - 64 * 1024))
                return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    # --- what came out --------------------------------------------------------------------------------------------
    @property
    def checkpoint(self) -> Path:
        """The folder with the state from which training can go on."""
        return self.path / "checkpoint"

    @property
    def best(self) -> Path:
        """The folder with the weights of the best validation so far."""
        return self.path / "best"

    @property
    def model(self) -> Path:
        """The folder with the finished model."""
        return self.path / "model"

    def predictions(self, part: str) -> Path:
        """The table of predictions for ``part`` (test or validation), one row each, with the column ``row``."""
        return self.path / "predictions" / f"{part}.parquet"

    @property
    def result(self) -> dict[str, Any] | None:
        """Metrics, baselines and intervals of a finished run; None before its end."""
        return workspace.read_json(self.path / "result.json")

    def write_result(self, result: dict[str, Any]) -> None:
        """Replace the result: as ``core.evaluation.result.build_result`` gives it, and the facts of the run."""
        workspace.write_json(self.path / "result.json", result)

    def drop_checkpoints(self) -> None:
        """Free the space of what only an unfinished run needs."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)
        shutil.rmtree(self.best, ignore_errors=True)

    @property
    def store_cursor(self) -> dict[str, Any]:
        """``id`` of the run in the store, ``offset`` in bytes to which its events were sent, ``closed`` once all was."""
        return workspace.read_json(self.path / "store.json") or {}

    def write_store_cursor(self, cursor: dict[str, Any]) -> None:
        """Remember how far the store has come."""
        workspace.write_json(self.path / "store.json", cursor)


def _parsed(content: bytes) -> Iterator[dict[str, Any]]:
    """The events in whole lines of the event file."""
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError):
            continue  # a line cut by a crash; the next attempt starts on a new line
        if isinstance(value, dict):
            yield value


def create_run(
    config: RunConfig, name: str | None = None, tags: tuple[str, ...] = (), fold: dict[str, Any] | None = None
) -> Run:
    """Make a run folder in state *queued*; the folder appears at once and whole.

    Args:
        name: what to call it; by default ``default_name``.
        fold: ties the run to the others of its cross-validation (see ``core.runs.folds``).
    """
    now = time.time()
    run_id = time.strftime("%Y%m%d-%H%M%S-", time.localtime(now)) + secrets.token_hex(2)
    aside = workspace.folder("runs") / f".new-{run_id}"
    aside.mkdir()
    workspace.write_json(aside / "config.json", config.to_json())
    meta = {"name": name or default_name(config), "tags": list(tags), "note": "", "created": now}
    meta |= {"fold": fold} if fold else {}
    workspace.write_json(aside / "meta.json", meta)
    workspace.write_json(aside / "status.json", {"state": "queued", "queued_at": now, "attempt": 0})
    path = workspace.folder("runs") / run_id
    os.rename(aside, path)
    return Run(run_id, path)


def default_name(config: RunConfig, train_rows: int | None = None) -> str:
    """A readable name from what matters most: source, strategy, data set.

    Args:
        train_rows: that the set has for training: a name promises no more of them than there are.
    """
    source = config.model.rstrip("/").split("/")[-1]
    data = re.sub(r"-[0-9a-f]{8}$", "", config.dataset)
    rows = ""
    if config.train_size:
        rows = f" {min(config.train_size, train_rows or config.train_size)} rows"
    return f"{source} {config.strategy.replace('_', ' ')} on {data}{rows}"


def get_run(run_id: str) -> Run:
    """The run with this id, or whose name is exactly this (the newest, where several share it).

    Raises:
        RunError: when there is no such run.
    """
    path = workspace.folder("runs") / run_id
    if re.fullmatch(r"[\w-]+", run_id) and (path / "config.json").exists():
        return Run(run_id, path)
    for run in list_runs():
        if run.name == run_id:
            return run
    raise RunError(f"There is no run {run_id!r}.", "`runs list` shows those that exist.")


def list_runs() -> list[Run]:
    """All runs, newest first."""
    folders = [path for path in workspace.folder("runs").iterdir() if not path.name.startswith(".")]
    return [Run(path.name, path) for path in sorted(folders, reverse=True) if (path / "config.json").exists()]


def delete_run(run: Run) -> None:
    """Move a run that is not active to the trash, from where ``restore_run`` brings it back.

    Raises:
        RunError: while the run is under way.
    """
    if run.state in ACTIVE:
        raise RunError(f"Run {run.name} is {run.state}.", "Stop it first, then delete it.")
    target = workspace.folder("trash", "runs") / run.id
    shutil.rmtree(target, ignore_errors=True)
    os.rename(run.path, target)


def restore_run(run_id: str) -> Run:
    """Bring a deleted run back.

    Raises:
        RunError: when the trash does not hold it.
    """
    source = workspace.folder("trash", "runs") / run_id
    if not source.exists():
        raise RunError(f"Run {run_id} is not in the trash.", "Only runs deleted in this workspace can be restored.")
    target = workspace.folder("runs") / run_id
    os.rename(source, target)
    return Run(run_id, target)
