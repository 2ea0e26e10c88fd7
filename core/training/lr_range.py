"""The learning-rate range test (Smith, 2017): a short training whose rate grows with each step, to see where it learns.

The loss falls where the rate is large enough and leaps up where it is too large. The suggestion is the rate at which
the smoothed loss falls fastest, which lies safely below the one that breaks the training.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig
from core.models.depths import disable_dropout
from core.models.trained import plan
from core.training.batches import training_order
from core.training.events import Progress
from core.training.forward import logits_of
from core.training.job import LabelledRows
from core.training.kernels import use_fast_kernels
from core.training.losses import build_loss
from core.training.scoring import Interrupted, autocast
from core.training.update import Update

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LOW, HIGH = 1e-7, 1e-1
STEPS = 80
SMOOTH = 0.85  # weight of the past in the running mean
LAG = round(SMOOTH / (1 - SMOOTH))  # steps by which that mean trails behind the loss itself
BROKEN = 1.5  # times the first loss: training has left every sensible place
NOISE = 0.02  # of the first loss: a smaller fall tells nothing


@dataclass(frozen=True, slots=True)
class RateRange:
    """What the test saw.

    Attributes:
        rates: learning rate of each step; ``losses``: its loss in nats; ``smooth``: the running mean of it.
        suggestion: the rate to take; None where the loss did not fall clearly.
        breaks: the rate at which the loss had leapt up; None where it never did.
        sentence: what that means, for a reader outside the field.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smooth: tuple[float, ...]
    suggestion: float | None
    breaks: float | None
    sentence: str


def rate_range(
    config: RunConfig, model: "PreTrainedModel", training: LabelledRows, *, device: str, bf16: bool, steps: int = STEPS,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Progress | RateRange]:  # fmt: skip
    """Train ``model`` for ``steps`` steps at rates from 1e-7 to 0.1, evenly spaced in their logarithm; it is spoilt then.

    Raises:
        Interrupted: when ``should_stop`` says so between two steps.
    """
    import torch

    model.to(device)  # type: ignore[arg-type]
    planned = plan(model, config)
    for name, weight in model.named_parameters():
        weight.requires_grad_(name in planned.rates)
    disable_dropout(model, planned.frozen_layers)
    use_fast_kernels(model, config, device)
    update = Update(model, config, device, planned.rates)
    loss_of = build_loss(config, training.labels, int(model.config.num_labels or 0), device)
    torch.manual_seed(config.seed)
    model.train()
    rates, losses = np.geomspace(LOW, HIGH, steps), []
    batches = _batches(config, training)
    for step, rate in enumerate(rates):
        rows = next(batches)
        update.before(training.encoded.tokens_of(rows))
        labels = torch.from_numpy(training.labels[rows]).to(device)
        with autocast(device, bf16):
            logits = logits_of(model, training.encoded, rows, device)
        loss = loss_of(logits.float(), labels)
        losses.append(float(loss.detach()))
        if not np.isfinite(losses[-1]) or (step > 5 and losses[-1] > 4 * losses[0]):
            break
        loss.backward()
        update.apply(float(rate))
        yield Progress("trying rates", step + 1, steps)
        if should_stop():
            raise Interrupted
    yield read_curve(rates[: len(losses)], np.nan_to_num(np.array(losses), nan=1e3, posinf=1e3))


def read_curve(rates: np.ndarray, losses: np.ndarray) -> RateRange:
    """Where the loss falls fastest, and where it breaks.

    Args:
        rates: (steps,) ascending; ``losses``: (steps,) in nats.
    """
    smooth = _smoothed(losses)
    start = float(smooth[: max(1, len(smooth) // 5)].mean())
    lowest = int(smooth.argmin())
    after = np.flatnonzero((smooth > BROKEN * start) & (np.arange(len(smooth)) > lowest))
    breaks = float(rates[after[0]]) if len(after) else None
    curve = (tuple(map(float, rates)), tuple(map(float, losses)), tuple(map(float, smooth)))
    if start - smooth[lowest] < NOISE * start or lowest < 3:
        return RateRange(
            *curve, None, breaks,
            "The loss did not fall clearly at any rate: these few steps cannot tell. Leave the learning rate empty.",
        )  # fmt: skip
    slopes = np.gradient(smooth[: lowest + 1], np.log(rates[: lowest + 1]))
    steepest = max(0, int(slopes.argmin()) - LAG)
    suggestion = float(f"{rates[steepest]:.1g}")
    limit = f", and breaks at about {breaks:.1g}" if breaks else ""
    sentence = f"The model learns fastest at about {suggestion:g}{limit}. Take {suggestion:g}, or a little less for many epochs."
    return RateRange(*curve, suggestion, breaks, sentence)


def _smoothed(losses: np.ndarray) -> np.ndarray:
    """The running mean, its start corrected as Adam corrects its moments."""
    mean, out = 0.0, []
    for step, loss in enumerate(losses, 1):
        mean = SMOOTH * mean + (1 - SMOOTH) * float(loss)
        out.append(mean / (1 - SMOOTH**step))
    return np.array(out)


def _batches(config: RunConfig, training: LabelledRows) -> Iterator[np.ndarray]:
    epoch = 0
    while True:
        yield from training_order(training.encoded.lengths, config.batch_size, config.seed, epoch)
        epoch += 1
