"""Commands around runs: start one and follow it, list, show, stop, resume, try learning rates."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.cli.output import Output, table
from core.errors import GraftError
from core.evaluation.notes import caveat_in, verdict_in
from core.runs.folder import ACTIVE, Run, get_run, list_runs
from core.tasks import METRICS, figure, headline_of, interval_of, span, task_of


def train(arguments: argparse.Namespace, out: Output) -> int:
    from core.cli.parser import run_config
    from core.data.sets.store import get_dataset
    from core.jobs.queue import submit
    from core.models.sources import check_source
    from core.training.devices import find_device

    dataset = get_dataset(arguments.dataset)
    config = run_config(arguments, dataset.id)
    info = check_source(config.model, config.revision)
    if not info.available:
        raise GraftError(f"The source {config.model!r} is not available: {info.why_not}", "Use --model minilm.")
    if config.device != "auto":
        find_device(config.device)
    run = submit(config, arguments.name)
    out.say(f"Queued {run.id} ({run.name}).")
    if arguments.no_wait:
        out.answer({"run": run.id, "status": run.state}, [run.id])
        return 0
    try:
        _follow(run, out)
    except KeyboardInterrupt:
        out.say(f"Still under way; it goes on without this window. See: python -m core runs show {run.id}")
    value = state_of(run)
    out.answer(value, _state_lines(run, value))
    return 0 if value["status"] == "finished" else 1


def lr_range(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.cli.parser import run_config
    from core.data.sets.store import get_dataset
    from core.jobs.rate_test import carry_out, measure

    if arguments.into:
        return carry_out(Path(arguments.into))
    config = run_config(arguments, get_dataset(arguments.dataset).id)
    found = measure(config, lambda done, total: out.bar(done / total, f"step {done} of {total}"))
    shown = [f"{rate:8.1e}  {loss:.4f}" for rate, loss in zip(found.rates, found.smooth, strict=True)]
    out.answer(asdict(found), ["    rate  loss (smoothed)", *shown[::4], found.sentence])
    return 0


def runs_list(arguments: argparse.Namespace, out: Output) -> int:
    runs = [state_of(run) for run in list_runs()]
    shown = [each | {"score": _score(each)} for each in runs]
    lines = table(shown, ("run", "status", "score", "name"))
    out.answer({"runs": runs}, lines if runs else ["No run yet. Start one: python -m core train --dataset DATASET"])
    return 0


def runs_show(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.scheduler import ensure_scheduler

    run = get_run(arguments.run)
    if run.state in ("queued", *ACTIVE):
        ensure_scheduler()  # so that a dead worker is noticed
    value = state_of(run)
    out.answer(value, _state_lines(run, value))
    return 0


def runs_stop(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.queue import stop

    return _changed(get_run(arguments.run), stop, out)


def runs_resume(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.queue import resume

    return _changed(get_run(arguments.run), resume, out)


def _changed(run: Run, change: Callable[[Run], object], out: Output) -> int:
    """Change a run and tell how it stands then."""
    change(run)
    value = state_of(run)
    out.answer(value, [f"{run.id}: {value['status']}"])
    return 0


def state_of(run: Run) -> dict[str, Any]:
    """How a run stands, in the words of the contract."""
    status, result = run.status, run.result or {}
    if status["state"] != "finished":
        result = {}
    metrics = dict(result.get("metrics", {}))
    task = task_of(result.get("task", "single_label"))
    headline = headline_of(result)
    baselines = {each["name"]: each["metrics"][headline] for each in result.get("baselines", [])}
    value: dict[str, Any] = {
        "run": run.id, "name": run.name, "status": status["state"], "step": status.get("step", 0),
        "total_steps": status.get("total_steps"), "phase": status.get("phase"), "progress": status.get("progress"),
        "eta_seconds": status.get("eta_seconds"), "device": status.get("device"), "attempt": status.get("attempt"),
        "config": run.config.to_json(), "metrics": metrics, "error": status.get("error"),
        "seconds": result.get("seconds"), "tokens_per_second": result.get("tokens_per_second"),
    }  # fmt: skip
    if result:
        value |= {
            name: result[name] for name in ("split", "rows", "intervals", "verdict", "total_seconds", "train_rows")
        }
        value |= {"baselines": baselines, "task": task.kind, "headline": headline}
        value |= {"caveat": caveat_in(result), "notes": result.get("notes", [])}
        value |= (
            {"thresholds": dict(zip(result["labels"], result["thresholds"], strict=True))}
            if result.get("thresholds")
            else {}
        )
    return value


def _follow(run: Run, out: Output) -> None:
    """Show progress until the run has ended, and keep a scheduler alive meanwhile."""
    from core.jobs.queue import position
    from core.jobs.scheduler import ensure_scheduler
    from core.training.estimate import duration

    said, looked = "", 0.0
    while (status := run.status)["state"] in ("queued", *ACTIVE):
        if time.monotonic() - looked > 5:
            ensure_scheduler()
            looked = time.monotonic()
        ahead = position(run) if status["state"] == "queued" else None
        phase = f"waiting, {ahead} before it" if ahead else str(status.get("phase") or status["state"])
        eta = status.get("eta_seconds")
        out.bar(status.get("progress") or 0.0, phase + (f", {duration(eta)} left" if eta else ""))
        if phase != said:
            said = phase
            if out.as_json:
                out.say(phase)
        time.sleep(0.3)


def _state_lines(run: Run, value: dict[str, Any]) -> list[str]:
    lines = [f"{run.id} ({run.name}): {value['status']}, step {value['step']} of {value['total_steps'] or '?'}"]
    if value["error"]:
        lines.append(f"{value['error']['message']} {value['error']['hint']}")
    if value["metrics"]:
        lines.append(
            ", ".join(
                f"{METRICS[name].spoken} {figure(name, value['metrics'][name])} ({span(name, interval_of(value, name))})"
                for name in value["intervals"]
            ) + f" on {value['rows']:,} {value['split']} rows"
        )  # fmt: skip
        lines += [f"baseline {name}: {figure(value['headline'], score)}" for name, score in value["baselines"].items()]
        lines += [
            verdict_in(value),
            *value["notes"],
            f"trained for {value['seconds']:.1f} s at {value['tokens_per_second']:,.0f} tokens/s",
        ]
    return lines


def _score(value: dict[str, Any]) -> str:
    """The headline figure of a run for the list."""
    name = value.get("headline")
    return f"{METRICS[name].title} {figure(name, value['metrics'][name])}" if name else ""
