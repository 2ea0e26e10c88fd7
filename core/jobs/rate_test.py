"""The learning-rate range test as a process of its own, whose folder any page can look into.

::

    ranges/<key>/config.json    what is tried (RunConfig)
                 progress.json  done and total, replaced as it goes
                 result.json    rates, losses, the suggestion and its sentence
                 error.json     message and hint, where it failed
                 process.json   who works on it
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import psutil

from core import workspace
from core.checked import NUMBER, TEXT, WHOLE, listing, optional, read_checked, record
from core.config import RunConfig
from core.data.sets.domains import within
from core.data.sets.store import DataSet, get_dataset
from core.data.splits.sampling import draw_part
from core.errors import DatasetError, GraftError
from core.jobs.process import identity, is_alive
from core.strategies.registry import DEFAULT, STRATEGIES
from core.tasks import SCALE, Task, check_settings, encode_targets, scale_of, task_of
from core.training.encoding import encode
from core.training.job import LabelledRows
from core.training.lr_range import STEPS, RateRange, rate_range

if TYPE_CHECKING:
    from core.models.classifier import Classifier

CHILDREN: list[subprocess.Popen[bytes]] = []  # so that ended ones can be taken off the process table


def has_rate(config: RunConfig) -> bool:
    """Whether there is a learning rate to try: not where the last layer is solved for, nor where pairs are learnt from."""
    return STRATEGIES[config.strategy].teacher.by_epochs


def folder_of(config: RunConfig) -> Path:
    """Where the test of this config lives; equal configs share it."""
    settings = config.to_json() | {"learning_rate": None, "epochs": None}
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:20]
    return workspace.folder("ranges", key)


def measure(config: RunConfig, progress: Callable[[int, int], None] | None = None, steps: int = STEPS) -> RateRange:
    """Carry the test out here.

    Args:
        progress: is called with the steps done and all steps.

    Raises:
        GraftError: when the set, the source or the strategy does not allow it.
    """
    import torch

    from core.jobs.phases.preparing import load_source
    from core.models.adapters import attach
    from core.training import devices

    if not has_rate(config):
        raise GraftError(
            f"The strategy {config.strategy} has no learning rate to try.", f"Choose {DEFAULT}, for example."
        )
    dataset, rows = _rows(config, steps)
    task = task_of(dataset.task)
    device = devices.find_device(config.device)
    if device.name == "cpu":
        torch.set_num_threads(devices.cores())
    classifier = load_source(config, dataset, task)
    attach(classifier.model, config)
    training = _encode(config, classifier, task, rows)
    bf16 = devices.use_bf16(device, config.precision)
    for event in rate_range(config, classifier.model, training, device=device.name, bf16=bf16, steps=steps):
        if isinstance(event, RateRange):
            return event
        if progress:
            progress(event.done, event.total)
    raise AssertionError("the test ends with its result")


def start(config: RunConfig) -> Path:
    """Begin the test in a process of its own, unless it is under way or done; gives its folder."""
    folder = folder_of(config)
    if is_alive(workspace.read_json(folder / "process.json")) or state_of(folder)["state"] == "done":
        return folder
    for name in ("progress.json", "error.json"):
        (folder / name).unlink(missing_ok=True)
    workspace.write_json(folder / "config.json", config.to_json())
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "lr-range", "--into", str(folder)], cwd=workspace.PROJECT,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env=os.environ | {"TOKENIZERS_PARALLELISM": "false"},
        )  # fmt: skip
    CHILDREN[:] = [child for child in CHILDREN if child.poll() is None] + [process]
    with suppress(psutil.NoSuchProcess):  # it may have ended already, and said why
        workspace.write_json(folder / "process.json", identity(process.pid))
    return folder


def stop(folder: Path) -> None:
    """End a test that is under way."""
    who = workspace.read_json(folder / "process.json")
    if who and is_alive(who):
        psutil.Process(who["pid"]).terminate()


def carry_out(folder: Path) -> int:
    """What the process does: the exit code is 0 when the result was written."""
    workspace.write_json(folder / "process.json", identity())
    try:
        config = RunConfig.from_json(workspace.read_json(folder / "config.json") or {})
        result = measure(config, lambda done, total: workspace.write_json(folder / "progress.json", [done, total]))
    except GraftError as error:
        workspace.write_json(folder / "error.json", {"message": error.message, "hint": error.hint})
        return 1
    except Exception as error:  # whatever it is, the page has to tell it
        workspace.write_json(folder / "error.json", {"message": f"{type(error).__name__}: {error}", "hint": ""})
        raise
    workspace.write_json(folder / "result.json", asdict(result))
    return 0


def state_of(folder: Path) -> dict[str, Any]:
    """How the test stands: ``state`` (none, running, done, failed), with progress, result or error."""
    result = workspace.read_kept(folder / "result.json", _result_in)
    error = workspace.read_kept(
        folder / "error.json", lambda path: read_checked(path, record({"message": TEXT, "hint": TEXT}))
    )
    if result:
        return {"state": "done", "result": result}
    if error:
        return {"state": "failed", "error": error}
    if is_alive(workspace.read_json(folder / "process.json")):
        progress = workspace.read_kept(folder / "progress.json", lambda path: read_checked(path, listing(WHOLE, 2)))
        return {"state": "running", "progress": progress or [0, STEPS]}
    return {"state": "none"}


def _result_in(path: Path) -> dict[str, Any]:
    numbers = listing(NUMBER)
    shape = record(
        {"rates": numbers, "losses": numbers, "smooth": numbers, "sentence": TEXT}, {"suggestion": optional(NUMBER)}
    )
    value: dict[str, Any] = read_checked(path, shape)
    return value


def _rows(config: RunConfig, steps: int) -> tuple[DataSet, pd.DataFrame]:
    """The set, and as many of its training rows as the steps can read.

    Raises:
        GraftError: when there are none with labels, or the settings do not go with what the set asks to learn.
    """
    dataset = get_dataset(config.dataset)
    frame = within(dataset.part("train"), dataset, config.domains)
    if dataset.task == "unlabelled" or not len(frame):
        raise DatasetError(f"The data set {dataset.name!r} has no labelled training rows.", "Choose another.")
    task = task_of(dataset.task)
    check_settings(config, task)
    wanted = min(config.train_size or len(frame), steps * config.batch_size)
    return dataset, draw_part(frame, task.kind, wanted, config.seed)


def _encode(config: RunConfig, classifier: "Classifier", task: Task, frame: pd.DataFrame) -> LabelledRows:
    """Tokens and targets of the rows; scores leave their mean and spread in the model."""
    encoded = encode(
        frame["text"].tolist(), classifier.tokenizer, min(config.max_length, classifier.max_length),
        frame["text_pair"].tolist() if "text_pair" in frame else None, truncation=config.truncation,
    )  # fmt: skip
    targets = encode_targets(task, frame["label"].tolist(), classifier.labels)
    if task.kind == "regression":
        setattr(classifier.model.config, SCALE, scale_of(targets))
    return LabelledRows(encoded, targets).by_window()
