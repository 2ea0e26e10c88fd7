"""The curves of a run, read from its events: resumed work counted once, long series thinned."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from core.runs.folder import Run

POINTS = 2000  # more than a screen can show

STEP_COLUMNS = ("step", "epoch", "loss", "learning_rate", "tokens_per_second", "grad_norm", "memory_mib", "device_load")
EVALUATION_COLUMNS = ("step", "epoch", "loss", "best")  # and the task's metrics, each under its name


@dataclass(frozen=True, slots=True)
class History:
    """``steps`` and ``evaluations`` as frames in order of step, warnings as sentences, and the number of attempts."""

    steps: pd.DataFrame
    evaluations: pd.DataFrame
    warnings: list[str] = field(default_factory=list)
    attempts: int = 0


def read_history(run: Run) -> History:
    """The history of a run, at any time, also while it is under way."""
    return history_of(run.events())


def history_of(events: list[dict[str, Any]]) -> History:
    """The history that ``events`` tell; what an interrupted attempt logged past its checkpoint is dropped."""
    steps: list[dict[str, Any]] = []
    evaluations: list[dict[str, Any]] = []
    warnings: list[str] = []
    attempts = 0
    for event in events:
        kind = event.get("event")
        if kind == "attempt":
            attempts += 1
        elif kind == "started":  # the first step of an attempt: 0, or where its checkpoint stood
            steps = [step for step in steps if step["step"] <= event["first_step"]]
            evaluations = [earlier for earlier in evaluations if earlier["step"] <= event["first_step"]]
        elif kind == "step":
            steps.append(event)
        elif kind == "evaluated":
            evaluations = [earlier for earlier in evaluations if earlier["step"] != event["step"]] + [event]
        elif kind == "warning" and event["message"] not in warnings:
            warnings.append(event["message"])
    return History(_thinned(_frame(steps, STEP_COLUMNS)), _frame(evaluations, EVALUATION_COLUMNS), warnings, attempts)


def _frame(events: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Events as rows: the named columns first, then the time, then whatever else an event holds."""
    others = dict.fromkeys(name for event in events for name in event if name != "event")
    return pd.DataFrame(
        events, columns=[*columns, "time", *(name for name in others if name not in (*columns, "time"))]
    )


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """Every n-th row, and always the newest."""
    if len(frame) <= POINTS:
        return frame
    stride = -(-len(frame) // POINTS)
    return pd.concat([frame.iloc[:-1:stride], frame.iloc[-1:]])
