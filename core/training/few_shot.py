"""Few-shot training, SetFit's recipe (Tunstall et al., 2022): pairs of texts first, then a logistic regression.

From a handful of labelled rows many pairs can be made. The encoder learns to give texts of one class similar vectors
and texts of different classes different ones; on those vectors the classifier is fitted as a linear probe does it.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import DatasetError
from core.models.head import last_layer
from core.models.trained import size
from core.training.course import Schedule
from core.training.devices import wait_for
from core.training.events import CheckpointDue, Evaluated, Event, Progress, Started, TrainingDone
from core.training.forward import logits_of
from core.training.job import TrainingJob
from core.training.kernels import use_fast_kernels
from core.training.optimiser import fitting_rate
from core.training.probe import inputs_of, probe
from core.training.recipe import MOST_PAIRS, PAIRS_PER_ROW
from core.training.scoring import autocast
from core.training.state import State, Window
from core.training.update import Update

if TYPE_CHECKING:
    import torch

LISTED = 1500  # rows up to which every pair is listed; beyond, pairs are drawn at random
POINTS = 200


def draw_pairs(labels: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows, half of one class and half of two, none twice before all of its kind were drawn.

    Args:
        labels: (rows,) class numbers.

    Returns:
        (count, 2) row positions, and (count,) float32: 1 for one class, 0 for two.

    Raises:
        DatasetError: when there is only one class, or no class has two rows.
    """
    random = np.random.default_rng(seed)
    kinds = _listed(labels) if len(labels) <= LISTED else _drawn(labels, count, random)
    if not all(len(kind) for kind in kinds):
        raise DatasetError(
            "Few-shot training compares rows, and these are all of one class or each of its own.",
            "Choose more training rows, with at least two of each class.",
        )
    halves = [_cycled(kind, (count + 1 - which) // 2, random) for which, kind in enumerate(kinds)]
    pairs = np.concatenate(halves)
    same = np.concatenate([np.ones(len(halves[0])), np.zeros(len(halves[1]))]).astype(np.float32)
    order = random.permutation(len(pairs))
    return pairs[order], same[order]


def pair_count(labels: np.ndarray, epochs: int | None) -> int:
    """How many pairs are trained on: ``epochs`` times all pairs as SetFit counts them, or as the paper does if None."""
    if epochs is None:
        return min(PAIRS_PER_ROW * len(labels), MOST_PAIRS)
    sizes = np.bincount(labels).astype(np.int64)
    same = int((sizes * (sizes - 1) // 2).sum())
    different = int(len(labels) * (len(labels) - 1) // 2 - same)
    return min(epochs * 2 * max(same, different), MOST_PAIRS)


def few_shot(job: TrainingJob) -> Iterator[Event]:
    """Train ``job.model`` in place on pairs, then fit its last layer; the events are those of ``train``.

    A step is a batch of pairs; its loss is the mean squared error of their cosine. ``best_weights`` and ``cache`` are not
    used: the classifier is fitted once, at the end, on vectors that no other run has. A training that goes on from
    ``resume`` ends exactly like an unbroken one.
    """
    config, model = job.config, job.model
    model.to(job.device)  # type: ignore[arg-type]
    last = last_layer(model)
    own = {id(weight) for weight in last.parameters()}
    rates = {name: 1.0 for name, weight in model.named_parameters() if weight.requires_grad and id(weight) not in own}
    pairs, same = draw_pairs(job.training.labels, pair_count(job.training.labels, config.epochs), config.seed)
    total = -(-len(pairs) // config.batch_size)
    schedule = Schedule(config, config.learning_rate or fitting_rate(last.in_features, config.strategy), total, total)
    use_fast_kernels(model, config, job.device)
    update = Update(model, config, job.device, rates)
    state, window = State(), Window()
    state.begin(job.resume, config.seed, model, update)
    yield _started(job, last, rates, state.step, total)
    model.train()
    saved, log_every = time.monotonic(), max(1, total // POINTS)
    while True:
        ended, stopping = state.step >= total, job.should_stop()
        if stopping or ended or time.monotonic() - saved > config.checkpoint_seconds:
            yield CheckpointDue(state.step, lambda: state.snapshot(model, update))
            saved = time.monotonic()
        if stopping:
            update.close()
            yield state.done(stopped=True)
            return
        if ended:
            break
        batch = slice(state.step * config.batch_size, (state.step + 1) * config.batch_size)
        rate = schedule.rate(state.step)
        began = time.perf_counter()
        loss, tokens = _pair_loss(job, last, pairs[batch], same[batch], update)
        update.scaled(loss).backward()
        norm = update.apply(rate)
        if update.left_out():  # nothing was learnt: the same pairs once more
            state.seconds += time.perf_counter() - began
            continue
        window.add(loss.detach(), norm)
        state.step += 1
        state.tokens += tokens
        logs = state.step % log_every == 0 or state.step == total
        if logs:
            wait_for(job.device)  # what was only asked for so far is not done: it belongs to these seconds
        state.seconds += time.perf_counter() - began
        if logs:
            yield window.event(state, total, rate)
            window = Window()
    update.close()
    yield from _fit_head(job, total, state)


def _started(job: TrainingJob, last: "torch.nn.Linear", rates: dict[str, float], step: int, total: int) -> Started:
    trained = sum(job.model.get_parameter(name).numel() for name in rates)
    return Started(
        step, total, job.training.encoded.rows, job.validation.encoded.rows,
        size(job.model, job.config),
        trained + sum(weight.numel() for weight in last.parameters()), job.device, job.precision,
    )  # fmt: skip


def _fit_head(job: TrainingJob, total: int, state: State) -> Iterator[Event]:
    """The linear probe's fit on the new vectors, told as the end of this training."""
    best: Evaluated | None = None
    for event in probe(replace(job, cache=None)):
        if isinstance(event, Progress):
            yield event
        elif isinstance(event, Evaluated) and (event.best or best is None):
            best = replace(event, step=total)
        elif isinstance(event, TrainingDone):
            if best is not None and not event.stopped:
                yield replace(best, best=True)
            yield TrainingDone(
                total, total, state.seconds + event.seconds, state.tokens + event.tokens, False, event.stopped
            )


def _pair_loss(
    job: TrainingJob, last: "torch.nn.Linear", pairs: np.ndarray, same: np.ndarray, update: Update
) -> "tuple[torch.Tensor, int]":
    """Mean squared error between the pairs' cosine and 1 or 0, and the tokens read; each text is encoded once."""
    import torch

    encoded = job.training.encoded
    rows, positions = np.unique(pairs, return_inverse=True)
    update.before(encoded.tokens_of(rows))
    inputs: list[Any] = []
    with autocast(job.device, job.bf16, job.fp16), inputs_of(last, inputs):
        logits_of(job.model, encoded, rows, job.device)
    vectors = torch.nn.functional.normalize(inputs[0].float(), dim=1)  # (rows, width)
    vectors = vectors[torch.from_numpy(positions.reshape(-1, 2)).to(job.device)]  # (pairs, 2, width)
    cosine = (vectors[:, 0] * vectors[:, 1]).sum(dim=1)  # (pairs,)
    loss = torch.nn.functional.mse_loss(cosine, torch.from_numpy(same).to(job.device))
    return loss, int(encoded.lengths_of(rows).sum())


def _listed(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.triu_indices(len(labels), 1)
    alike = labels[first] == labels[second]
    pairs = np.stack([first, second], axis=1)
    return pairs[alike], pairs[~alike]


def _drawn(labels: np.ndarray, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Random pairs of both kinds where all of them would be too many to list."""
    order = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    starts = np.cumsum(sizes) - sizes
    one = random.integers(0, len(labels), size=4 * count)
    mate = order[starts[labels[one]] + random.integers(0, sizes[labels[one]])]
    other = random.integers(0, len(labels), size=4 * count)
    alike, different = np.stack([one, mate], axis=1), np.stack([one, other], axis=1)
    return alike[one != mate], different[labels[one] != labels[other]]


def _cycled(pairs: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    rounds = -(-count // len(pairs))
    return np.concatenate([random.permutation(pairs) for _ in range(rounds)])[:count]
