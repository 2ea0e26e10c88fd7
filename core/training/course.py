"""The course of a training: how many steps it takes, and what changes on the way (batches, rate, layers that thaw)."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig
from core.strategies.plan import Plan
from core.training.batches import even_order, training_order
from core.training.encoding import Encoded
from core.training.optimiser import rate_factor

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

SAVE_SHARE = 20  # seconds of training for a second of saving: checkpoints cost at most a twentieth of the time


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps of a training, and the learning rate and the validations among them.

    Attributes:
        full_rate: the learning rate after warm-up.
        total: steps in all.
        steps_per_epoch: steps until every row was seen once.
    """

    config: RunConfig
    full_rate: float
    total: int
    steps_per_epoch: int

    def rate(self, step: int) -> float:
        """Learning rate of the step after ``step`` finished ones."""
        return self.full_rate * rate_factor(step, self.total, self.config)

    def validates_after(self, step: int) -> bool:
        return step == self.total or step % (self.config.eval_every or self.steps_per_epoch) == 0


class BatchOrder:
    """Which rows each step sees: the order of an epoch is drawn when it begins, by the run's seed.

    Args:
        flat: whether batches go without padding, so that they need no rows of like lengths.
    """

    def __init__(self, encoded: Encoded, config: RunConfig, steps_per_epoch: int, flat: bool = False):
        self._lengths, self._config, self._steps = encoded.lengths, config, steps_per_epoch
        self._draw = even_order if flat else training_order
        self._epoch = -1
        self._batches: list[np.ndarray] = []

    def rows(self, step: int) -> np.ndarray:
        """(<= batch size,) positions of the rows for the step after ``step`` finished ones."""
        epoch, within = divmod(step, self._steps)
        if epoch != self._epoch:
            self._batches = self._draw(self._lengths, self._config.batch_size, self._config.seed, epoch)
            self._epoch = epoch
        return self._batches[within]


class Thawing:
    """Parameters that begin to move only later in the training."""

    def __init__(self, model: "PreTrainedModel", plan: Plan, progress: float):
        """Freeze what opens later than ``progress``, the share (0 to 1) of the training that is done."""
        later = [(opens, model.get_parameter(name)) for name, opens in plan.opens.items() if opens > progress]
        self._closed: list[tuple[float, torch.nn.Parameter]] = sorted(later, key=lambda pair: -pair[0])
        for _, weight in self._closed:
            weight.requires_grad_(False)

    def thaw(self, progress: float) -> None:
        """Let everything move that opens at ``progress`` or before."""
        while self._closed and self._closed[-1][0] <= progress:
            self._closed.pop()[1].requires_grad_(True)


class CheckpointClock:
    """When the next checkpoint is due: after the seconds that were asked for, or longer where saving is slow.

    As a context it times a save.
    """

    def __init__(self, seconds: float):
        self._seconds, self._cost = seconds, 0.0
        self._last = time.monotonic()
        self._began = self._last

    def is_due(self) -> bool:
        return time.monotonic() - self._last > max(self._seconds, SAVE_SHARE * self._cost)

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *error: object) -> None:
        self._last = time.monotonic()
        self._cost = self._last - self._began
