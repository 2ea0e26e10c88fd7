"""A sequence of tasks, each learnt from the model of the one before: what the later ones took from the earlier, and gave them.

Backward transfer is what a task's accuracy changed from when it was learnt to the end of the sequence; forward transfer is what the way
up to a task gained over learning it from the plain source (Lopez-Paz and Ranzato, 2017, Gradient episodic memory for continual
learning, https://arxiv.org/abs/1706.08840). Each task keeps its own head; the encoder is that of whichever run is asked.
"""

from collections.abc import Callable
from contextlib import suppress
from statistics import fmean
from typing import Any

import numpy as np

from core.errors import RunError, StorageError
from core.evaluation.significance import holm
from core.metrics.table import METRICS
from core.models.mixing import encoder_weights
from core.results.lineage import lineage
from core.results.predictor import Predictor
from core.runs.folder import Run
from core.transfer.abilities import earlier_task
from core.transfer.retention import MARGIN, paired_retention


def earlier_runs(run: Run) -> list[Run]:
    """The runs on the way to this one, the first one first, itself not among them."""
    found: list[Run] = []
    for model in lineage(run):
        if model.run is not None and model.run.id == run.id:
            return found
        if model.run is not None:
            found.append(model.run)
    return found


def measure_sequence(run: Run, progress: Callable[[int, int], None] = lambda done, total: None) -> dict[str, Any]:
    """All tasks on the way to ``run``, each asked of every encoder from its own on; kept with the run.

    Tasks whose answer is a score are left out: their answers are not right or wrong.

    Returns:
        ``tasks``: id and name of each run on the way, this one last. ``matrix``: (tasks, tasks) share right on the test rows of the
        column's task by the encoder of the row's run; None before it was learnt. ``backward``: for each earlier task ``paired_retention``
        of its rows, ``p`` corrected over all by Holm, with its ``task``; ``mean_backward``. ``forward``: for each task from the second on
        what the way to it gained over the plain source, as ``core.results.lineage`` compares it, None where nothing was trained to compare
        with; ``mean_forward`` over those that are shares, None without any. ``sentence``.

    Raises:
        RunError: when the run started from no earlier run with answers that are right or wrong, or one has lost its model.
    """
    steps = {model.run.id: model for model in lineage(run) if model.run is not None}
    chain = [each for each in (*earlier_runs(run), run) if (each.result or {}).get("task") != "regression"]
    if len(chain) < 2 or chain[-1].id != run.id:
        raise RunError(
            f"Run {run.name} is no sequence of tasks: no earlier run on its way has answers that are right or wrong.",
            "Train on from a run first: setting Source, or train --init-from RUN.",
        )
    for each in chain:
        if not (each.model / "config.json").exists():
            raise RunError(f"The model of run {each.name} is gone.", "Its encoder cannot be asked any more.")
    right, total = _answers(chain, progress)
    matrix = [
        [float(right[row, column].mean()) if column <= row else None for column in range(total)] for row in range(total)
    ]
    last = total - 1
    backward = [
        paired_retention(right[task, task], right[last, task]) | {"task": chain[task].name} for task in range(last)
    ]
    for told, p in zip(backward, holm([each["p"] for each in backward]), strict=True):
        told["p"] = p
        if told["verdict"] == "lost" and p >= 0.05:
            told["verdict"] = "no_loss_shown"
    forward = [dict(gain) if (gain := steps[each.id].gain) else None for each in chain[1:]]
    shares = [gain["difference"] for gain in forward if gain and METRICS[gain["metric"]].share]
    told = {
        "tasks": [{"run": each.id, "name": each.name} for each in chain], "matrix": matrix, "backward": backward,
        "mean_backward": fmean(each["difference"] for each in backward), "forward": forward,
        "mean_forward": fmean(shares) if shares else None,
    }  # fmt: skip
    told["sentence"] = _sentence(told)
    with suppress(StorageError):
        run.write_sequence(told)
    return told


def _answers(chain: list[Run], progress: Callable[[int, int], None]) -> tuple[dict[tuple[int, int], np.ndarray], int]:
    """(run, task) -> (rows,) bool, what the run's encoder gets right of the task's test rows; and the number of tasks."""
    encoders = [encoder_weights(Predictor.load(each).classifier.model) for each in chain]
    count = len(chain)
    right: dict[tuple[int, int], np.ndarray] = {}
    done, total = 0, count * (count - 1) // 2 + count
    for task, own in enumerate(chain):
        ability = earlier_task(own, choosing=False)
        right[task, task] = ability.before
        for later in range(task + 1, count):
            progress(done, total)
            right[later, task] = ability.ask(encoders[later])
            done += 1
        done += 1
    progress(total, total)
    return right, count


def _sentence(told: dict[str, Any]) -> str:
    backward, forward = told["backward"], told["mean_forward"]
    lost = [each["task"] for each in backward if each["verdict"] == "lost"]
    kept = [each["task"] for each in backward if each["verdict"] == "kept"]
    count = f"{len(backward)} earlier task{'' if len(backward) == 1 else 's'}"
    change = f"{100 * told['mean_backward']:+.1f} points on the mean"
    said = f"From when each of the {count} was learnt to the end its accuracy changed by {change}"
    if lost:
        said += f"; a loss is shown for {', '.join(lost)}"
    elif len(kept) == len(backward):
        said += f"; all are kept within {100 * MARGIN:.0f} points"
    else:
        said += "; no loss is shown, and none ruled out for all"
    if forward is None:
        return f"{said}. What the way gained the later ones is not known: none of them was also trained from the plain source."
    known = sum(gain is not None for gain in told["forward"])
    return f"{said}. The way gained {100 * forward:+.1f} points on the mean of {known} later tasks over starting from the plain source."
