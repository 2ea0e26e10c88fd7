"""How numbers, times, metrics and the names of things are said."""

import re
import time
from typing import Any

from core.errors import GraftError, RunError
from core.metrics.table import METRICS
from core.models.index_sources import INDEX_SOURCES
from core.runs.folder import Run, get_run
from core.tasks import Task, headline_of, interval_of, readable, split_labels, task_of
from core.tasks import figure as metric_figure

WORD_JOINER = "\u2060"
_ADDRESS = re.compile(r"(?<=http)(?=s?:)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@[-\w]+\.)", re.IGNORECASE)


def distinct_names(runs: list[Run]) -> dict[str, str]:
    """Run id -> name, with the end of the id where two of these runs share a name."""
    names = {run.id: run.name for run in runs}
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {run: f"{name} · {run[-4:]}" if name in shared else name for run, name in names.items()}


def plain(text: str) -> str:
    """Text that people wrote, ready for Markdown: its signs are letters, not formatting, no image and no link.

    Addresses become links even with their signs escaped (GitHub's Markdown finds them in the finished text), so what they begin
    with is cut by a mark of no width. Source: https://github.com/syntax-tree/mdast-util-gfm-autolink-literal
    """
    cut = _ADDRESS.sub(WORD_JOINER, text)
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#$~|:&" else sign for sign in cut)


def percent(value: float | None, digits: int = 1) -> str:
    """A share of 0 to 1 in per cent: 0.8512 as 85.1 %."""
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def with_interval(value: float, interval: tuple[float, float]) -> str:
    """A share with its interval in per cent: 85.2 % (81.0 to 88.7)."""
    return f"{100 * value:.1f} % ({100 * interval[0]:.1f} to {100 * interval[1]:.1f})"


def figure(metric: str, value: float | None) -> str:
    """A metric as it is read: 85.2 % for a share, 0.843 for an error in units of the score."""
    return metric_figure(metric, value, undefined="–")


def figure_with_interval(metric: str, result: dict[str, Any]) -> str:
    """A metric of a result with the interval in which its true value may lie, or the word that there is none."""
    value, interval = result["metrics"].get(metric), interval_of(result, metric)
    if value is None:
        return "–"
    if interval is None:
        return f"{figure(metric, value)} (no interval)"
    if METRICS[metric].share:
        return with_interval(value, interval)
    return f"{readable(value)} ({readable(interval[0])} to {readable(interval[1])})"


def result_task(result: dict[str, Any]) -> Task:
    """The task of a finished run."""
    return task_of(result.get("task", "single_label"))


def headline(result: dict[str, Any]) -> str:
    """The figure that stands for a run, such as 85.2 % accuracy."""
    name = headline_of(result)
    return f"{figure(name, result['metrics'][name])} {spoken(name)}"


def best_baseline(result: dict[str, Any]) -> dict[str, Any] | None:
    """The baseline that the verdict on a result is about; None where it has none."""
    against = (result.get("verdict") or {}).get("against")
    return next((line for line in result.get("baselines", []) if line["name"] == against), None)


def run_source(run: Run) -> str:
    """The source of a run as people call it; empty where its settings cannot be read."""
    try:
        return source_name(run.config.source)
    except RunError:
        return ""


def spoken(metric: str) -> str:
    """A metric's name inside a sentence: accuracy, macro-F1, RMSE."""
    return METRICS[metric].spoken


def amid(title: str) -> str:
    """A title as it stands amid a sentence: a small first letter, where it is no abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def answer(stored: Any, kind: str) -> str:
    """One stored answer for a reader: labels with commas, scores with three digits.

    Args:
        kind: the task's: single_label, multi_label or regression.
    """
    if kind == "regression":
        return readable(float(stored))
    return ", ".join(split_labels(str(stored))) or "no label" if kind == "multi_label" else str(stored)


def ago(moment: float | None) -> str:
    """How long ago a unix time was, in words."""
    if not moment:
        return ""
    seconds = time.time() - moment
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def dataset_name(dataset: str) -> str:
    """A data set as its owner calls it, with the number of its version; its id where it has been deleted."""
    from core.data.sets.store import get_dataset
    from core.data.sets.versions import version_title

    try:
        return version_title(get_dataset(dataset))
    except GraftError:
        return dataset


def source_name(model: str) -> str:
    """A source as people call it; the word none where there is none."""
    if not model:
        return "none"
    if model == "minilm":
        return "MiniLM (built in)"
    if model in INDEX_SOURCES:
        return INDEX_SOURCES[model].title
    if model.startswith("run:"):
        try:
            return f"earlier run {get_run(model[4:]).name}"
        except RunError:
            return f"earlier run {model[4:]}"
    if model.startswith("weights:"):
        file, _, architecture = model.removeprefix("weights:").rpartition("@")
        return f"{file.split('/')[-1]} on {source_name(architecture)}"
    return model.rstrip("/").split("/")[-1]
