"""What a run records while it works: phases, progress, warnings and the events of the training, written down as they come."""

import logging
from functools import partial
from typing import Any

from core.jobs.aside import Aside
from core.jobs.progress import ProgressEstimate
from core.jobs.reporter import Reporter, Silent
from core.runs.folder import Run
from core.training import checkpoints, distributed
from core.training.events import Averaged, CheckpointDue, Event, Improved, Progress, Started, StepLogged, Warned
from core.training.events import to_json as event_json

log = logging.getLogger("graft.worker")


class RunRecorder:
    """The one way by which all phases report; it also holds what the result repeats.

    Attributes:
        estimate: turns what is recorded into the share done and the time left.
        parameters: total and trained, known once the training has started.
        averaging: what came of averaging checkpoints, as JSON; None where none were averaged.
        adapted: what came of reading texts without labels before the training; None where that was not asked for.
        along: what came of reading texts without labels along with it; None where that was not asked for.
        self_trained: what came of labelling texts by itself; None where that was not asked for.
        joint: the run whose training this one shares, the sets that were learnt in it, and how many rows each did without since they
            measure another; None where there is one set.
        left_out: the same rows in sentences, one a set.
        aside: writes the best weights while the training goes on; who lets a training run is to enter it, so that it
            ends with it.
    """

    def __init__(self, run: Run, reporter: Reporter | Silent):
        self.run, self.reporter, self.estimate = run, reporter, ProgressEstimate()
        self.parameters: dict[str, int] = {}
        self.averaging: dict[str, Any] | None = None
        self.adapted: dict[str, Any] | None = None
        self.along: dict[str, Any] | None = None
        self.self_trained: dict[str, Any] | None = None
        self.joint: dict[str, Any] | None = None
        self.left_out: list[str] = []
        self.aside = Aside("best-weights")

    def phase(self, phase: str) -> None:
        """A phase begins."""
        self.estimate.enter(phase)
        self.reporter.event({"event": "phase", "phase": phase})
        self.reporter.update(now=True, phase=phase, phase_done=0, phase_total=None, **self.estimate.as_status())

    def progress(self, phase: str, done: int, total: int) -> None:
        """How far a phase is: ``done`` of ``total`` texts or steps, whatever it counts."""
        if phase != self.reporter.status.get("phase"):
            self.estimate.enter(phase)
        self.estimate.advanced(phase, done, total)
        self.reporter.update(phase=phase, phase_done=done, phase_total=total, **self.estimate.as_status())

    def warn(self, message: str) -> None:
        """Something that the user should know and that does not end the run."""
        log.warning("%s", message)
        self.reporter.event(event_json(Warned(message)))

    def record(self, event: Event) -> None:
        """Write down an event of the training, and save the weights that it offers; of several processes only the first does.

        The best weights are written aside. They are on disk before a state that counts on them, and before the next
        validation, which may put others in their place.
        """
        if isinstance(event, CheckpointDue) or (isinstance(event, Progress) and event.phase == "validating"):
            self.aside.wait()
        if isinstance(event, Progress):
            self.progress(event.phase, event.done, event.total)
            return
        if distributed.rank() > 0:
            return
        load: dict[str, Any] = {}
        if isinstance(event, CheckpointDue | Improved):
            self.reporter.check_there()
        if isinstance(event, CheckpointDue):
            checkpoints.save_state(self.run.checkpoint, event.state())
        elif isinstance(event, Improved):
            self.aside.begin(partial(checkpoints.save_weights, self.run.best, event.weights))
        elif isinstance(event, Averaged):
            self.averaging = event_json(event)
        elif isinstance(event, Started):
            self.parameters = {"total": event.parameters, "trained": event.trained_parameters}
            self.reporter.update(now=True, step=event.first_step, total_steps=event.total_steps)
        elif isinstance(event, StepLogged):
            self._record_step(event)
            load = {name: self.reporter.status.get(name) for name in ("memory_mib", "device_load")}
        self.reporter.event(event_json(event) | load)

    def _record_step(self, event: StepLogged) -> None:
        self.reporter.update(
            step=event.step, epoch=event.epoch, loss=event.loss, learning_rate=event.learning_rate,
            tokens_per_second=event.tokens_per_second,
        )  # fmt: skip
        total = int(self.reporter.status.get("total_steps") or 1)
        self.estimate.stepped(event.step, total, event.tokens_per_second)
        self.progress("training", event.step, total)
