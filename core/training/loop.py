"""The training loop: a generator of events that knows no files, no store and no screen."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.evaluation.judge import validate
from core.models.depths import disable_dropout
from core.models.trained import plan
from core.strategies.plan import Plan
from core.training import distributed
from core.training.batches import Encoded, send, split_batch, training_order
from core.training.events import CheckpointDue, Evaluated, Event, Improved, Progress, Started, Warned
from core.training.forward import logits_of
from core.training.frozen_prefix import FrozenPrefix, prepare_frozen_prefix
from core.training.losses import build_loss
from core.training.optimiser import fitting_rate, rate_factor
from core.training.recipe import epochs_for
from core.training.scoring import Interrupted, autocast, score
from core.training.state import State, Window
from core.training.update import Update

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

POINTS = 500  # at most so many training points are logged in a run
PIECE = {
    "cpu": 4096
}  # padded tokens that are computed at once: what the caches of a CPU hold; elsewhere the whole batch


@dataclass(frozen=True, slots=True)
class Rows:
    """Encoded texts with their targets: class numbers (rows,) int64, labels (rows, labels) float32 of 0 and 1, or scores
    (rows,) float32."""

    encoded: Encoded
    labels: np.ndarray

    def by_window(self) -> "Rows":
        """For training: each window of a long text is a row of its own and carries the text's label."""
        owners = self.encoded.owners
        return self if owners is None else Rows(replace(self.encoded, owners=None), self.labels[owners])


