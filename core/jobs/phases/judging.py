"""The fourth phase of a run: what the trained model says of the rows that it is judged by."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.evaluation.answers import outputs_of
from core.evaluation.thresholds import choose_thresholds
from core.jobs.compute import Compute
from core.jobs.phases.preparing import Prepared
from core.jobs.recorder import RunRecorder
from core.models.classifier import Classifier
from core.models.head import fold_scale
from core.tasks import SCALE, Task
from core.training.scoring import score


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers beside the truth.

    Attributes:
        truth: (rows,) class numbers or scores, or (rows, labels) of 0 and 1.
        outputs: (rows, classes) or (rows, labels) probabilities, or (rows,) scores in their units.
        thresholds: (labels,) the probability from which each of several labels is given; None for other tasks.
        scale: middle and width of the scores that the model was trained on, (0, 1) for other tasks.
    """

    truth: np.ndarray
    outputs: np.ndarray
    thresholds: np.ndarray | None
    scale: tuple[float, float]


def judge(
    task: Task, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> Judged:
    """Score the test rows; thresholds of several labels are chosen before, on the validation rows.

    Raises:
        Interrupted: when somebody asked to stop meanwhile.
    """

    def logits(part: str, phase: str) -> np.ndarray:
        """(rows, outputs) raw scores of a part's rows."""
        recorder.phase(phase)
        return score(
            prepared.classifier.model, prepared.encoded[part].encoded, compute.device.name, compute.bf16,
            progress=lambda done, total: recorder.progress(phase, done, total), should_stop=should_stop,
            fp16=compute.fp16,
        )  # fmt: skip

    scale = getattr(prepared.classifier.model.config, SCALE, (0.0, 1.0))
    thresholds = None
    if task.kind == "multi_label":
        probabilities = outputs_of(task, logits("validation", "validating"))
        thresholds = choose_thresholds(prepared.encoded["validation"].labels, probabilities)
    outputs = outputs_of(task, logits("test", "testing"), scale)
    return Judged(prepared.encoded["test"].labels, outputs, thresholds, scale)


def complete_model(classifier: Classifier, task: Task, judged: Judged) -> None:
    """Put what is known outside the weights into the model: the units of a score, the thresholds of labels."""
    config = classifier.model.config
    if task.kind == "regression":
        fold_scale(classifier.model, *judged.scale)
        delattr(config, SCALE)
    if judged.thresholds is not None:
        config.graft_thresholds = [float(threshold) for threshold in judged.thresholds]
