"""The training loop: a generator of events that knows no files, no store and no screen."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from core.models.beside import is_beside
from core.models.depths import disable_dropout
from core.models.trained import plan, size
from core.strategies.plan import Plan
from core.training import distributed
from core.training.along import AlongReader, begin_along
from core.training.card import computes_on_card, gradients_for
from core.training.course import BatchOrder, CheckpointClock, Schedule, Thawing
from core.training.devices import give_back_memory, wait_for
from core.training.events import CheckpointDue, Evaluated, Event, Improved, Progress, Started, Warned
from core.training.frozen_prefix import prepare_frozen_prefix
from core.training.gradient_sums import GradientSums
from core.training.gradients import BatchGradients
from core.training.job import TrainingJob
from core.training.joint import JointGradients, TaskOrder, rows_of_all, validate_all
from core.training.keeping import Keeper
from core.training.kernels import use_fast_kernels
from core.training.optimiser import fitting_rate
from core.training.recipe import epochs_for, rate_for_batch
from core.training.scoring import Interrupted, score
from core.training.state import State, Window
from core.training.update import Update

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MOST_POINTS, CARD_POINTS = (
    500,
    100,
)  # training points logged in a run; a card is waited for at each, so that seconds are true


def train(job: TrainingJob) -> Iterator[Event]:
    """Fine-tune ``job.model`` in place by steps over its rows; at the end it holds the weights of the best validation."""
    import torch

    config, model = job.config, job.model
    encoded = rows_of_all(job.tasks) if job.tasks else job.training.encoded
    begin_along(job)
    planned = _prepare(job)
    schedule = _schedule(job)
    keeper = Keeper(job, planned, schedule)
    along = AlongReader(job)
    moves_all = keeper.moves_all or along.reads  # hidden words are compared with all word vectors
    update = Update(model, keeper.config, job.device, planned.rates, job.fp16, moves_all)
    state = State(best=job.best_weights)
    state.begin(job.resume, config.seed, model, update)
    thawing = Thawing(model, planned, state.step / schedule.total)
    trained = [model.get_parameter(name) for name in planned.rates]
    should_stop = distributed.any_rank(job.should_stop, job.device)
    on_card = computes_on_card(job)
    left_behind = sum(model.get_parameter(name).numel() for name in planned.rates if not is_beside(name))
    yield _started(job, state.step, schedule.total, left_behind)

    try:
        # a card computes frozen layers sooner than it is sent what they gave
        prefix = (
            None
            if job.device.startswith("cuda") or job.tasks
            else (yield from prepare_frozen_prefix(job, planned.frozen_layers, should_stop))
        )
    except Interrupted:
        update.close()
        yield state.done(stopped=True)
        return
    sums = GradientSums(trained)
    # what is rehearsed or read along comes on top of a batch's own gradients: the sums begin when both are there
    own_sums = None if keeper.rehearses or along.reads else sums
    gradients: BatchGradients | JointGradients
    order: BatchOrder | TaskOrder
    if job.tasks:
        gradients = JointGradients(job, update.scaled, own_sums)
        order = TaskOrder(job.tasks, config, schedule.steps_per_epoch, schedule.total // schedule.steps_per_epoch)
    else:
        gradients = gradients_for(job, prefix, along.weighed(update.scaled), own_sums)
        order = BatchOrder(encoded, config, schedule.steps_per_epoch, flat=on_card)
    clock, window = CheckpointClock(config.checkpoint_seconds), Window()
    log_every = points_apart(schedule.total, job.device)
    for each in (model, *(task.model for task in job.tasks)):
        each.train()
    while True:
        if state.validation_due:
            update.settle()
            with suppress(Interrupted):  # a stop in its midst leaves it due, so a resumed run does it again
                yield from _validate(job, state, schedule, should_stop)
        ended = state.step >= schedule.total or state.out_of_patience(config.patience)
        stopping = should_stop() and not (ended and not state.validation_due)
        if stopping or clock.is_due():
            with clock:
                yield CheckpointDue(state.step, lambda: state.snapshot(model, update))
        if stopping or ended:
            break
        rows = order.rows(state.step)
        own_rows = distributed.shard(rows)
        rate = schedule.rate(state.step)
        thawing.thaw(state.step / schedule.total)
        started = time.perf_counter()
        again, texts = keeper.rows(state.step, own_rows), along.rows(state.step, len(rows))
        update.before(np.concatenate([encoded.tokens_of(own_rows), keeper.tokens(again)]))
        try:
            loss = gradients.compute(own_rows, rows)
            keeper.rehearse(again, update.scaled)
            along.read(texts, update.scaled)
            sums.finish()
            norm = update.apply(rate)
            if update.left_out():  # nothing was learnt: the same rows once more
                state.seconds += time.perf_counter() - started
                continue
            keeper.pull(rate)
            window.add(loss, norm)  # read only when logged: reading waits for the device
        except torch.OutOfMemoryError:
            update.forget()
            keeper.shrink(again)
            along.shrink(texts)
            if not gradients.shrink(own_rows):
                raise
            give_back_memory(job.device)
            yield Warned(
                f"The device ran out of memory: batches are now computed in pieces of at most {gradients.budget} tokens."
            )
            continue
        state.step += 1
        state.tokens += int(encoded.lengths_of(rows).sum())
        state.validation_due = schedule.validates_after(state.step) and job.validation.encoded.rows > 0
        logs = state.step % log_every == 0 or state.step == schedule.total
        if logs or state.validation_due:
            wait_for(job.device)  # what was only asked for so far is not done: it belongs to these seconds
        state.seconds += time.perf_counter() - started
        if logs:
            yield window.event(state, schedule.steps_per_epoch, rate)
            window = Window()
    update.close()
    if stopping:
        yield state.done(stopped=True)
        return
    if state.best is not None:
        model.load_state_dict(state.best)
    yield state.done(early=state.step < schedule.total)


def points_apart(steps: int, device: str) -> int:
    """Steps from one logged point of a training to the next."""
    return max(1, steps // (CARD_POINTS if device.startswith("cuda") else MOST_POINTS))


def _prepare(job: TrainingJob) -> Plan:
    """Put the model on its device, freeze what is not trained, and choose the fast kernels."""
    job.model.to(job.device)  # type: ignore[arg-type]
    planned = plan(job.model, job.config)
    for name, weight in job.model.named_parameters():
        weight.requires_grad_(name in planned.rates)
    use_fast_kernels(job.model, job.config, job.device)
    disable_dropout(job.model, planned.frozen_layers)
    for task in job.tasks[1:]:
        task.model.to(job.device)  # type: ignore[arg-type]
        use_fast_kernels(task.model, job.config, job.device)
    return planned


def _schedule(job: TrainingJob) -> Schedule:
    config = job.config
    sizes = [task.training.encoded.rows for task in job.tasks] or [job.training.encoded.rows]
    full_rate = config.learning_rate or (
        fitting_rate(_width(job.model), config.strategy) * rate_for_batch(config, job.device)
    )
    steps_per_epoch = sum(-(-rows // config.batch_size) for rows in sizes)
    return Schedule(config, full_rate, steps_per_epoch * epochs_for(config, sum(sizes) // len(sizes)), steps_per_epoch)


def _started(job: TrainingJob, step: int, total: int, trained: int) -> Started:
    return Started(
        step, total, job.training.encoded.rows, job.validation.encoded.rows,
        size(job.model, job.config), trained, job.device, job.precision,
    )  # fmt: skip


def _width(model: "PreTrainedModel") -> int:
    return int(getattr(model.config, "hidden_size", 0) or getattr(model.config, "dim", 768))


def _validate(job: TrainingJob, state: State, schedule: Schedule, should_stop: Callable[[], bool]) -> Iterator[Event]:
    """Score the validation rows and keep the weights if they are the best so far.

    Raises:
        Interrupted: when ``should_stop`` says so; the validation is then still due.
    """
    yield Progress("validating", 0, job.validation.encoded.rows)
    of_tasks: dict[str, dict[str, float]] = {}
    if job.tasks:
        reached, scores, of_tasks = validate_all(job, should_stop)
    else:
        logits = score(job.model, job.validation.encoded, job.device, job.bf16, should_stop=should_stop, fp16=job.fp16)
        reached, scores = job.validate(logits, job.validation.labels)
    reached = distributed.broadcast(reached, job.device)
    best = reached > state.best_score
    state.validation_due = False
    state.worse = 0 if best else state.worse + 1
    if best:
        state.best_score, state.best_step = reached, state.step
        state.keep_best(job.model)
        yield Improved(state.step, state.best or {})
    yield Evaluated(state.step, state.step / schedule.steps_per_epoch, scores, best, of_tasks)
    yield Progress("training", state.step, 0)
