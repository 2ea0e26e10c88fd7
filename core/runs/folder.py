"""The folder of a run: the one interface between whoever asks for a run, the worker, and the pages.

::

    runs/<id>/config.json     what is asked (RunConfig), written once
              meta.json       name, tags, note: what a user may change at any time; of a fold's or a study's run also what it belongs to
              status.json     state, progress, heartbeat, error; replaced atomically
              stop            present when somebody asked the run to stop
              events.jsonl    one line an event, appended
              log.txt         everything the worker printed
              checkpoint/     where training can go on from
              best/           weights of the best validation so far
              model/          the finished model, loadable with transformers alone
              predictions/    <part>.parquet, keyed by row id
              result.json     metrics, baselines, intervals
              retention.json  what was kept of the source, and the way between source and run, once they were measured
              exports/        <format>/, a model handed on; <format>.json, how it was measured, also where it was refused
              store.json      how far the run store has read the events

Only this module knows these names, and what to do where a file cannot be read: such a run is *damaged*, with the reason
as its error; it is shown, never started, and harms no other.
"""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import workspace
from core.checked import Unreadable, read_checked
from core.config import RunConfig
from core.errors import ConfigError, RunError
from core.runs import shapes

if TYPE_CHECKING:
    import pandas as pd

WAITING = ("queued",)
ACTIVE = ("starting", "running", "stopping")
ENDED = ("stopped", "finished", "failed", "interrupted")
RESUMABLE = ("stopped", "failed", "interrupted")
DAMAGED = "damaged"  # a file that says what the run is, how it stands or what came out cannot be read

