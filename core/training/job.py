"""What a training gets: the model, the rows, the device, and who judges it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.models.mixing import Weights
from core.training.encoding import Encoded
from core.training.losses import Loss

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from core.models.masked import MaskedModel

Validate = Callable[[np.ndarray, np.ndarray], tuple[float, dict[str, float]]]
"""From logits (rows, outputs) and targets to the score that decides (more is better) and all scores by name."""


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Encoded texts with their targets.

    Attributes:
        labels: class numbers (rows,) int64, labels (rows, labels) float32 of 0 and 1, or scores (rows,) float32.
    """

    encoded: Encoded
    labels: np.ndarray

    def by_window(self) -> "LabelledRows":
        """For training: each window of a long text is a row of its own and carries the text's label."""
        owners = self.encoded.owners
        return self if owners is None else LabelledRows(replace(self.encoded, owners=None), self.labels[owners])


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The source's task beside the target's.

    Attributes:
        model: the earlier classifier; its head stays as it is, its encoder is replaced by the one that is trained.
        rows: with their targets; where ``own`` is False, these are rows of the target and the targets are distilled.
        own: whether these are rows of the source's own set, some of which are drawn at each step.
        loss: of their logits.
    """

    model: "PreTrainedModel"
    rows: LabelledRows
    own: bool
    loss: Loss


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the source is kept.

    Attributes:
        strength: of a rehearsal, its weight beside the target's loss. Of an anchor, how much a weight that nothing else moves comes
            back over the whole training: about ``1 - exp(-strength)`` of its way.
        anchors: whether weights are pulled back.
        importance: of each weight, by name inside the encoder; None for all the same.
        rehearsal: what is rehearsed; None for nothing.
    """

    strength: float
    anchors: bool = False
    importance: Weights | None = None
    rehearsal: Rehearsal | None = None


@dataclass(frozen=True, slots=True)
class Along:
    """Texts without labels that are read along.

    Attributes:
        model: guesses hidden words with the encoder that is trained, and gives the sum of their losses and their number (rows, 2).
        rows: read at each step.
    """

    model: "MaskedModel"
    texts: Encoded
    rows: int


@dataclass(frozen=True, slots=True)
class JointTask:
    """One of several tasks that are learnt at once.

    Attributes:
        name: of its set.
        model: a classifier whose encoder is the one that all share.
    """

    name: str
    model: "PreTrainedModel"
    training: LabelledRows
    validation: LabelledRows
    validate: Validate


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One training, whatever the way it is taught; it knows no files, no store and no screen.

    Attributes:
        model: trained in place; at the end it holds the weights of the best validation.
        validate: judges logits on validation rows, as ``core.evaluation`` does it for the model's task.
        device: "cpu", "cuda:0", "mps" ...
        bf16, fp16: whether products are computed in bfloat16, or in float16; at most one of them.
        resume: what an earlier ``CheckpointDue.state()`` gave; the numbers that follow are then the same, on the
            same CPU, as those of a training that was never interrupted.
        best_weights: the weights of the last ``Improved`` event, needed with ``resume``.
        cache: where what a frozen encoder gives may be stored; without it, small amounts stay in memory.
        should_stop: asked after each step; on True a checkpoint is offered and the training ends.
        keeping: how the source's ability is kept meanwhile; None where nothing is done for it.
        loss: that is minimised; None for the one that the config asks for.
        along: texts without labels that are read at each step as well; None where there are none.
        tasks: where several are learnt at once, all of them, that of ``model`` first; else none.
        own: the place among them of the task that the run is about.
    """

    config: RunConfig
    model: "PreTrainedModel"
    training: LabelledRows
    validation: LabelledRows
    validate: Validate
    device: str
    bf16: bool
    resume: dict[str, Any] | None = None
    best_weights: dict[str, Any] | None = None
    cache: ArrayCache | None = None
    should_stop: Callable[[], bool] = lambda: False
    fp16: bool = False
    keeping: Keeping | None = None
    loss: Loss | None = None
    along: Along | None = None
    tasks: tuple[JointTask, ...] = ()
    own: int = 0

    @property
    def precision(self) -> str:
        return "bf16" if self.bf16 else "fp16" if self.fp16 else "fp32"

    @property
    def outputs(self) -> int:
        """How many numbers the model gives for a row: classes, labels, or 1 for a score."""
        return int(self.model.config.num_labels or 0)
