"""What the training loop tells: plain frozen facts, in the order in which they happen."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins, or goes on from ``first_step`` after a resume."""

    first_step: int
    total_steps: int
    train_rows: int
    validation_rows: int
    parameters: int
    trained_parameters: int
    device: str
    precision: str


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` pieces of a phase are finished (rows, steps or batches, as the phase counts)."""

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StepLogged:
    """Averages over the steps since the last such event.

    ``loss``: mean training loss; ``tokens_per_second``: real tokens, padding not counted, validation time not counted;
    ``grad_norm``: length of the gradient before clipping.
    """

    step: int
    epoch: float
    loss: float
    learning_rate: float
    tokens_per_second: float
    grad_norm: float


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A validation: ``best`` when it beat all before it; ``scores``: loss and the task's metrics by name; ``tasks``: the same of
    each set where several are learnt at once."""

    step: int
    epoch: float
    scores: dict[str, float]
    best: bool
    tasks: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Improved:
    """The weights as they are now are the best so far.

    ``weights``: a copy on the CPU, which holds until the next validation has begun (its first ``Progress``).
    """

    step: int
    weights: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckpointDue:
    """A good moment to save; ``state()`` gives all that is needed to go on exactly from here."""

    step: int
    state: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the user should know and that does not end the run."""

    message: str


@dataclass(frozen=True, slots=True)
class Averaged:
    """The mean of the best checkpoints was validated: ``before`` is the best score of one, ``after`` that of the mean."""

    steps: tuple[int, ...]
    before: float
    after: float
    used: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class TrainingDone:
    """The loop has ended and the model holds the best weights.

    ``seconds``: training only, validation and earlier attempts' lost work not counted; ``stopped``: asked to stop,
    so that there is more to do.
    """

    step: int
    best_step: int
    seconds: float
    tokens: int
    stopped_early: bool
    stopped: bool


Event = Started | Progress | StepLogged | Evaluated | Improved | CheckpointDue | Warned | Averaged | TrainingDone

NAMES = {
    Started: "started", Progress: "progress", StepLogged: "step", Evaluated: "evaluated", Improved: "improved",
    CheckpointDue: "checkpoint", Warned: "warning", Averaged: "averaged", TrainingDone: "trained",
}  # fmt: skip


def to_json(event: Event) -> dict[str, Any]:
    """The event as one flat dict with its name under ``event``; scores each under its own; weights and states left out."""
    if isinstance(event, Improved | CheckpointDue):
        return {"event": NAMES[type(event)], "step": event.step}
    told = asdict(event)
    if not told.get("tasks", True):
        del told["tasks"]
    return {"event": NAMES[type(event)]} | told.pop("scores", {}) | told