LONGEST_NAME = 200  # characters
KNOWN = 20_000  # runs whose small files are read once, until they change
FILES = ("config.json", "status.json", "meta.json", "events.jsonl", "result.json", "model")  # any of them makes a run


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
        try:
            return _config_in(self.path / "config.json", _stamp(self.path / "config.json"))
        except Unreadable as error:
            raise self._fault("config.json", error) from error

    @property
    def meta(self) -> dict[str, Any]:
        """``name``, ``tags`` (list of str), ``note``, ``created`` (unix seconds); ``fold`` as ``core.runs.folds`` has it,
        ``study`` as ``core.runs.ties``.

        What cannot be read of it has its default: the id as name, the time in the id as time.
        """
        value = _meta_in(self.path / "meta.json", _stamp(self.path / "meta.json"))
        created = _created_from(self.id)
        return shapes.repaired(
            value, shapes.META, lambda: {"name": self.id, "tags": [], "note": "", "created": created}
        )

    @property
    def is_mixed(self) -> bool:
        """Whether its model was mixed of others, so that its settings are those of another run, and no training of its own."""
        return bool(self.meta.get("made"))

    @property
    def name(self) -> str:
        """As its owner calls it; its id where it has no name."""
        return str(self.meta["name"])

    def write_meta(self, **changes: Any) -> None:
        """Change name, tags or note; what is not named stays.

        Raises:
            RunError: when the name is too long.
        """
        _check_name(changes.get("name"))
        workspace.write_json(self.path / "meta.json", self.meta | changes)

    # --- how it stands --------------------------------------------------------------------------------------------
    @property
    def status(self) -> dict[str, Any]:
        """The newest status; ``state`` is shown as *stopping* while a stop is asked for and not yet done.

        Where a file is damaged the state is *damaged*, ``error`` says which and what to do, and ``was`` is what the
        status itself says, None where it is lost. A status that was lost beside a whole result is *finished*.
        """
        try:
            status = dict(_status_in(self.path / "status.json", _stamp(self.path / "status.json")))
        except Unreadable as error:
            if self.result is not None and (self.model / "config.json").exists():
                return self._or_damaged({"state": "finished", "progress": 1.0})
            return self._damaged({}, self._fault("status.json", error))
        if status["state"] in ("starting", "running") and self.stop_asked():
            status["state"] = "stopping"
        return self._or_damaged(status)

    @property
    def state(self) -> str:
        """One of ``WAITING``, ``ACTIVE`` and ``ENDED``, or ``DAMAGED``."""
        return str(self.status["state"])

    @property
    def resumable(self) -> bool:
        """Whether the run can be queued again: it ended early, or nothing but its status was lost."""
        status = self.status
        if status["state"] != DAMAGED:
            return status["state"] in RESUMABLE
        return status["was"] is None and self._config_fault() is None and not (self.path / "result.json").exists()

    def _or_damaged(self, status: dict[str, Any]) -> dict[str, Any]:
        """``status``, or that of a damaged run where its config, or the result of its end, cannot be read."""
        fault = self._config_fault()
        if fault is None and status["state"] == "finished":
            _, fault = self._checked_result()
        return status if fault is None else self._damaged(status, fault)

    def _damaged(self, status: dict[str, Any], fault: RunError) -> dict[str, Any]:
        error = {"message": fault.message, "hint": fault.hint}
        return status | {"state": DAMAGED, "was": status.get("state"), "error": error}

    def _config_fault(self) -> RunError | None:
        try:
            self.config  # noqa: B018
        except RunError as error:
            return error
        return None

    def _fault(self, file: str, error: Unreadable) -> RunError:
        """What a damaged file of this run means, and what is left to do."""
        remedies = {
            "config.json": "Start a new run and delete this one; if a newer Graft wrote it, open it with that one.",
            "status.json": "Resume it to go on from its last checkpoint, or delete it.",
            "result.json": "Its model and predictions are kept; train it again for a new result, or delete it.",
        }
        return RunError(
            f"Run {self.short_name} is damaged: {file} {error}.", f"{remedies[file]} Its folder is {self.path}."
        )

    @property
    def short_name(self) -> str:
        """Its name for a sentence, cut where it is very long."""
        return shortened(self.name)

    def write_status(self, **changes: Any) -> None:
        """Replace the status with its old content and ``changes``. One writer at a time: see ``core.jobs``.

        Raises:
            RunError: when the run's folder was deleted; it is not made again.
            StorageError: when it cannot be written.
        """
        if not self.path.is_dir():
            raise RunError(f"The folder of run {self.id} was deleted.", "Restore it, or start a new run.")
        old = workspace.read_json(self.path / "status.json")
        workspace.write_json(self.path / "status.json", (old if isinstance(old, dict) else {}) | changes)

    def ask_stop(self) -> None:
        """Leave the mark by which the worker learns that it should stop."""
        with workspace.writing(self.path / "stop"):
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
        except OSError:  # none yet, or none that can be read
            return [], 0
        whole = content.rfind(b"\n") + 1
        return list(_parsed(content[:whole])), offset + whole

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the log, of its last 64 KiB at most; empty where nothing was printed."""
        try:
            with self.log_path.open("rb") as file:
                file.seek(max(0, self.log_path.stat().st_size - 64 * 1024))
                return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
        except OSError:
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

    def export(self, format: str) -> Path:
        """The folder with the model as it is handed on in a format."""
        return self.path / "exports" / format

    def measured(self, format: str) -> dict[str, Any] | None:
        """How the export in a format was measured last, see ``core.export.measured``; None where it never was."""
        value = workspace.read_json(self.path / "exports" / f"{format}.json")
        return value if isinstance(value, dict) else None

    def write_measured(self, format: str, value: dict[str, Any]) -> None:
        """Keep how the export in a format was measured."""
        workspace.write_json(self.path / "exports" / f"{format}.json", value)

    def predictions(self, part: str) -> Path:
        """The table of predictions for ``part`` (test or validation), one row each, with the column ``row``."""
        return self.path / "predictions" / f"{part}.parquet"

    def read_predictions(self, part: str, columns: list[str] | None = None) -> "pd.DataFrame":
        """The table of predictions for ``part``.

        Args:
            columns: those to read; by default all.

        Raises:
            RunError: when it cannot be read.
        """
        import pandas as pd

        path = self.predictions(part)
        try:
            if not path.is_file():
                raise FileNotFoundError(path)
            return pd.read_parquet(path, columns=columns)
        except Exception as error:  # whatever pyarrow makes of damaged bytes
            wrong = "are missing" if not path.is_file() else "cannot be read: the file is cut off or damaged"
            raise RunError(
                f"The predictions of run {self.short_name} {wrong} ({path}).",
                "Its scores and its model are kept; train it again for new predictions.",
            ) from error

    @property
    def result(self) -> dict[str, Any] | None:
        """Metrics, baselines and intervals of a finished run; None before its end, or where they cannot be read."""
        return self._checked_result()[0]

    def _checked_result(self) -> tuple[dict[str, Any] | None, RunError | None]:
        """The result, and why there is none."""
        path = self.path / "result.json"
        try:
            if wrong := _result_fault(path, _stamp(path)):
                raise Unreadable(wrong)
            return json.loads(path.read_bytes()), None
        except Unreadable as error:
            return None, self._fault("result.json", error)
        except (OSError, ValueError) as error:  # replaced since
            return None, self._fault("result.json", Unreadable(f"cannot be read ({error})"))

    def write_result(self, result: dict[str, Any]) -> None:
        """Replace the result: as ``core.evaluation.result.build_result`` gives it, and the facts of the run."""
        workspace.write_json(self.path / "result.json", result)

    @property
    def retention(self) -> dict[str, Any] | None:
        """What was kept of the source, as ``core.transfer.retention`` gives it; None where it was not measured."""
        return self._measured("kept", shapes.RETENTION)

    @property
    def curve(self) -> dict[str, Any] | None:
        """The way between source and run, as ``core.merging.curve`` gives it; None where it was not measured."""
        return self._measured("curve", shapes.CURVE)

    @property
    def sequence(self) -> dict[str, Any] | None:
        """The tasks on the way to the run, as ``core.transfer.sequence`` gives them; None where they were not measured."""
        return self._measured("sequence", shapes.SEQUENCE)

    def _measured(self, part: str, shape: shapes.Check) -> dict[str, Any] | None:
        value = workspace.read_json(self.path / "retention.json")
        found = value.get(part) if isinstance(value, dict) else None
        return found if isinstance(found, dict) and not shape(found) else None

    def write_retention(self, kept: dict[str, Any]) -> None:
        """Keep what was measured of the source's ability."""
        self._write_measured(kept=kept)

    def write_curve(self, curve: dict[str, Any]) -> None:
        """Keep what was measured on the way between source and run."""
        self._write_measured(curve=curve)

    def write_sequence(self, sequence: dict[str, Any]) -> None:
        """Keep what was measured of the tasks on the way to the run."""
        self._write_measured(sequence=sequence)

    def _write_measured(self, **parts: dict[str, Any]) -> None:
        old = workspace.read_json(self.path / "retention.json")
        workspace.write_json(self.path / "retention.json", (old if isinstance(old, dict) else {}) | parts)

    def drop_checkpoints(self) -> None:
        """Free the space of what only an unfinished run needs."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)
        shutil.rmtree(self.best, ignore_errors=True)

    @property
    def store_cursor(self) -> dict[str, Any]:
        """``id`` of the run in the store, ``offset`` in bytes to which its events were sent, ``closed`` once all was."""
        value = workspace.read_json(self.path / "store.json")
        return value if isinstance(value, dict) else {}

    def write_store_cursor(self, cursor: dict[str, Any]) -> None:
        """Remember how far the store has come."""
        workspace.write_json(self.path / "store.json", cursor)


def _parsed(content: bytes) -> Iterator[dict[str, Any]]:
    """The events in whole lines of the event file; lines that are no events, or lack what theirs needs, are passed over."""
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue  # a line cut by a crash; the next attempt starts on a new line
        if not isinstance(value, dict) or not isinstance(value.get("event", ""), str):
            continue
        shape = shapes.EVENTS.get(value.get("event", ""))
        if shape is None or not shape(value):
            yield value


Stamp = tuple[int, int, int]  # changes whenever a file does


def _stamp(path: Path) -> Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=KNOWN)
def _status_in(path: Path, stamp: Stamp | None) -> dict[str, Any]:
    """The status in a file that has not changed since ``stamp``; whoever changes it takes a copy."""
    value: dict[str, Any] = read_checked(path, shapes.STATUS)
    return value


@lru_cache(maxsize=KNOWN)
def _meta_in(path: Path, stamp: Stamp | None) -> Any:
    """What a user may change of a run, in a file that has not changed since ``stamp``; whoever changes it takes a copy."""
    return workspace.read_json(path)


@lru_cache(maxsize=KNOWN)
def _config_in(path: Path, stamp: Stamp | None) -> RunConfig:
    """The config in a file that has not changed since ``stamp``; an Unreadable is raised anew each time."""
    value = read_checked(path, shapes.CONFIG)
    try:
        return RunConfig.from_json(value)
    except ConfigError as error:
        raise Unreadable(f"cannot be used: {error.message.rstrip('.')}") from error
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise Unreadable("holds settings of the wrong kind") from error


@lru_cache(maxsize=KNOWN)
def _result_fault(path: Path, stamp: Stamp | None) -> str:
    """What is wrong with the result in a file that has not changed since ``stamp``; empty where nothing is."""
    try:
        read_checked(path, shapes.result_shape)
    except Unreadable as error:
        return str(error)
    return ""


def _created_from(run_id: str) -> float:
    """Unix seconds that the id names; 0 where it names none."""
    try:
        return time.mktime(time.strptime(run_id[:15], "%Y%m%d-%H%M%S"))
    except (ValueError, OverflowError):
        return 0.0


def shortened(name: str, longest: int = 80) -> str:
    """A name for a sentence."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def _check_name(name: object) -> None:
    if isinstance(name, str) and len(name) > LONGEST_NAME:
        raise RunError(
            f"The name {shortened(name, 40)!r} has {len(name):,} characters.", f"Use at most {LONGEST_NAME}."
        )


