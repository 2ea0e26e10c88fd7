"""What a training does beside learning, so that the source's ability is kept: pulls weights back, or rehearses the source's task."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig
from core.strategies.plan import Plan
from core.training.anchor import Anchor
from core.training.course import Schedule
from core.training.distributed import world_size
from core.training.encoding import Encoded
from core.training.gradients import BatchGradients, Scaled
from core.training.job import LabelledRows, Rehearsal, TrainingJob
from core.training.losses import Loss, build_loss

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

TEMPERATURE = 2.0  # of distilled answers: what Li and Hoiem (2016) and Hinton et al. (2015) use


class Keeper:
    """Carries a ``Keeping`` out within the training loop; without one it does nothing.

    Attributes:
        config: of the run, without weight decay where weights are pulled elsewhere than to zero.
        moves_all: whether every trained weight moves at each step, so that no word vector can wait for its turn.
    """

    def __init__(self, job: TrainingJob, planned: Plan, schedule: Schedule):
        self._batch, self._seed = job.config.batch_size, job.config.seed
        keeping = job.keeping
        self.moves_all = keeping is not None and keeping.anchors
        self.config: RunConfig = job.config.changed(weight_decay=0.0) if self.moves_all else job.config
        self._anchor = self._gradients = self._rows = None
        if keeping is None:
            return
        if keeping.anchors:
            self._anchor = Anchor(job.model, planned.rates, keeping.importance)
            self._per_rate = keeping.strength / sum(schedule.rate(step) for step in range(schedule.total))
        if keeping.rehearsal is not None:
            self._rows = keeping.rehearsal
            self._gradients = _joined(job, keeping.rehearsal, keeping.strength)

    def rows(self, step: int, rows: np.ndarray) -> np.ndarray:
        """Which rows are rehearsed beside ``rows`` at this step: the same for the same step and seed."""
        if self._rows is None:
            return rows[:0]
        if not self._rows.own:
            return rows
        there = self._rows.rows.encoded.rows
        return np.random.default_rng((self._seed, step)).choice(there, min(self._batch, there), replace=False)

    def tokens(self, rows: np.ndarray) -> np.ndarray:
        """(tokens,) token numbers of rehearsed rows."""
        return self._rows.rows.encoded.tokens_of(rows) if self._rows is not None else np.zeros(0, dtype=np.int32)

    @property
    def rehearses(self) -> bool:
        """Whether rows are learnt from beside those of a batch."""
        return self._gradients is not None

    def rehearse(self, rows: np.ndarray, scaled: Scaled) -> None:
        """Add the gradients of the rehearsed rows, of the loss as ``scaled`` by the update, to those that are there."""
        if self._gradients is not None:
            self._gradients.scaled = scaled
            self._gradients.compute(rows, rows)

    def shrink(self, rows: np.ndarray) -> None:
        """After a device ran out of memory: compute half as much of the rehearsed rows at once."""
        if self._gradients is not None and len(rows):
            self._gradients.shrink(rows)

    def pull(self, rate: float) -> None:
        """After an update at the learning rate ``rate``."""
        if self._anchor is not None:
            self._anchor.pull(self._per_rate * rate)


def replayed(config: RunConfig, model: "PreTrainedModel", rows: LabelledRows) -> Rehearsal:
    """Rows of the source's own set, learnt from as the earlier run did.

    Args:
        config: of the earlier run.
    """
    loss = build_loss(config, rows.labels, int(model.config.num_labels or 0), str(model.device))
    return Rehearsal(model, rows, True, loss)


def distilled(model: "PreTrainedModel", encoded: Encoded, logits: np.ndarray) -> Rehearsal:
    """The earlier model's own answers to the target's rows (learning without forgetting, Li and Hoiem, 2016,
    https://arxiv.org/abs/1606.09282): the divergence of softened probabilities, times the temperature squared.

    Args:
        logits: (rows, outputs) float32, what the earlier model says of ``encoded``.
    """
    several = str(model.config.problem_type) == "multi_label_classification"
    return Rehearsal(model, LabelledRows(encoded, logits), False, Loss(several_terms if several else class_terms, len))


def class_terms(logits: "torch.Tensor", teacher: "torch.Tensor") -> "torch.Tensor":
    """(rows,) KL divergence in nats of the student's classes from the teacher's, both softened; 0 where they agree."""
    from torch.nn import functional

    wanted = functional.log_softmax(teacher / TEMPERATURE, dim=1)
    said = functional.log_softmax(logits / TEMPERATURE, dim=1)
    return TEMPERATURE**2 * functional.kl_div(said, wanted, reduction="none", log_target=True).sum(dim=1)


def several_terms(logits: "torch.Tensor", teacher: "torch.Tensor") -> "torch.Tensor":
    """(rows,) the same of several labels, each yes or no, as the mean over labels."""
    import torch

    both = [torch.stack([value, torch.zeros_like(value)], dim=-1).flatten(0, 1) for value in (logits, teacher)]
    return class_terms(*both).view(logits.shape).mean(dim=1)


def _joined(job: TrainingJob, rehearsal: Rehearsal, strength: float) -> BatchGradients:
    """Gradients of the earlier head's loss in the encoder that is trained; the head itself stands still."""
    model = rehearsal.model
    model.requires_grad_(False)
    setattr(model, model.base_model_prefix, job.model.base_model)
    model.train()
    told = replace(job, model=model, training=rehearsal.rows, keeping=None)
    # every process rehearses, and their gradients are added up
    return BatchGradients(told, None, loss=rehearsal.loss, share=strength / world_size(), padded=True)
