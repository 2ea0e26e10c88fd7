"""The gradients of one batch on a CUDA card: flat, in bf16, and recorded, so that the card never waits for the host.

Batches are filled up to one of few sizes, by a text of padding whose answer nobody reads, and each size is recorded once
(core/training/recorded.py).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from core.models.bf16_copy import Bf16Copy
from core.models.flat import can_be_flat, first_position, flat_logits, trains_flat
from core.training.batches import collate_flat, send
from core.training.frozen_prefix import FrozenPrefix
from core.training.gradient_sums import GradientSums
from core.training.gradients import BatchGradients, Scaled
from core.training.job import TrainingJob
from core.training.recorded import Recorder

if TYPE_CHECKING:
    import torch

SIZES = 16  # sizes of batches between one power of two and the next: a batch is filled up by 3 % on the mean
SMALLEST = 64  # tokens between two sizes
TILE = 64  # the longest text of a batch is rounded up to it


def gradients_for(
    job: TrainingJob,
    prefix: FrozenPrefix | None,
    scaled: Scaled = lambda loss: loss,
    sums: GradientSums | None = None,
) -> BatchGradients:
    """What computes gradients for this job on its device.

    What is replayed on a card is over before anything can be sent of it, so that ``sums`` begins after it.
    """
    return CardGradients(job) if computes_on_card(job) else BatchGradients(job, prefix, scaled, sums)


def computes_on_card(job: TrainingJob) -> bool:
    """Whether a training computes flat batches in bf16 on a CUDA card."""
    rehearses = job.keeping is not None and job.keeping.rehearsal is not None
    if rehearses or job.tasks or job.along:  # whose gradients come from models of their own
        return False
    return job.device.startswith("cuda") and job.bf16 and trains_flat(job.model) and can_be_flat(job.model.config)


def filled_up(tokens: int) -> int:
    """The size, in tokens, that a batch of so many is filled up to; at least one more."""
    step = max(SMALLEST, 2 ** tokens.bit_length() // (2 * SIZES))
    return (tokens // step + 1) * step


class CardGradients(BatchGradients):
    """As ``BatchGradients``, by recorded steps of a bf16 copy of the model."""

    def __init__(self, job: TrainingJob):
        super().__init__(job, None)
        self._half, self._recorder = Bf16Copy(job.model), Recorder(job.device)
        self._places: dict[tuple[int, int], _Places] = {}

    def compute(self, rows: np.ndarray, batch: np.ndarray) -> "torch.Tensor":
        """As ``BatchGradients.compute``."""
        import torch

        labels = self._job.training.labels
        total = torch.zeros((), device=self._job.device)
        if not len(rows):
            return total
        if self._half.follow():
            self._recorder.clear()
        whole, own = self._loss.weight(labels[batch]), self._loss.weight(labels[rows])
        for number, piece in enumerate(self._pieces(rows)):
            total += self._of_piece(piece, 1 / whole, first=number == 0)
        self._half.give_gradients()
        return total * (whole / own)

    def shrink(self, rows: np.ndarray) -> bool:
        """As ``BatchGradients.shrink``; what was recorded for the whole batches is forgotten."""
        smaller = super().shrink(rows)
        if smaller:
            self._recorder.clear()
            self._places.clear()
        return smaller

    def _of_piece(self, piece: np.ndarray, share: float, first: bool) -> "torch.Tensor":
        """The piece's part of the loss, whose gradients are gathered."""
        tokens = filled_up(int(self._job.training.encoded.lengths_of(piece).sum()))
        key = (len(piece), tokens)
        if key not in self._places:
            self._places[key] = _Places(self._job, key)
        places = self._places[key]
        places.fill(self._job, piece, self._labels, share)

        def work() -> "torch.Tensor":
            if first:
                self._half.take_weights()
            logits = flat_logits(self._half.model, places.batch)[: len(piece)]
            loss = self._loss.terms(logits.float(), places.truth).sum() * places.share
            self._half.add_gradients(loss, first)
            return loss.detach()

        if self._job.config.recompute:  # what is computed again draws its random numbers again, which no recording can
            return work()
        return self._recorder.run((*key, first), work)


class _Places:
    """Where batches of one size lie on the card.

    Attributes:
        batch: what the model takes, as ``collate_flat`` gives it.
        truth: the targets; ``share``: what the sum of the losses is multiplied by, a scalar.
    """

    def __init__(self, job: TrainingJob, key: tuple[int, int]):
        import torch

        rows, tokens = key
        longest = max(int(job.training.encoded.lengths.max()), tokens // SIZES, SMALLEST)  # of the padding as well
        self._columns = ("input_ids", "position_ids") + (
            ("token_type_ids",) if job.training.encoded.types is not None else ()
        )
        self._tokens = torch.zeros((len(self._columns), tokens), dtype=torch.int64, device=job.device)
        self._bounds = torch.zeros(rows + 2, dtype=torch.int32, device=job.device)
        self._upto = tokens
        self.batch: dict[str, Any] = {name: self._tokens[at : at + 1] for at, name in enumerate(self._columns)} | {
            "cu_seq_lens_q": self._bounds, "max_length_q": -(-longest // TILE) * TILE,
        }  # fmt: skip
        labels = torch.tensor(job.training.labels[:1])
        self.truth = torch.zeros((rows, *labels.shape[1:]), dtype=labels.dtype, device=job.device)
        self.share = torch.zeros((), device=job.device)

    def fill(self, job: TrainingJob, piece: np.ndarray, labels: "torch.Tensor", share: float) -> None:
        """Put a batch there, without waiting for the card."""
        import torch

        batch = collate_flat(job.training.encoded, piece, job.device, first_position(job.model.config), self._upto)
        for name in self._columns:
            self.batch[name].copy_(batch[name])
        self._bounds.copy_(batch["cu_seq_lens_q"])
        self.truth.copy_(send(labels[torch.from_numpy(piece)], job.device))
        self.share.fill_(share)
