"""A training that comes before the run's own, with a folder of its own for what it needs to go on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.jobs.recorder import RunRecorder
from core.training import checkpoints
from core.training.events import (
    CheckpointDue,
    Evaluated,
    Event,
    Improved,
    Progress,
    Started,
    StepLogged,
    TrainingDone,
    Warned,
)
from core.training.scoring import Interrupted


@dataclass(frozen=True, slots=True)
class Beforehand:
    """Follows such a training.

    Attributes:
        folder: where its state and its best weights are kept.
        stepped: is told finished steps, steps in all, and tokens a second.
        evaluated: is told of each validation.
    """

    folder: Path
    recorder: RunRecorder
    stepped: Callable[[int, int, float], None]
    evaluated: Callable[[Evaluated], None]

    @property
    def best(self) -> Path:
        """Where the best weights are."""
        return self.folder / "best"

    def follow(self, events: Iterator[Event]) -> TrainingDone:
        """Let it go to its end.

        Raises:
            Interrupted: when a stop was asked for.
        """
        done, steps = None, 0
        for event in events:
            if isinstance(event, Started):
                steps = event.total_steps
            elif isinstance(event, CheckpointDue):
                self.recorder.reporter.check_there()
                checkpoints.save_state(self.folder, event.state())
            elif isinstance(event, Improved):
                checkpoints.save_weights(self.best, event.weights)
            elif isinstance(event, StepLogged):
                self.stepped(event.step, steps, event.tokens_per_second)
            elif isinstance(event, Progress) and event.phase == "encoding":
                self.stepped(event.done, event.total, 0.0)
            elif isinstance(event, Evaluated):
                self.evaluated(event)
            elif isinstance(event, Warned):
                self.recorder.warn(event.message)
            elif isinstance(event, TrainingDone):
                done = event
        if done is None or done.stopped:
            raise Interrupted
        return done