def train(
    config: RunConfig,
    model: "PreTrainedModel",
    training: Rows,
    validation: Rows,
    *,
    device: str,
    bf16: bool,
    resume: dict[str, Any] | None = None,
    best_weights: dict[str, Any] | None = None,
    keep: ArrayCache | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Fine-tune ``model`` in place; at the end it holds the weights of the best validation.

    Args:
        resume: what an earlier ``CheckpointDue.state()`` gave; the numbers that follow are then the same, on the
            same CPU, as those of a training that was never interrupted.
        best_weights: the weights of the last ``Improved`` event, needed with ``resume``.
        keep: where what a frozen trunk gives may be stored; without it, small amounts stay in memory.
        should_stop: asked after each step; on True a checkpoint is offered and the loop ends.
    """
    import torch

    model.to(device)  # type: ignore[arg-type]
    full_rate = config.learning_rate or fitting_rate(_width(model), config.strategy)
    what = plan(model, config)
    for name, weight in model.named_parameters():
        weight.requires_grad_(name in what.rates)
    use_fast_kernels(model, config, device)
    disable_dropout(model, what.frozen_layers)
    update = Update(model, config, device, what.rates)
    steps_per_epoch = -(-training.encoded.rows // config.batch_size)
    total = steps_per_epoch * epochs_for(config, training.encoded.rows)
    state = State(best=best_weights)
    state.begin(resume, config.seed, model, update)
    trained = [model.get_parameter(name) for name in what.rates]
    closed = _close(model, what, state.step / total)
    loss_of = build_loss(config, training.labels, int(model.config.num_labels or 0), device)
    budget = PIECE.get(device, config.batch_size * config.max_length)
    labels = torch.tensor(training.labels)
    log_every = max(1, total // POINTS)
    should_stop = distributed.any_rank(should_stop, device)
    yield Started(
        state.step, total, training.encoded.rows, validation.encoded.rows, sum(w.numel() for w in model.parameters()),
        sum(w.numel() for w in trained), device, "bf16" if bf16 else "fp32",
    )  # fmt: skip

    try:
        trunk = yield from prepare_frozen_prefix(
            model, what.frozen_layers, training.encoded, device=device, bf16=bf16, keep=keep, should_stop=should_stop
        )
    except Interrupted:
        update.close()
        yield state.done(stopped=True)
        return
    model.train()
    last_save, save_cost = time.monotonic(), 0.0
    batches: list[np.ndarray] = []
    window = Window()
    while True:
        if state.validation_due:
            update.settle()
            with suppress(Interrupted):  # a stop in its midst leaves it due, so a resumed run does it again
                yield from _validate(config, model, validation, state, device, bf16, steps_per_epoch, should_stop)
        ended = state.step >= total or state.out_of_patience(config.patience)
        stopping = should_stop() and not (ended and not state.validation_due)
        if stopping or time.monotonic() - last_save > max(config.checkpoint_seconds, 20 * save_cost):
            began = time.monotonic()
            yield CheckpointDue(state.step, lambda: state.snapshot(model, update))
            last_save = time.monotonic()
            save_cost = last_save - began
        if stopping:
            update.close()
            yield state.done(stopped=True)
            return
        if ended:
            break

        epoch, within = divmod(state.step, steps_per_epoch)
        if within == 0 or not batches:
            batches = training_order(training.encoded.lengths, config.batch_size, config.seed, epoch)
        rows = batches[within]
        part, share = distributed.shard(rows)
        rate = full_rate * rate_factor(state.step, total, config)
        while closed and closed[-1][0] <= state.step / total:
            closed.pop()[1].requires_grad_(True)
        started = time.perf_counter()
        update.before(training.encoded.tokens_of(part))
        pieces = split_batch(part, training.encoded.lengths, budget, config.accumulate)
        try:
            loss = _gradients(model, training.encoded, pieces, labels, loss_of, device, bf16, trunk)
        except torch.OutOfMemoryError:
            if len(pieces) >= len(part) or distributed.world_size() > 1:
                raise
            update.forget()
            budget = int(training.encoded.lengths[rows].max()) * len(rows) // (2 * len(pieces))
            yield Warned(
                f"The device ran out of memory: batches are now computed in pieces of at most {budget} tokens."
            )
            continue
        distributed.sum_gradients(trained, share)
        norm = update.apply(rate)
        window.add(loss, norm)  # read only when logged: reading waits for the device
        state.step += 1
        state.seconds += time.perf_counter() - started
        state.tokens += int(training.encoded.lengths[rows].sum())
        state.validation_due = _is_due(state.step, steps_per_epoch, total, config) and validation.encoded.rows > 0
        if state.step % log_every == 0 or state.step == total:
            yield window.event(state, steps_per_epoch, rate)
            window = Window()
    update.close()
    if state.best is not None:
        model.load_state_dict(state.best)
    yield state.done(early=state.step < total)


def use_fast_kernels(model: "PreTrainedModel", config: RunConfig, device: str) -> None:
    """Set up attention and dropout as ``config.dropout`` says, by the paths that are fast on this device."""
    import torch

    from core.models.attention import use_fast_attention
    from core.models.dropout import use_cheap_dropout
    from core.models.flat import train_flat

    if config.dropout != "all":
        use_fast_attention(model, device)
        train_flat(model)
    use_cheap_dropout(model, device)
    if config.dropout == "none":
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0


def _gradients(
    model: "PreTrainedModel", encoded: Encoded, pieces: list[np.ndarray], labels: "torch.Tensor",
    loss_of: "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]", device: str, bf16: bool,
    trunk: FrozenPrefix | None = None,
) -> "torch.Tensor":  # fmt: skip
    """Leave the gradients of one batch, given in pieces, in the weights; returns its mean loss, on the device."""
    import torch

    whole, rows = torch.zeros((), device=device), sum(map(len, pieces))
    for part in pieces:
        with autocast(device, bf16), trunk.skipped(encoded, part, device) if trunk else nullcontext():
            logits = logits_of(model, encoded, part, device, padded=trunk is not None)  # (rows, classes)
        loss = loss_of(logits.float(), send(labels[torch.from_numpy(part)], device)) * (len(part) / rows)
        loss.backward()
        whole += loss.detach()
    return whole


def _close(model: "PreTrainedModel", what: Plan, done: float) -> list[tuple[float, "torch.nn.Parameter"]]:
    """Freeze what opens later than ``done``, a share of the training; the next to open is last in the list."""
    later = [(opens, model.get_parameter(name)) for name, opens in what.opens.items() if opens > done]
    for _, weight in later:
        weight.requires_grad_(False)
    return sorted(later, key=lambda pair: -pair[0])


def _width(model: "PreTrainedModel") -> int:
    return int(getattr(model.config, "hidden_size", 0) or getattr(model.config, "dim", 768))


def _is_due(step: int, steps_per_epoch: int, total: int, config: RunConfig) -> bool:
    return step == total or step % (config.eval_every or steps_per_epoch) == 0


def _validate(
    config: RunConfig,
    model: "PreTrainedModel",
    validation: Rows,
    state: State,
    device: str,
    bf16: bool,
    steps_per_epoch: int,
    should_stop: Callable[[], bool],
) -> Iterator[Event]:
    yield Progress("validating", 0, validation.encoded.rows)
    logits = score(model, validation.encoded, device, bf16, should_stop=should_stop)
    reached, scores = validate(model.config, logits, validation.labels, config.best_by)
    reached = distributed.broadcast(reached, device)
    best = reached > state.best_score
    state.validation_due = False
    state.worse = 0 if best else state.worse + 1
    if best:
        state.best_score, state.best_step = reached, state.step
        state.best = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
        yield Improved(state.step, state.best)
    yield Evaluated(state.step, state.step / steps_per_epoch, scores, best)
    yield Progress("training", state.step, 0)
