"""The gradients of one batch, computed in pieces that fit the device."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np

from core.training import distributed
from core.training.batches import send, split_batch
from core.training.forward import logits_of
from core.training.frozen_prefix import FrozenPrefix
from core.training.gradient_sums import GradientSums
from core.training.job import TrainingJob
from core.training.losses import Loss, build_loss
from core.training.scoring import autocast

if TYPE_CHECKING:
    import torch

Scaled = Callable[["torch.Tensor"], "torch.Tensor"]
PIECE_TOKENS = {"cpu": 4096}  # padded tokens computed at once: what a CPU's caches hold; elsewhere the whole batch


class BatchGradients:
    """Leaves the gradients of batches in the weights of ``job.model``.

    Args:
        scaled: what the gradients are computed of, from the loss (``Update.scaled``).
        sums: what adds them up over several processes; it begins in the midst of the last piece.
        loss: the one that is minimised, by default as the config says; ``share`` is what it is multiplied by.
        padded: no flat batches, as where the encoder belongs to another model, which has made it ready for them already.

    Attributes:
        scaled: as given.
        budget: padded tokens that are computed at once; halved where the device ran out of memory.
    """

    def __init__(
        self,
        job: TrainingJob,
        prefix: FrozenPrefix | None,
        scaled: Scaled = lambda loss: loss,
        sums: GradientSums | None = None,
        *,
        loss: Loss | None = None,
        share: float = 1.0,
        padded: bool = False,
    ):
        import torch

        self._job, self._prefix, self.scaled, self._sums = job, prefix, scaled, sums
        self._share, self._padded = share, padded or prefix is not None
        self._labels = torch.tensor(job.training.labels)
        self._loss = loss or job.loss or build_loss(job.config, job.training.labels, job.outputs, job.device)
        self.budget = PIECE_TOKENS.get(job.device, job.config.batch_size * job.config.max_length)

    def compute(self, rows: np.ndarray, batch: np.ndarray) -> "torch.Tensor":
        """This process's part of the gradients of a batch's mean loss: that of ``rows``, some or all of ``batch``.

        Returns the mean loss over ``rows``, a scalar on the device; 0 where there are none.

        Raises:
            torch.OutOfMemoryError: when a piece is too large for the device; gradients are then incomplete.
        """
        import torch

        job, labels = self._job, self._job.training.labels
        total = torch.zeros((), device=job.device)
        if not len(rows):
            return total
        whole, own = self._loss.weight(labels[batch]), self._loss.weight(labels[rows])
        pieces = self._pieces(rows)
        for number, piece in enumerate(pieces, 1):
            skipped = self._prefix.skipped(job.training.encoded, piece, job.device) if self._prefix else nullcontext()
            with autocast(job.device, job.bf16, job.fp16), skipped:
                logits = logits_of(
                    job.model, job.training.encoded, piece, job.device, padded=self._padded
                )  # (rows, outputs)
            targets = send(self._labels[torch.from_numpy(piece)], job.device)
            loss = self._share * self._loss.terms(logits.float(), targets).sum() / whole
            with self._sums.during(last=number == len(pieces)) if self._sums else nullcontext():
                self.scaled(loss).backward()
            total += loss.detach()
        return total * (whole / own)

    def shrink(self, rows: np.ndarray) -> bool:
        """After a device ran out of memory on ``rows``: compute half as much at once; False where that cannot be."""
        pieces = len(self._pieces(rows))
        if pieces >= len(rows) or distributed.world_size() > 1:
            return False
        longest = int(self._job.training.encoded.lengths_of(rows).max())
        self.budget = longest * len(rows) // (2 * pieces)
        return True

    def _pieces(self, rows: np.ndarray) -> list[np.ndarray]:
        lengths = self._job.training.encoded.lengths_of(rows)
        return split_batch(rows, lengths, self.budget, self._job.config.accumulate)
