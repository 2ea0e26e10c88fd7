"""The last phase of a run: baselines, the result, and what the run leaves in its folder."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import workspace
from core.config import ADAPT_NONE
from core.data.cleaning.checks.verdict import verdict_warnings
from core.data.sets.store import DataSet
from core.errors import DatasetError
from core.evaluation.baselines import Baseline
from core.evaluation.headline import headline_for
from core.evaluation.notes import caveat_of
from core.evaluation.prediction_table import prediction_table
from core.evaluation.result import build_result
from core.jobs.compute import Compute
from core.jobs.phases.choosing import Chosen
from core.jobs.phases.judging import Judged, complete_model
from core.jobs.phases.no_labels import without_labels
from core.jobs.phases.preparing import Prepared, load_source
from core.jobs.recorder import RunRecorder
from core.jobs.successor import FOLLOWS
from core.jobs.waiting import share_waited
from core.models.adapters import attach
from core.models.depths import depths, layer_rates, movement
from core.models.sources import source_fit
from core.models.trained import plan
from core.results.baseline_cache import cached_baselines
from core.runs.folder import Run
from core.runs.ties import study_tie
from core.strategies.registry import STRATEGIES
from core.training.energy import watt_hours
from core.training.events import TrainingDone
from core.training.speeds import remember_speed


def finish(
    chosen: Chosen,
    prepared: Prepared,
    compute: Compute,
    done: TrainingDone,
    judged: Judged,
    recorder: RunRecorder,
    began: float,
) -> None:
    """Judge the run beside its baselines and write predictions, model and result, each whole or not at all.

    Args:
        began: when this attempt began, in seconds since the epoch.
    """
    run, config, task = recorder.run, chosen.config, chosen.task
    recorder.phase("baselines")
    parts = chosen.parts
    baselines = cached_baselines(chosen.dataset, parts["train"], parts["test"], config.seed, parts["validation"])
    by_names, no_names = without_labels(chosen, prepared, is_asked=study_tie(run) is not None)
    warnings = _data_warnings(chosen, prepared) + (recorder.left_out or chosen.told_left_out)

    def facts() -> dict[str, Any]:
        told = _facts(chosen, prepared, compute, done, recorder, began)
        return told | {"warnings": warnings, "names_left_out": no_names}

    def save(folder: Path) -> None:
        prepared.classifier.model.to("cpu")  # type: ignore[arg-type]
        complete_model(prepared.classifier, task, judged)
        prepared.classifier.save(folder)

    result = keep(chosen, judged, baselines + by_names, facts, save, recorder, caveat_of(chosen.judged_on, task))
    if not config.beside and config.read_along == ADAPT_NONE:  # steps of several tasks tell nothing of those of one
        remember_speed(config, compute.device.name, result["tokens_per_second"], result["waited"])


def keep(
    chosen: Chosen,
    judged: Judged,
    baselines: list[tuple[Baseline, float]],
    facts: Callable[[], dict[str, Any]],
    save: Callable[[Path], None],
    recorder: RunRecorder,
    caveat: str | None,
) -> dict[str, Any]:
    """Write predictions, model and result, each whole or not at all; gives the result.

    Args:
        baselines: with the seconds each took.
        facts: gives what the result tells beside the scores.
        save: writes the model into an empty folder.
        caveat: what makes the figures kinder than new rows would be, in a sentence.
    """
    run, task, labels = recorder.run, chosen.task, chosen.dataset.labels
    recorder.phase("saving")
    result = build_result(
        judged.truth, judged.outputs, labels, baselines, task, judged.thresholds,
        headline=headline_for(task, chosen.class_rows),
        caveat=caveat,
    )  # fmt: skip
    result |= facts()
    table = prediction_table(chosen.parts["test"], judged.truth, judged.outputs, labels, task, judged.thresholds)
    with workspace.replace_file(run.predictions(chosen.judged_on)) as aside:
        table.to_parquet(aside, compression="zstd", index=False)
    with workspace.replace_folder(run.model) as folder:
        save(folder)
    run.write_result(result)
    run.drop_checkpoints()
    return result


def facts_of(chosen: Chosen, done: TrainingDone, recorder: RunRecorder, began: float) -> dict[str, Any]:
    """What the result of any run tells of its rows and its time."""
    before = (recorder.adapted, recorder.self_trained)  # which is training too
    seconds = done.seconds + sum(float((told or {}).get("seconds", 0.0)) for told in before)
    return {
        "split": chosen.judged_on, "evaluated_of": chosen.judged_of, "train_rows": len(chosen.parts["train"]),
        "validation_rows": len(chosen.parts["validation"]), "labels": list(chosen.dataset.labels),
        "rows_digest": _digest(chosen.dataset, chosen.parts["test"]["row"].to_numpy()),
        "waited": share_waited(**(recorder.reporter.status.get("fitting") or {"ran": 0.0, "waited": 0.0})),
        "seconds": seconds, "tokens_per_second": done.tokens / max(done.seconds, 1e-9),
        "train_tokens": done.tokens, "total_seconds": time.time() - began + _earlier_attempts(recorder.run),
        "attempts": recorder.reporter.status.get("attempt", 1), "best_step": done.best_step,
        "stopped_early": done.stopped_early, "parameters": recorder.parameters, "peak_memory_mib": _peak_memory(recorder),
        "energy_wh": watt_hours(seconds, str(recorder.reporter.status.get("device"))),
    }  # fmt: skip


def _facts(
    chosen: Chosen, prepared: Prepared, compute: Compute, done: TrainingDone, recorder: RunRecorder, began: float
) -> dict[str, Any]:
    """What the result tells beside the scores."""
    train = prepared.encoded["train"].encoded
    return facts_of(chosen, done, recorder, began) | {
        "epochs": chosen.config.epochs, "averaging": recorder.averaging, "joint": recorder.joint, "adapted": recorder.adapted,
        "along": recorder.along, "self_trained": recorder.self_trained,
        "source_fit": source_fit(chosen.config.model),
        "layers": _layers(chosen, prepared), "share_cut": train.cut / max(1, train.rows),
        "max_length": prepared.max_length, "device": compute.device.name,
        "device_title": compute.device.title, "precision": compute.precision,
        "validation": _validation(recorder.run),
    }  # fmt: skip


def _peak_memory(recorder: RunRecorder) -> int | None:
    """MiB of this process; None where it carried out another run before, whose memory it still holds."""
    status = recorder.reporter.status
    return None if status.get(FOLLOWS) else status.get("peak_memory_mib")


def _data_warnings(chosen: Chosen, prepared: Prepared) -> list[str]:
    """What the rows of this run say about its score."""
    whole = chosen.config.truncation == "windows"
    try:
        return verdict_warnings(chosen.dataset, used_rows(chosen), chosen.config.source, prepared.max_length, whole)
    except DatasetError as error:  # deleted while the run was under way: what it has learnt is not lost for that
        return [f"What the rows say about the score was not looked for: {error.message}"]


def used_rows(chosen: Chosen) -> dict[str, pd.DataFrame]:
    """The rows of each part; those of validation once, where they judge as well."""
    return {part: rows for part, rows in chosen.parts.items() if part != "test" or chosen.judged_on == "test"}


def _earlier_attempts(run: Run) -> float:
    """Seconds of the attempts before this one, each from its beginning to the last that it told."""
    moments: list[list[float]] = []
    for event in run.events():
        if event.get("event") == "attempt":
            moments.append([])
        if moments and "time" in event:
            moments[-1].append(event["time"])
    return sum(times[-1] - times[0] for times in moments[:-1] if times)


def _layers(chosen: Chosen, prepared: Prepared) -> dict[str, list[float]] | None:
    """How far each layer moved from the source, and at which share of the learning rate, embeddings first."""
    strategy = STRATEGIES[chosen.config.strategy]
    if strategy.from_scratch or not strategy.teacher.steps:  # there is no source to have moved from, or nothing moved
        return None
    start = load_source(chosen.config, chosen.dataset, chosen.task).model
    moved = movement(prepared.classifier.model, start)
    attach(start, chosen.config)
    return {"moved": moved, "rates": layer_rates(plan(start, chosen.config), depths(start)[0])}


def _validation(run: Run) -> dict[str, Any] | None:
    best = [event for event in run.events("evaluated") if event["best"]]
    outside = ("event", "time", "epoch", "best", "tasks")
    return {name: value for name, value in best[-1].items() if name not in outside} if best else None


def _digest(dataset: DataSet, rows: np.ndarray) -> str:
    """Names the rows that a run was judged by: equal digests can be compared row by row."""
    return hashlib.sha256(dataset.fingerprint.encode() + np.sort(rows).astype(np.int64).tobytes()).hexdigest()[:16]
