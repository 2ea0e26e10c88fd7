"""What an export does beside the model that it was made from: on rows that the run was judged by, before it is offered."""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RunError
from core.evaluation.answers import decide
from core.evaluation.scores import evaluate
from core.evaluation.significance import headline_test
from core.metrics.table import METRICS
from core.results.answerer import load_model
from core.results.predictor import Predictor
from core.runs.folder import Run, no_result
from core.tasks import Task, encode_targets, headline_of
from core.training.devices import cores

MOST_ROWS = 2000  # that are measured; a fixed draw from more
LARGE = 32  # texts of the larger batch that is timed
ONES, LARGES, WARM = 24, 4, 2  # batches of one text, of LARGE texts, and those that only warm up
SAME_SCORE = 0.01  # of the spread of the true scores, up to which two scores count as equal

Predict = Callable[[Sequence[str], Sequence[str] | None], np.ndarray]


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows that an export is measured by, and what the run's own model says of them, computed in float32.

    Attributes:
        truth: in the form of the answers, see ``core.evaluation.answers``.
        outputs: of the run's own model.
        ms: milliseconds a text of that model here, in the precision in which it answers, in batches of 1 and of 32.
    """

    task: Task
    labels: tuple[str, ...]
    thresholds: np.ndarray | None
    headline: str
    split: str
    texts: list[str]
    pairs: list[str] | None
    truth: np.ndarray
    outputs: np.ndarray
    ms: dict[str, float]

    @property
    def spread(self) -> float:
        """Standard deviation of the true scores; 1 for other tasks."""
        return float(np.std(self.truth)) or 1.0 if self.task.kind == "regression" else 1.0

    @property
    def unit(self) -> str:
        """In which a loss is told."""
        metric = METRICS[self.headline]
        return f"points of {metric.spoken}" if metric.share else f"hundredths of the scores' spread in {metric.title}"


@dataclass(frozen=True, slots=True)
class Measured:
    """How one export answers, beside the model that it was made from.

    Attributes:
        equal_answers: share of the rows with the same answer; scores count as equal within 1 % of the spread of the true ones.
        max_difference: the largest of two probabilities, or of two scores in their units.
        metric: the headline; ``value`` of the export with its ``interval``, ``before`` of the model.
        difference, paired, verdict: export less model on the same rows, its 95 % interval, and what the test says.
        ms, ms_before: milliseconds a text in batches of 1 and of 32: of the export, and of the model on the same processor.
        bytes: of the file with the weights; ``bytes_before`` of the model's.
        recipe: how it was made, in words.
    """

    format: str
    recipe: str
    rows: int
    split: str
    equal_answers: float
    max_difference: float
    metric: str
    value: float | None
    interval: list[float] | None
    before: float | None
    difference: float
    paired: list[float] | None
    verdict: str
    ms: dict[str, float]
    ms_before: dict[str, float]
    bytes: int
    bytes_before: int
    machine: str
    refused: str = ""
    tried: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the run folder and told by the command line."""
        return asdict(self)


def judged_rows(run: Run) -> Judged:
    """The judged rows of a finished run, at most 2,000 of them, answered anew by its model on the CPU in float32.

    Raises:
        RunError: when the run has no result, no predictions or no model.
    """
    result = run.result
    if result is None or run.state != "finished":
        raise no_result(run, "It can be exported when it has finished.")
    predictor = load_model(run, "cpu")
    predictor.known = None
    table = run.read_predictions(result["split"])
    if not len(table):
        raise RunError(f"Run {run.short_name} has no judged rows.", "Without them an export cannot be measured.")
    if len(table) > MOST_ROWS:
        table = table.iloc[np.sort(np.random.default_rng(0).permutation(len(table))[:MOST_ROWS])]
    task, labels = predictor.task, predictor.labels
    truth = encode_targets(task, table["label"].tolist(), labels)
    texts = table["text"].tolist()
    pairs = table["text_pair"].tolist() if "text_pair" in table else None
    ms = milliseconds(predictor.predict, texts, pairs)  # in the precision in which Graft answers
    if isinstance(predictor, Predictor):
        predictor.bf16 = False
    outputs = predictor.predict(texts, pairs)
    thresholds, headline = predictor.thresholds, headline_of(result)
    return Judged(task, labels, thresholds, headline, result["split"], texts, pairs, truth, outputs, ms)


def measure(
    judged: Judged, format: str, recipe: str, predict: Predict, weights: Path, weights_before: Path
) -> Measured:
    """Answer the judged rows by an export and set it beside the model.

    Args:
        predict: of the export as it is read where it is going to.
        weights, weights_before: the files whose sizes are told.
    """
    task, count = judged.task, len(judged.labels)
    outputs = predict(judged.texts, judged.pairs)
    told = evaluate(task, judged.truth, outputs, judged.labels, judged.thresholds)
    before = evaluate(task, judged.truth, judged.outputs, judged.labels, judged.thresholds)
    truth = judged.truth.astype(bool) if task.kind == "multi_label" else judged.truth
    answers, own = (decide(task, each, judged.thresholds) for each in (outputs, judged.outputs))
    test = headline_test(task, truth, answers, own, count, judged.headline)
    return Measured(
        format, recipe, len(judged.texts), judged.split, _equal(judged, answers, own),
        float(np.abs(outputs - judged.outputs).max()), judged.headline, told["metrics"][judged.headline],
        told["intervals"].get(judged.headline), before["metrics"][judged.headline], float(test.difference),
        list(test.interval) if test.interval else None, test.verdict, milliseconds(predict, judged.texts, judged.pairs),
        judged.ms, weights.stat().st_size, weights_before.stat().st_size, machine(),
    )  # fmt: skip


def _equal(judged: Judged, answers: np.ndarray, own: np.ndarray) -> float:
    if judged.task.kind == "regression":
        same = np.abs(answers - own) <= SAME_SCORE * judged.spread
    else:
        same = (answers == own) if answers.ndim == 1 else (answers == own).all(axis=1)
    return float(same.mean())


def lost(measured: Measured, judged: Judged) -> float:
    """By how much an export is worse: points of a share, or hundredths of the spread of the true scores; never below 0."""
    metric = METRICS[measured.metric]
    worse = -measured.difference if metric.higher else measured.difference
    return max(0.0, 100 * worse / (1.0 if metric.share else judged.spread))


def milliseconds(predict: Predict, texts: Sequence[str], pairs: Sequence[str] | None) -> dict[str, float]:
    """The median milliseconds a text in batches of 1 and of 32, as this machine is busy now."""
    return {str(size): _median(predict, texts, pairs, size, times) for size, times in ((1, ONES), (LARGE, LARGES))}


def _median(predict: Predict, texts: Sequence[str], pairs: Sequence[str] | None, size: int, times: int) -> float:
    taken = []
    for number in range(WARM + times):
        rows = [(number * size + at) % len(texts) for at in range(size)]
        second = None if pairs is None else [pairs[row] for row in rows]
        began = time.perf_counter()
        predict([texts[row] for row in rows], second)
        taken.append(time.perf_counter() - began)
    return 1000 * float(np.median(taken[WARM:])) / size


def machine() -> str:
    """The processor that was measured on, and how many of its cores."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {cores()} core{'s' if cores() != 1 else ''}"
