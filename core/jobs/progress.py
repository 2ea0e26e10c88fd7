"""How far a run is and how long it still takes, over all its phases."""

import time
from typing import Any

from core.strategies.registry import DEFAULT, STRATEGIES

FORWARD = 3.5  # a forward pass costs about this much less than a training step, until this run has shown its own speed
BASELINE_ROWS = 2000.0  # rows a second that the word-counting baseline manages
JUDGED = 0.95  # share of a run that is done when its rows are judged: baselines and saving come after
FIRST_GUESS = 1500.0  # training tokens a second before the first step has been timed


class ProgressEstimate:
    """Turns counts of each phase into one share done and one remaining time, measured as the run goes."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.phase = "preparing"
        self.tokens = {"train": 0, "validation": 0, "test": 0}
        self.epochs, self.rows, self.strategy = 0.0, 0, STRATEGIES[DEFAULT]
        self.before: dict[
            str, float
        ] = {}  # phase before the training -> tokens that are learnt from in it, all epochs together
        self.speed = FIRST_GUESS
        self.done: dict[str, float] = {}
        self._farthest = 0.0

    def plan(self, strategy: str, epochs: float, tokens: dict[str, int], rows: int) -> None:
        """Say what lies ahead: how often the training rows are read, tokens of each part (padding not counted) and
        rows for the baselines."""
        self.strategy, self.epochs, self.tokens, self.rows = STRATEGIES[strategy], epochs, tokens, rows

    def ahead(self, phase: str, tokens: float, tokens_per_second: float = 0.0) -> None:
        """Say how many tokens a phase before the training learns from, and how quickly that goes once it is known."""
        self.before[phase], self.speed = tokens, tokens_per_second or self.speed

    def enter(self, phase: str) -> None:
        self.phase = phase

    def stepped(self, step: int, total: int, tokens_per_second: float) -> None:
        """A training step was timed."""
        if self.strategy.teacher.steps:
            self.speed = tokens_per_second or self.speed
        self.done["training"] = step / max(1, total)

    def advanced(self, phase: str, done: int, total: int) -> None:
        if phase in (*self.before, "encoding", "testing") and total:
            self.done[phase] = done / total

    def as_status(self) -> dict[str, Any]:
        """``progress`` (0..1, never falling), ``eta_seconds`` and ``elapsed_seconds`` for the status.

        The share is of the work, not of the time: a speed that turns out lower than guessed moves the end, and not what is done.
        """
        elapsed, left = time.monotonic() - self.began, self._left()
        self._farthest = max(self._farthest, self._share_done() if self.epochs else 0.0)
        eta = round(left) if self.epochs else None
        return {"progress": round(self._farthest, 4), "eta_seconds": eta, "elapsed_seconds": round(elapsed, 1)}

    def _share_done(self) -> float:
        """Of all that is to be done, counted in tokens of training; only what comes after judging has a fixed share."""
        train, validation = self.tokens["train"], self.tokens["validation"]
        work: dict[str, float] = {**self.before, "encoding": 0.0, "training": 0.0}
        if not self.strategy.teacher.steps:
            work["encoding"] = (train + validation) / FORWARD
        else:
            work["training"] = self.epochs * (train + validation / FORWARD)
            if self.done.get("encoding") or self.phase == "encoding" or self.strategy.encodes_first:
                work["encoding"] = train / FORWARD
        work["testing"] = self.tokens["test"] / FORWARD
        whole = sum(work.values()) or 1.0
        if self.phase in ("baselines", "saving"):
            return JUDGED if self.phase == "baselines" else (1 + JUDGED) / 2
        trained = self.strategy.work_done(self.done.get("training", 0.0)) / (self.strategy.work_done(1.0) or 1.0)
        done = work["training"] * trained
        done += sum(work[phase] * self.done.get(phase, 0.0) for phase in (*self.before, "encoding", "testing"))
        return JUDGED * min(1.0, done / whole)

    def _left(self) -> float:
        if self.phase == "saving":
            return 1.0
        if self.phase == "baselines":
            return 1.0 + self.rows / BASELINE_ROWS
        forward = self.speed * FORWARD
        testing = (1 - self.done.get("testing", 0.0)) * self.tokens["test"] / forward
        later = testing + 2.0 + self.rows / BASELINE_ROWS
        if self.phase == "testing":
            return later
        for phase, tokens in self.before.items():
            later += (1 - self.done.get(phase, 0.0)) * tokens / self.speed
        if not self.strategy.teacher.steps:
            share = 1 - self.done.get("encoding", 0.0)
            return later + share * (self.tokens["train"] + self.tokens["validation"]) / forward
        if self.phase == "encoding":  # a probe or a frozen trunk reads the texts once before the training
            later += (1 - self.done.get("encoding", 0.0)) * self.tokens["train"] / forward
        share = self._steps_left()
        work = self.tokens["train"] / self.speed + self.tokens["validation"] / forward
        return later + share * self.epochs * work

    def _steps_left(self) -> float:
        """What is left of the training, in shares of it that cost what a step has cost on average so far."""
        done = self.done.get("training", 0.0)
        left = self.strategy.work_done(1.0) - self.strategy.work_done(done)
        return left * done / self.strategy.work_done(done) if done else left
