"""Retention: what a run kept of what its source could do."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.data.sets.samples import SAMPLES
from core.data.sets.store import get_dataset
from core.errors import RunError
from core.metrics.accuracy import wilson_interval
from core.metrics.table import METRICS
from core.models.classifier import head_of
from core.results.predictor import Predictor
from core.runs.folder import Run, get_run, no_result
from core.tasks import task_of
from core.transfer.features import load_encoder, text_features

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MATCHED = 300  # texts whose halves are matched


def retention(run: Run) -> dict[str, Any]:
    """The source's ability before and after the run, beside what the run gained on its target.

    A run that started from an earlier run is asked to do the earlier task again, with the earlier head on its new
    encoder. Any other source is asked what every sentence encoder can do without labels: find the second half of a
    text among many, given its first half.

    Returns:
        ``source_before``, ``source_after`` and ``target`` in 0..1 with ``source_before_interval`` and
        ``source_after_interval`` (95 %, Wilson), ``task`` and ``sentence`` in words, and ``rows``.

    Raises:
        RunError: when the run has no result.
    """
    result = run.result
    if result is None or not (run.model / "config.json").exists():
        raise no_result(run, "Measure it when it has finished.")
    name = task_of(result.get("task", "single_label")).headline
    if run.config.model.startswith("run:") and _can_be_right(get_run(run.config.model[4:])):
        task, before, after, rows = _earlier_task(run, get_run(run.config.model[4:]))
    else:
        task, before, after, rows = _matching(run)
    measured = {
        "task": task, "rows": rows, "source_before": before / rows, "source_after": after / rows,
        "source_before_interval": wilson_interval(before, rows), "source_after_interval": wilson_interval(after, rows),
        "target": result["metrics"][name], "target_metric": name,
    }  # fmt: skip
    return measured | {"sentence": _sentence(measured)}


def _earlier_task(run: Run, earlier: Run) -> tuple[str, int, int, int]:
    """Rows of the earlier run's test that its model got right, and that its head on the new encoder gets right."""
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
    return task, int(table["correct"].sum()), int(right.sum()), len(table)


def _can_be_right(earlier: Run) -> bool:
    """Whether the earlier task had answers that are right or wrong; a score is only more or less off."""
    return (earlier.result or {}).get("task") != "regression"


def _matching(run: Run) -> tuple[str, int, int, int]:
    halves = _halves(run)
    if len(halves) < 10:
        raise RunError("There are too few texts of two sentences to measure the source's ability.", "Use more data.")
    first, second = ([half[index] for half in halves] for index in (0, 1))
    source = run.config.model
    before = _matched(load_encoder(source), source, first, second)
    own = f"run:{run.id}"
    after = _matched(load_encoder(own), own, first, second)
    task = f"finding the second half of a text among {len(halves)}, given its first half"
    return task, before, after, len(halves)


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


def _matched(encoder: "PreTrainedModel", source: str, first: list[str], second: list[str]) -> int:
    """How many first halves have their own second half as the nearest by cosine."""
    a, b = (
        text_features(encoder, source, texts, max_length=64, all_layers=False).astype(np.float64)
        for texts in (first, second)
    )
    a, b = (side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12) for side in (a, b))
    return int(np.sum((a @ b.T).argmax(axis=1) == np.arange(len(first))))


def _sentence(measured: dict[str, Any]) -> str:
    before, after = 100 * measured["source_before"], 100 * measured["source_after"]
    apart = measured["source_after_interval"][1] < measured["source_before_interval"][0]
    verb = "lost some of" if apart else "kept"
    metric = METRICS[measured["target_metric"]]
    target = f"{100 * measured['target']:.1f} %" if metric.share else f"{measured['target']:.3g}"
    return (
        f"The run {verb} its source's ability: {measured['task']} went from {before:.1f} % to {after:.1f} % "
        f"({measured['rows']:,} texts), while the target reached {target} ({metric.title})."
    )
