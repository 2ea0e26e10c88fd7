"""The phases of a run that counts words, in place of those that need an encoder: learn, judge, finish."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.config import RunConfig
from core.data.cleaning.checks.verdict import verdict_warnings
from core.evaluation.scores import evaluate
from core.evaluation.thresholds import choose_thresholds
from core.jobs.phases.choosing import Chosen
from core.jobs.phases.finishing import facts_of, keep, used_rows
from core.jobs.phases.judging import Judged
from core.jobs.recorder import RunRecorder
from core.results.baseline_cache import counted_words, trivial_of
from core.results.counted_predictor import CountedPredictor
from core.tasks import encode_targets
from core.training.devices import find_device
from core.training.events import Started, TrainingDone
from core.training.scoring import Interrupted

UNUSED = {"class_weights": False, "focal_gamma": 0.0, "label_smoothing": 0.0, "average_best": 1}


def count_words(chosen: Chosen, recorder: RunRecorder, should_stop: Callable[[], bool], began: float) -> None:
    """Learn from the training rows, judge, and write what any run leaves in its folder.

    Beside it stands only what always gives the same answer: the counted words of other runs are this very model, and the
    names of the classes need an encoder.

    Args:
        began: when this attempt began, in seconds since the epoch.

    Raises:
        Interrupted: when somebody asked to stop meanwhile.
    """
    if left := unused(chosen.config):
        recorder.warn(f"Counted words know no such setting, so it was left aside: {', '.join(left)}.")
    rows = {part: len(frame) for part, frame in chosen.parts.items()}
    recorder.estimate.plan(chosen.config.strategy, 1.0, dict.fromkeys(rows, 0), rows["train"] + rows["test"])
    recorder.phase("training")
    started = time.perf_counter()
    words = counted_words(chosen.dataset, chosen.parts["train"], chosen.config.seed)
    weights = int(words.weights.size + words.bias.size)
    recorder.record(Started(0, 1, rows["train"], rows["validation"], weights, weights, "cpu", "fp64"))
    done = TrainingDone(1, 1, time.perf_counter() - started, 0, stopped_early=False, stopped=False)
    recorder.record(done)
    recorder.reporter.update(step=1)
    if should_stop():
        raise Interrupted
    model = CountedPredictor(words, chosen.dataset.labels)
    judged = _judge(chosen, model, recorder)
    if should_stop():
        raise Interrupted
    recorder.phase("baselines")
    baselines = trivial_of(chosen.dataset, chosen.parts["train"], chosen.parts["test"])

    validation = _validation(chosen, model)

    def facts() -> dict[str, Any]:
        return _facts(chosen, done, recorder, began) | {"validation": validation}

    keep(chosen, judged, baselines, facts, model.save, recorder, _caveat(chosen))


def unused(config: RunConfig) -> list[str]:
    """Names of settings that were asked for and mean nothing where words are counted."""
    return [name for name, off in UNUSED.items() if getattr(config, name) != off]


def _caveat(chosen: Chosen) -> str | None:
    """What makes the figures kinder than new rows would be: thresholds of several labels, where no test rows judge."""
    if chosen.judged_on == "test":
        return None
    part = f"There are no test rows: {chosen.judged_on} rows judge in their place"
    if chosen.task.kind == "multi_label":
        return f"{part}, and the labels' thresholds were chosen on these very rows, so the figures are a little kind."
    return f"{part}; nothing was learnt from them or chosen on them."


def _judge(chosen: Chosen, model: CountedPredictor, recorder: RunRecorder) -> Judged:
    """Answers on the test rows; thresholds of several labels are chosen on validation rows, as the baseline's are."""

    def asked(part: str, phase: str) -> np.ndarray:
        recorder.phase(phase)
        frame = chosen.parts[part]
        pairs = frame["text_pair"].tolist() if "text_pair" in frame else None
        return model.predict(
            frame["text"].tolist(), pairs, lambda done, total: recorder.progress(phase, done, total)
        )  # fmt: skip

    def truth(part: str) -> np.ndarray:
        return encode_targets(chosen.task, chosen.parts[part]["label"].tolist(), model.labels)

    if chosen.task.kind == "multi_label" and len(chosen.parts["validation"]):
        model.thresholds = choose_thresholds(truth("validation"), asked("validation", "validating"))
    return Judged(truth("test"), asked("test", "testing"), model.thresholds, (0.0, 1.0))


def _validation(chosen: Chosen, model: CountedPredictor) -> dict[str, Any] | None:
    """The metrics that could keep a checkpoint, on the validation rows: nothing was chosen by them, so that this model can be chosen
    among others. None where there are none."""
    frame = chosen.parts["validation"]
    if not len(frame):
        return None
    truth = encode_targets(chosen.task, frame["label"].tolist(), model.labels)
    outputs = model.predict(frame["text"].tolist(), frame["text_pair"].tolist() if "text_pair" in frame else None)
    told = evaluate(chosen.task, truth, outputs, model.labels, model.thresholds)["metrics"]
    return {name: told[name] for name in chosen.task.choices if told.get(name) is not None}


def _facts(chosen: Chosen, done: TrainingDone, recorder: RunRecorder, began: float) -> dict[str, Any]:
    """What the result tells beside the scores; of tokens, layers and a source there is nothing to tell."""
    warnings = verdict_warnings(chosen.dataset, used_rows(chosen), chosen.config.source, chosen.config.max_length)
    return facts_of(chosen, done, recorder, began) | {
        "epochs": None, "averaging": None, "source_fit": None, "layers": None, "share_cut": 0.0,
        "max_length": chosen.config.max_length, "device": "cpu", "device_title": find_device("cpu").title,
        "precision": "fp64", "warnings": warnings + chosen.told_left_out, "names_left_out": "",
    }  # fmt: skip
