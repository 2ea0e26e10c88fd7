"""What answers: the run's own model on torch, or one of its exports, whichever was measured quicker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RunError
from core.evaluation.answers import decide, written
from core.extras import is_there, need
from core.results.answerer import load_model
from core.results.predictor import Predictor
from core.runs.folder import Run
from core.tasks import Task

OWN, ONNX = "torch", ("onnx", "onnx-int8")
ENGINES = ("auto", OWN, *ONNX)

Predict = Callable[[Sequence[str], Sequence[str] | None], np.ndarray]


@dataclass(frozen=True, slots=True)
class Engine:
    """A loaded model.

    Attributes:
        name: torch, onnx, onnx-int8, or counted words.
        takes_pairs: whether it reads two texts a row.
        count: tokens of a text as the model counts them.
    """

    run: Run
    name: str
    task: Task
    labels: tuple[str, ...]
    thresholds: np.ndarray | None
    takes_pairs: bool
    predict: Predict
    count: Callable[[str], int]

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """(rows,) what the model says, as the data set writes it."""
        return written(self.task, decide(self.task, outputs, self.thresholds), self.labels)


def chosen(run: Run, asked: str = "auto") -> str:
    """The engine that is meant: with ``auto`` the run's model, or its ONNX export where that was measured quicker.

    Raises:
        RunError: when an export is asked for that was not made.
    """
    if asked in ONNX and not run.export(asked).is_dir():
        raise RunError(
            f"Run {run.short_name} was not exported as {asked}.",
            f"First: python -m core export {run.id} --format {asked}",
        )
    if asked != "auto" or not run.config.source:
        return OWN if asked == "auto" else asked
    measured = run.measured("onnx")
    can = measured is not None and run.export("onnx").is_dir() and is_there("onnxruntime")
    return "onnx" if measured and can and measured["ms"]["32"] < measured["ms_before"]["32"] else OWN


def load(run: Run, asked: str = "auto", threads: int = 0) -> Engine:
    """The model of a finished run; keep it and use it again. What it is asked is kept nowhere.

    Args:
        threads: of one answer; 0 takes one for each core.

    Raises:
        RunError: when there is no finished model, or no such export.
        GraftError: when onnxruntime is missing.
    """
    name = chosen(run, asked)
    result = run.result
    if result is None:
        raise RunError(f"Run {run.short_name} has no result yet.", "It can be served when it has finished.")
    pairs = "text_pair" in run.read_predictions(result["split"])
    if name in ONNX:
        need("Serving an ONNX export", ("onnxruntime",), "requirements-export.txt")
        return _exported(run, name, pairs, threads)
    model = load_model(run)
    model.known = None
    count = _words
    if isinstance(model, Predictor):
        if threads:
            import torch

            torch.set_num_threads(threads)
        tokenizer = model.classifier.tokenizer

        def count(text: str) -> int:
            return len(tokenizer(text)["input_ids"])

    else:
        name = "counted words"
    return Engine(run, name, model.task, model.labels, model.thresholds, pairs, model.predict, count)


def _words(text: str) -> int:
    return len(text.split())


def _exported(run: Run, name: str, pairs: bool, threads: int) -> Engine:
    from core.export.exported_model import ExportedModel
    from core.tasks import task_of

    model = ExportedModel(run.export(name), threads)
    task = task_of(model.task.kind)

    def count(text: str) -> int:
        return len(model.tokenizer.encode(text).ids)

    return Engine(run, name, task, model.labels, model.thresholds, pairs, model.predict, count)
