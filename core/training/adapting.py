"""Masked-language training on texts without labels: as a training by steps whose loss the model gives itself."""

from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig
from core.models.masked import MaskedModel
from core.training.encoding import Encoded
from core.training.job import LabelledRows, TrainingJob
from core.training.losses import Loss

if TYPE_CHECKING:
    import torch

HELD_OUT, MOST_HELD_OUT = 0.1, 300  # share and number of the texts that only judge


def adapting_config(config: RunConfig) -> RunConfig:
    """The settings of the adaptation that follow from those of the run: what is asked about labels falls away."""
    return RunConfig(
        config.dataset, config.model, revision=config.revision, epochs=config.adapt_epochs, batch_size=config.batch_size,
        max_length=config.max_length, seed=config.seed, device=config.device, precision=config.precision,
        checkpoint_seconds=config.checkpoint_seconds, dropout=config.dropout, accumulate=config.accumulate,
    )  # fmt: skip


def adapting_job(
    config: RunConfig, model: MaskedModel, texts: Encoded, judging: Encoded, device: str, bf16: bool, fp16: bool = False
) -> TrainingJob:
    """The training, for ``core.training.loop.train``.

    Args:
        texts: that are learnt from; ``judging``: that choose the epoch, held out from them.
    """
    return TrainingJob(
        config, model, _rows(texts), _rows(judging), validate=validate, device=device, bf16=bf16, fp16=fp16, loss=Loss(terms, len),  # type: ignore[arg-type]
    )  # fmt: skip


def held_out(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the texts that are learnt from and of those that judge, in ascending order."""
    order = np.random.default_rng(seed).permutation(rows)
    count = max(1, min(MOST_HELD_OUT, int(HELD_OUT * rows)))
    return np.sort(order[count:]), np.sort(order[:count])


def terms(logits: "torch.Tensor", targets: "torch.Tensor") -> "torch.Tensor":
    """(rows,) mean loss of a row's hidden tokens in nats; 0 where none was hidden."""
    return logits[:, 0] / logits[:, 1].clamp(min=1.0)


def validate(logits: np.ndarray, targets: np.ndarray) -> tuple[float, dict[str, float]]:
    """The mean loss of hidden tokens, turned so that more is better, and itself by name."""
    loss = float(logits[:, 0].sum() / max(1.0, logits[:, 1].sum()))
    return -loss, {"loss": loss}


def _rows(encoded: Encoded) -> LabelledRows:
    return LabelledRows(encoded, np.zeros(encoded.rows, dtype=np.int64))
