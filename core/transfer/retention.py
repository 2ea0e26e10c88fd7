"""Retention: what a run kept of what its source could do."""

from contextlib import suppress
from typing import Any

import numpy as np

from core.errors import RunError, StorageError
from core.metrics.accuracy import mcnemar, wilson_interval
from core.metrics.table import METRICS
from core.models.mixing import encoder_weights
from core.results.predictor import Predictor
from core.runs.folder import Run, no_result
from core.tasks import figure, headline_of
from core.transfer.abilities import abilities_of

MARGIN = 0.02  # a loss below this counts as none


def retention(run: Run) -> dict[str, Any]:
    """The source's ability before and after the run, beside what the run gained on its target; kept with the run.

    A run that started from an earlier run is asked to do the earlier task again, with the earlier head on its new
    encoder. Any other source is asked what every sentence encoder can do (``core.transfer.abilities``).

    Returns:
        ``source_before``, ``source_after`` and ``target`` in 0..1 with ``source_before_interval`` and
        ``source_after_interval`` (95 %, Wilson); ``difference`` after less before with ``interval`` and ``p`` of the paired test
        on the same texts, and ``verdict``: lost, no_loss_shown or kept; ``task`` and ``sentence`` in words, and ``rows``.
        ``gain`` on the target beside the strongest baseline, None where there is none. ``also``: the same of further abilities.

    Raises:
        RunError: when the run has no result.
    """
    check_asked(run, "Measure it when it has finished.")
    result = run.result or {}
    name, weights = headline_of(result), encoder_weights(Predictor.load(run).classifier.model)
    target = {"target": result["metrics"][name], "target_metric": name}
    told = []
    for ability in abilities_of(run):
        measured = paired_retention(ability.before, ability.ask(weights)) | {"task": ability.task} | target
        told.append(measured | {"sentence": retention_sentence(measured)})
    kept = told[0] | {"gain": (result.get("verdict") or {}).get("difference"), "also": told[1:]}
    with suppress(StorageError):  # where nothing can be written it is measured again next time
        run.write_retention(kept)
    return kept


def check_asked(run: Run, hint: str) -> None:
    """Refuse a run that has no model, or no source whose ability could be kept.

    Raises:
        RunError: with the reason.
    """
    if run.result is None or (run.config.source and not (run.model / "config.json").exists()):
        raise no_result(run, hint)
    if not run.config.source:
        raise RunError(
            f"Run {run.name} has no source whose ability could be kept: it counts words.", "Name another run."
        )


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


def retention_sentence(measured: dict[str, Any]) -> str:
    """What was kept, in words, with the interval and the texts."""
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
