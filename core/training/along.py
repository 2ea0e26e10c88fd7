"""Texts without labels that are read along while labelled rows are learnt: words of them are hidden and guessed at each step.

The loss of a step is ``s * L + (1 - s) * M``: that on labels, and that of hidden words on other texts, where ``s`` is the share of labelled
rows among all rows of the step (UDALM; Karouzos et al., 2021, https://arxiv.org/abs/2104.07078, equation 1). Unlike there, M is scaled
as if guessing at random cost the same in both: a head for hidden words that begins at random pays ten times what one for two classes
pays, and would decide each step.
"""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.models.beside import attach_head
from core.training.adapting import terms, validate
from core.training.batches import collate, scoring_order, training_order
from core.training.encoding import Encoded
from core.training.gradients import BatchGradients, Scaled
from core.training.job import LabelledRows, TrainingJob
from core.training.losses import Loss, guessing_loss
from core.training.scoring import Interrupted, autocast, token_budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.models.masked import MaskedModel

HEAD = "words"  # how the classifier calls the head that guesses, beside its own


class AlongReader:
    """Reads along within the training loop; where a job asks for nothing it does nothing.

    Attributes:
        reads: whether there is something to read.
    """

    def __init__(self, job: TrainingJob):
        self.reads = job.along is not None
        self._seed, self._share = job.config.seed, 1.0
        self._round, self._batches = -1, list[np.ndarray]()
        if job.along is None:
            return
        along = job.along
        self._rows, self._lengths = along.rows, along.texts.lengths
        self._a_round = -(-along.texts.rows // along.rows)
        told = replace(job, model=along.model, training=unlabelled(along.texts), along=None)  # type: ignore[arg-type]
        outputs = int(job.model.config.num_labels or 0)
        self._alike = guessing_loss(job.training.labels, outputs) / math.log(int(job.model.config.vocab_size))
        self._gradients = BatchGradients(told, None, loss=Loss(terms, len), padded=True)

    def rows(self, step: int, labelled: int) -> np.ndarray:
        """Which texts are read at the step after ``step`` finished ones, beside so many labelled rows: a function of the step alone, by
        which every text is read once before any is read again."""
        if not self.reads:
            return np.zeros(0, dtype=np.int64)
        round_, place = divmod(step, self._a_round)
        if round_ != self._round:
            self._round, self._batches = round_, training_order(self._lengths, self._rows, self._seed, round_)
        rows = self._batches[place]
        self._share = share_of_labels(labelled, len(rows))
        return rows

    def weighed(self, scaled: Scaled) -> Scaled:
        """``scaled`` for the loss on labels: its share of the whole; the loss that is told stays as it is."""
        return (lambda loss: scaled(self._share * loss)) if self.reads else scaled

    def read(self, rows: np.ndarray, scaled: Scaled) -> None:
        """Add the gradients of hidden words, of the loss as ``scaled`` by the update, to those that are there."""
        if self.reads:
            self._gradients.scaled = lambda loss: scaled((1 - self._share) * self._alike * loss)
            self._gradients.compute(rows, rows)

    def shrink(self, rows: np.ndarray) -> None:
        """After a device ran out of memory: compute half as much at once."""
        if self.reads and len(rows):
            self._gradients.shrink(rows)


def share_of_labels(labelled: int, read: int) -> float:
    """What the loss on labels weighs: labelled rows among all rows of a step."""
    return labelled / (labelled + read)


def unlabelled(texts: Encoded) -> LabelledRows:
    """Texts as rows whose targets nobody reads."""
    return LabelledRows(texts, np.zeros(texts.rows, dtype=np.int64))


def begin_along(job: TrainingJob) -> None:
    """Let the classifier hold the head that guesses, so that it is trained, saved and restored with it."""
    if job.along is not None:
        attach_head(job.model, HEAD, job.along.model.head())


def masked_loss(
    model: "MaskedModel", texts: Encoded, device: str, bf16: bool, fp16: bool, should_stop: "Callable[[], bool]"
) -> float:
    """Mean loss, in nats, of hidden words of texts; the same words are hidden each time.

    Raises:
        Interrupted: when ``should_stop`` says so between two batches.
    """
    import torch

    was_training, found = model.training, list[torch.Tensor]()
    model.to(device).eval()
    try:
        for rows in scoring_order(texts.lengths, *token_budget(device)):
            with torch.inference_mode(), autocast(device, bf16, fp16):
                found.append(model(**collate(texts, rows, device)).logits.float().cpu())
            if should_stop():
                raise Interrupted
    finally:
        model.train(was_training)
    return validate(torch.cat(found).numpy(), np.zeros(0))[1]["loss"]
