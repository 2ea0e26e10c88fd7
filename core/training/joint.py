"""Several tasks on one encoder: a head each, batches of one task at a time, drawn more evenly the longer the training lasts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig
from core.metrics.table import METRICS
from core.models.beside import HEADS, attach_head
from core.tasks import SCALE, task_of
from core.training.batches import training_order
from core.training.encoding import Encoded
from core.training.gradient_sums import GradientSums
from core.training.gradients import BatchGradients, Scaled
from core.training.job import JointTask, TrainingJob
from core.training.losses import build_loss, guessing_loss
from core.training.scoring import score

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

LAST_ALPHA = 0.2  # of the sizes, in the last epoch


def share_encoder(models: Sequence["PreTrainedModel"]) -> None:
    """Let all models read by the encoder of the first, which also holds the heads of the others: so they are trained, saved and
    restored with it."""
    import torch

    first = models[0]
    for number, model in enumerate(models[1:], 1):
        heads = {
            name: child
            for name, child in model.named_children()
            if name != model.base_model_prefix and next(child.parameters(), None) is not None
        }
        attach_head(first, str(number), torch.nn.ModuleDict(heads))
        setattr(model, model.base_model_prefix, first.base_model)


def name_in_first(name: str, model: "PreTrainedModel", number: int) -> str:
    """How the first model calls the weight ``name`` of the model with this number."""
    return name if not number or name.startswith(f"{model.base_model_prefix}.") else f"{HEADS}{number}.{name}"


def sampling_shares(sizes: Sequence[int], epoch: int, epochs: int) -> np.ndarray:
    """(tasks,) share of the batches that each task gets in an epoch: by its rows to the power of alpha, which falls from 1 in the
    first epoch to 0.2 in the last, so that a large set leads at first and does not drown the small ones (annealed sampling;
    Stickland and Murray, 2019, https://arxiv.org/abs/1902.02671, whose alpha is ``1 - 0.8 (e - 1) / (E - 1)``)."""
    done = epoch / (epochs - 1) if epochs > 1 else 0.0
    powers = np.asarray(sizes, dtype=np.float64) ** (1.0 - (1.0 - LAST_ALPHA) * done)
    return np.asarray(powers / powers.sum())


def batches_of(shares: np.ndarray, batches: int) -> np.ndarray:
    """(tasks,) whole numbers of batches that come closest to the shares, one each at least."""
    wanted = shares * batches
    counts = np.maximum(np.floor(wanted).astype(np.int64), 1)
    while counts.sum() < batches:
        counts[int(np.argmax(wanted - counts))] += 1
    while counts.sum() > batches and counts.max() > 1:
        counts[int(np.argmax(np.where(counts > 1, counts - wanted, -np.inf)))] -= 1
    return counts


def chance_loss(task: JointTask) -> float:
    """What a model that knows nothing of the task pays."""
    return guessing_loss(task.training.labels, int(task.model.config.num_labels or 0))


class TaskOrder:
    """Which rows each step sees, as positions in the rows of all tasks end to end: a function of the step alone."""

    def __init__(self, tasks: Sequence[JointTask], config: RunConfig, steps_per_epoch: int, epochs: int):
        self._lengths = [task.training.encoded.lengths for task in tasks]
        sizes = [len(lengths) for lengths in self._lengths]
        self._starts = np.concatenate([[0], np.cumsum(sizes)])[:-1]
        self._config, self._steps, self._epoch = config, steps_per_epoch, -1
        self._counts = [batches_of(sampling_shares(sizes, epoch, epochs), steps_per_epoch) for epoch in range(epochs)]
        self._batches: list[np.ndarray] = []

    def rows(self, step: int) -> np.ndarray:
        """(<= batch size,) positions of the rows, all of one task, for the step after ``step`` finished ones."""
        epoch, within = divmod(step, self._steps)
        if epoch != self._epoch:
            self._batches, self._epoch = self._drawn(epoch), epoch
        return self._batches[within]

    def _drawn(self, epoch: int) -> list[np.ndarray]:
        seed, size = self._config.seed, self._config.batch_size
        batches: list[np.ndarray] = []
        for task, lengths in enumerate(self._lengths):
            rounds: dict[int, list[np.ndarray]] = {}
            a_round = -(-len(lengths) // size)  # batches until every row of the task was seen once
            first = int(sum(counts[task] for counts in self._counts[:epoch]))
            for number in range(first, first + int(self._counts[epoch][task])):
                round_, place = divmod(number, a_round)
                if round_ not in rounds:
                    rounds[round_] = training_order(lengths, size, seed + 1009 * task, round_)
                batches.append(rounds[round_][place] + self._starts[task])
        order = np.random.default_rng((seed, epoch, len(self._lengths))).permutation(len(batches))
        return [batches[number] for number in order]


class JointGradients:
    """Gradients of batches of any of the tasks, in the encoder and the task's own head."""

    def __init__(self, job: TrainingJob, scaled: Scaled, sums: GradientSums | None):
        sizes = [task.training.encoded.rows for task in job.tasks]
        self._ends = np.cumsum(sizes)
        self._starts = self._ends - sizes
        self._of = [
            BatchGradients(
                replace(job, model=task.model, training=task.training, tasks=()), None, scaled, sums,
                loss=build_loss(job.config, task.training.labels, int(task.model.config.num_labels or 0), job.device),
                share=1.0 / chance_loss(task), padded=True,
            )
            for task in job.tasks
        ]  # fmt: skip

    @property
    def budget(self) -> int:
        """Padded tokens that are computed at once, of the task that computes the fewest."""
        return min(own.budget for own in self._of)

    def compute(self, rows: np.ndarray, batch: np.ndarray) -> "torch.Tensor":
        """As ``BatchGradients.compute``; the loss is a multiple of what a model pays that knows nothing."""
        task = self._task(batch)
        return self._of[task].compute(rows - self._starts[task], batch - self._starts[task])

    def shrink(self, rows: np.ndarray) -> bool:
        """As ``BatchGradients.shrink``, for the task of these rows."""
        task = self._task(rows)
        return self._of[task].shrink(rows - self._starts[task])

    def _task(self, rows: np.ndarray) -> int:
        return int(np.searchsorted(self._ends, rows[0], side="right"))


def rows_of_all(tasks: Sequence[JointTask]) -> Encoded:
    """The training rows of all tasks, end to end; only their tokens and lengths are meant to be read."""
    parts = [task.training.encoded for task in tasks]
    bounds = np.cumsum([0, *(part.tokens for part in parts)])
    offsets = [part.offsets[:-1] + start for part, start in zip(parts, bounds, strict=False)]
    return Encoded(
        np.concatenate([part.ids for part in parts]),
        None,
        np.append(np.concatenate(offsets), bounds[-1]),
        0,
        parts[0].pad,
    )


def validate_all(
    job: TrainingJob, should_stop: Callable[[], bool]
) -> tuple[float, dict[str, float], dict[str, dict[str, float]]]:
    """The mean of what the tasks reach, by which the checkpoint is chosen; the scores of the job's own task; those of each by name.

    An error counts as what it takes from 1: of scores in units of their spread, a loss in multiples of what guessing pays. So all tasks
    speak of shares. A correlation has no units and counts as it is.
    """
    reached, scores = [], {}
    for task in job.tasks:
        encoded = task.validation.encoded
        logits = score(task.model, encoded, job.device, job.bf16, should_stop=should_stop, fp16=job.fp16)
        own, scores[task.name] = task.validate(logits, task.validation.labels)
        unit = _unit(task, job.config.best_by)
        reached.append(own if unit is None else 1.0 + own / unit)
    return float(np.mean(reached)), scores[job.tasks[job.own].name], scores


def _unit(task: JointTask, best_by: str) -> float | None:
    """What the deciding error is told in; None where more is better."""
    config = task.model.config
    metric = METRICS[task_of(str(config.problem_type)).best_by if best_by == "auto" else best_by]
    if metric.higher:
        return None
    spread: tuple[float, float] = getattr(config, SCALE, (0.0, 1.0))
    return float(spread[1]) if metric.in_units else chance_loss(task)