def no_result(run: Run, hint: str) -> RunError:
    """Why a run has no result: it is damaged, or has not come so far.

    Args:
        hint: what to do where nothing is wrong with it.
    """
    status, (_, fault) = run.status, run._checked_result()
    if status["state"] == DAMAGED:
        return RunError(status["error"]["message"], status["error"]["hint"])
    if fault is not None and (run.path / "result.json").exists():
        return fault
    return RunError(f"Run {run.short_name} ({status['state']}) has no result yet.", hint)


def create_run(
    config: RunConfig,
    name: str | None = None,
    tags: tuple[str, ...] = (),
    fold: dict[str, Any] | None = None,
    choice: str = "",
    study: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    made: dict[str, Any] | None = None,
) -> Run:
    """Make a run folder in state *queued*; the folder appears at once and whole.

    Args:
        name: what to call it; by default ``default_name``.
        fold: ties the run to the others of its cross-validation (see ``core.runs.folds``).
        choice: why this way to transfer was chosen, where it was not the user who chose.
        study: ties the run to the study that asks for it (see ``core.runs.ties``).
        status: how it stands from the beginning, where it is not to be queued: its maker carries it out.
        made: of which runs its model is mixed, instead of being trained (see ``core.merging``).

    Raises:
        RunError: when the name is too long.
        StorageError: when the workspace cannot be written; nothing is then left of it.
    """
    _check_name(name)
    now = time.time()
    run_id = time.strftime("%Y%m%d-%H%M%S-", time.localtime(now)) + secrets.token_hex(2)
    meta = {
        "name": name or shortened(default_name(config), LONGEST_NAME),
        "tags": list(tags),
        "note": "",
        "created": now,
    }
    meta |= {"fold": fold} if fold else {}
    meta |= {"choice": choice} if choice else {}
    meta |= {"study": study} if study else {}
    meta |= {"made": made} if made else {}
    path = workspace.folder("runs") / run_id
    aside = path.with_name(f".new-{run_id}")
    with workspace.writing(path):
        try:
            aside.mkdir(mode=workspace.PRIVATE)
            workspace.write_json(aside / "config.json", config.to_json())
            workspace.write_json(aside / "meta.json", meta)
            workspace.write_json(
                aside / "status.json", {"state": "queued", "queued_at": now, "attempt": 0} | (status or {})
            )
            os.rename(aside, path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return Run(run_id, path)


def default_name(config: RunConfig, train_rows: int | None = None) -> str:
    """A readable name from what matters most: source where there is one, strategy, data set.

    Args:
        train_rows: that the set has for training: a name promises no more of them than there are.
    """
    source = f"{config.source.rstrip('/').split('/')[-1]} ".lstrip()
    data = re.sub(r"-[0-9a-f]{8}$", "", config.dataset)
    rows = ""
    if config.train_size:
        rows = f" {min(config.train_size, train_rows or config.train_size)} rows"
    return f"{source}{config.strategy.replace('_', ' ')} on {data}{rows}"


def get_run(run_id: str) -> Run:
    """The run with this id, or whose name is exactly this (the newest, where several share it).

    Raises:
        RunError: when there is no such run.
    """
    path = workspace.home() / "runs" / run_id
    if re.fullmatch(r"[\w-]{1,100}", run_id) and _is_run(path):
        return Run(run_id, path)
    for run in list_runs():
        if run.name == run_id:
            return run
    raise RunError(f"There is no run {shortened(run_id)!r}.", "`runs list` shows those that exist.")


def list_runs() -> list[Run]:
    """All runs, newest first, damaged ones among them."""
    folder = workspace.home() / "runs"
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except FileNotFoundError:
        return []
    return [
        Run(name, folder / name) for name in names if name[0] != "." and name.isprintable() and _is_run(folder / name)
    ]


def _is_run(path: Path) -> bool:
    """Whether a folder holds anything of a run; a stray file, an empty folder or a dangling link does not."""
    return path.is_dir() and any(os.path.lexists(path / name) for name in FILES)


def delete_run(run: Run) -> None:
    """Move a run that is not active to the trash, from where ``restore_run`` brings it back.

    Raises:
        RunError: while the run is under way.
    """
    status = run.status
    if status["state"] in ACTIVE:
        raise RunError(f"Run {run.short_name} is {status['state']}.", "Stop it first, then delete it.")
    workspace.discard(run.path, "runs")


def restore_run(run_id: str) -> Run:
    """Bring a deleted run back.

    Raises:
        RunError: when the trash does not hold it.
    """
    path = workspace.bring_back(run_id, "runs")
    if path is None:
        raise RunError(f"Run {run_id} is not in the trash.", "Only runs deleted in this workspace can be restored.")
    return Run(run_id, path)
