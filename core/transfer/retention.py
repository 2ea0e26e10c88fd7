"""Retention: what a run kept of what its source could do."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.data.sets.samples import SAMPLES
from core.data.sets.store import get_dataset
from core.errors import RunError
from core.metrics.accuracy import mcnemar, wilson_interval
from core.metrics.table import METRICS
from core.models.classifier import head_of
from core.results.predictor import Predictor
from core.runs.folder import Run, get_run, no_result
from core.tasks import figure, headline_of
from core.training.features import load_encoder, text_features

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MATCHED = 300  # texts whose halves are matched
MARGIN = 0.02  # a loss below this counts as none


def retention(run: Run) -> dict[str, Any]:
    """The source's ability before and after the run, beside what the run gained on its target.

    A run that started from an earlier run is asked to do the earlier task again, with the earlier head on its new
    encoder. Any other source is asked what every sentence encoder can do without labels: find the second half of a
    text among many, given its first half.

    Returns:
        ``source_before``, ``source_after`` and ``target`` in 0..1 with ``source_before_interval`` and
        ``source_after_interval`` (95 %, Wilson); ``difference`` after less before with ``interval`` and ``p`` of the paired test
        on the same texts, and ``verdict``: lost, no_loss_shown or kept; ``task`` and ``sentence`` in words, and ``rows``.

    Raises:
        RunError: when the run has no result.
    """
    result = run.result
    if result is None or (run.config.source and not (run.model / "config.json").exists()):
        raise no_result(run, "Measure it when it has finished.")
    if not run.config.source:
        raise RunError(
            f"Run {run.name} has no source whose ability could be kept: it counts words.", "Name another run."
        )
    name = headline_of(result)
    if run.config.model.startswith("run:") and _can_be_right(get_run(run.config.model[4:])):
        task, before, after = _earlier_task(run, get_run(run.config.model[4:]))
    else:
        task, before, after = _matching(run)
    measured = paired_retention(before, after)
    measured |= {"task": task, "target": result["metrics"][name], "target_metric": name}
    return measured | {"sentence": _sentence(measured)}


def paired_retention(before: np.ndarray, after: np.ndarray) -> dict[str, Any]:
    """Shares that were right, their difference by the paired test, and the verdict.

    Lost: chance hardly explains the loss. Kept: the loss is less than ``MARGIN``, with 97.5 % confidence (non-inferiority).
    Anything between is no_loss_shown: too few texts to tell.

    Args:
        before, after: (texts,) bool, whether the source and the run got the same texts right.
    """
    rows, right = len(before), np.ones(len(before), dtype=bool)
    change = mcnemar(right, after.astype(bool), before.astype(bool))
    low = change.interval[0] if change.interval else -1.0
    verdict = "lost" if change.p < 0.05 and change.value < 0 else "kept" if low > -MARGIN else "no_loss_shown"
    return {
        "rows": rows, "source_before": float(before.mean()), "source_after": float(after.mean()),
        "source_before_interval": wilson_interval(int(before.sum()), rows),
        "source_after_interval": wilson_interval(int(after.sum()), rows),
        "verdict": verdict, "difference": change.value, "interval": list(change.interval or ()) or None, "p": change.p,
    }  # fmt: skip


def _earlier_task(run: Run, earlier: Run) -> tuple[str, np.ndarray, np.ndarray]:
    """Which rows of the earlier run's test its model got right, and which its head on the new encoder gets right."""
    import torch

    result = earlier.result
    if result is None:
        raise RunError(f"The earlier run {earlier.name} has no result.", "Its task cannot be measured again.")
    table = earlier.read_predictions(result["split"])
    old, new = Predictor.load(earlier), Predictor.load(run)
    model = old.classifier.model
    new_weights = dict(new.classifier.model.named_parameters())
    heads = set(head_of(model))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name not in heads:
                weight.copy_(new_weights[name])
    pairs = table["text_pair"].tolist() if "text_pair" in table else None
    right = old.answers(old.predict(table["text"].tolist(), pairs)) == table["label"].to_numpy()
    task = f"the task of the earlier run {earlier.name}"
    return task, table["correct"].to_numpy(dtype=bool), np.asarray(right, dtype=bool)


def _can_be_right(earlier: Run) -> bool:
    """Whether the earlier task had answers that are right or wrong; a score is only more or less off."""
    return (earlier.result or {}).get("task") != "regression"


def _matching(run: Run) -> tuple[str, np.ndarray, np.ndarray]:
    halves = _halves(run)
    if len(halves) < 10:
        raise RunError("There are too few texts of two sentences to measure the source's ability.", "Use more data.")
    first, second = ([half[index] for half in halves] for index in (0, 1))
    sources = (run.config.model, f"run:{run.id}")
    encoders = [load_encoder(source) for source in sources]  # what can fail does so before the long part
    before, after = (
        _matched(encoder, source, first, second) for encoder, source in zip(encoders, sources, strict=True)
    )
    task = f"finding the second half of a text among {len(halves)}, given its first half"
    return task, before, after


def _halves(run: Run) -> list[tuple[str, str]]:
    """Texts in two halves, cut between sentences: of the shipped reviews, else of the run's own data."""
    path = SAMPLES["reviews"].path
    texts = pd.read_csv(path)["text"].tolist() if path.exists() else get_dataset(run.config.dataset).frame()["text"]
    halves = []
    for text in texts:
        sentences = re.split(r"(?<=[.!?])\s+", text)
        if len(sentences) >= 2:
            middle = len(sentences) // 2
            halves.append((" ".join(sentences[:middle]), " ".join(sentences[middle:])))
    return halves[:MATCHED]


def _matched(encoder: "PreTrainedModel", source: str, first: list[str], second: list[str]) -> np.ndarray:
    """(texts,) bool: which first halves have their own second half as the nearest by cosine."""
    a, b = (
        text_features(encoder, source, texts, max_length=64, all_layers=False).astype(np.float64)
        for texts in (first, second)
    )
    a, b = (side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12) for side in (a, b))
    return (a @ b.T).argmax(axis=1) == np.arange(len(first))


def _sentence(measured: dict[str, Any]) -> str:
    before, after = 100 * measured["source_before"], 100 * measured["source_after"]
    low, high = (100 * end for end in measured["interval"])
    said = {
        "lost": "The run lost some of its source's ability",
        "no_loss_shown": "No loss of the source's ability is shown, and none ruled out",
        "kept": f"The run kept its source's ability, within {100 * MARGIN:.0f} points",
    }[measured["verdict"]]
    metric = METRICS[measured["target_metric"]]
    return (
        f"{said}: {measured['task']} went from {before:.1f} % to {after:.1f} % (95 % interval of the change {low:+.1f} to "
        f"{high:+.1f} points, {measured['rows']:,} texts), while the target reached "
        f"{figure(metric.name, measured['target'])} ({metric.title})."
    )
