"""What each command does; imports are inside, so that `--help` and `runs list` answer at once."""

import argparse
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from core import workspace
from core.cli.folds import cross_validate, runs_folds  # noqa: F401
from core.cli.output import Output, percent, table
from core.cli.versions import data_export, data_fix, data_relabel, data_suspects, data_versions  # noqa: F401
from core.errors import GraftError, RunError
from core.runs.folder import ACTIVE, Run, get_run, list_runs
from core.tasks import METRICS, readable, task_of


def data_add(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.add import add_dataset

    delimiter = {"\\t": "\t", "tab": "\t"}.get(arguments.delimiter or "", arguments.delimiter)
    dataset, known = add_dataset(
        arguments.file, name=arguments.name, text=arguments.text, label=arguments.label,
        text_pair=arguments.text_pair, split=arguments.split, group=arguments.group, delimiter=delimiter,
        encoding=arguments.encoding, sheet=arguments.sheet, seed=arguments.seed, no_label=arguments.no_label,
        **_other_roles(arguments),
        header=arguments.header, progress=lambda share: out.bar(share, "reading"),
    )  # fmt: skip
    value = _told(dataset) | {"already_stored": known}
    out.answer(value, [
        f"{'Already stored' if known else 'Stored'}: {dataset.id} ({dataset.rows:,} rows, "
        f"{dataset.skipped_rows:,} set aside; text {dataset.text!r}, label {dataset.label!r}; {_answers_of(dataset)}).",
        *dataset.warnings,
    ])  # fmt: skip
    return 0


def _other_roles(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "task": {"score": "regression"}.get(arguments.task or "", arguments.task), "labels": tuple(arguments.labels),
        "separator": {"\\t": "\t", "tab": "\t"}.get(arguments.separator or "", arguments.separator),
        "domain": arguments.domain, "language": arguments.language, "id": arguments.id, "ignore": tuple(arguments.ignore),
    }  # fmt: skip


def _answers_of(dataset: Any) -> str:
    if dataset.task == "unlabelled":
        return "no labels"
    if dataset.task == "regression":
        return "a score"
    return f"{len(dataset.labels)} " + ("labels, several a row" if dataset.task == "multi_label" else "classes")


def data_list(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.store import list_datasets

    sets = [_told(each) for each in list_datasets()]
    shown = table(sets, ("dataset", "rows", "task", "text", "label"))
    out.answer({"datasets": sets}, shown if sets else ["No data set yet. Add one: python -m core data add FILE"])
    return 0


def data_show(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.store import get_dataset

    value = _told(get_dataset(arguments.dataset))
    out.answer(value, [f"{key}: {entry}" for key, entry in value.items()])
    return 0


def data_check(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.data.checks import check_dataset
    from core.data.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    found = check_dataset(
        dataset, arguments.model, arguments.max_length, progress=lambda what, share: out.bar(share, what)
    )
    checks = [asdict(check) | {"rows": list(check.rows)} for check in found]
    lines = [f"{check['level']:8} {check['name']}: {check['message']}" for check in checks]
    out.answer({"dataset": dataset.id, "checks": checks}, lines)
    return 0


def source(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.models.overlay import join_source, lay_onto

    key = join_source(Path(arguments.file).expanduser().resolve(), arguments.onto)
    _, fit = lay_onto(key)
    lines = [fit.sentence, *(f"{row['tensor']}: {row['state']}" for row in fit.table() if row["state"] != "matched")]
    out.answer({"source": key, "sentence": fit.sentence} | asdict(fit), [*lines, f"Use it: --model '{key}'"])
    return 0


def train(arguments: argparse.Namespace, out: Output) -> int:
    from core.cli.parser import run_config
    from core.data.store import get_dataset
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
    value = _state_of(run)
    out.answer(value, _state_lines(run, value))
    return 0 if value["status"] == "finished" else 1


def lr_range(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.cli.parser import run_config
    from core.data.store import get_dataset
    from core.jobs.rate_test import carry_out, measure

    if arguments.into:
        return carry_out(Path(arguments.into))
    config = run_config(arguments, get_dataset(arguments.dataset).id)
    found = measure(config, lambda done, total: out.bar(done / total, f"step {done} of {total}"))
    shown = [f"{rate:8.1e}  {loss:.4f}" for rate, loss in zip(found.rates, found.smooth, strict=True)]
    out.answer(asdict(found), ["    rate  loss (smoothed)", *shown[::4], found.sentence])
    return 0


def runs_list(arguments: argparse.Namespace, out: Output) -> int:
    runs = [_state_of(run) for run in list_runs()]
    shown = [each | {"score": _score(each)} for each in runs]
    lines = table(shown, ("run", "status", "score", "name"))
    out.answer({"runs": runs}, lines if runs else ["No run yet. Start one: python -m core train --dataset DATASET"])
    return 0


def runs_show(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.scheduler import ensure_scheduler

    run = get_run(arguments.run)
    if run.state in ("queued", *ACTIVE):
        ensure_scheduler()  # so that a dead worker is noticed
    value = _state_of(run)
    out.answer(value, _state_lines(run, value))
    return 0


def runs_stop(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.queue import stop

    run = get_run(arguments.run)
    stop(run)
    value = _state_of(run)
    out.answer(value, [f"{run.id}: {value['status']}"])
    return 0


def runs_resume(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.queue import resume

    run = get_run(arguments.run)
    resume(run)
    value = _state_of(run)
    out.answer(value, [f"{run.id}: {value['status']}"])
    return 0


def predict(arguments: argparse.Namespace, out: Output) -> int:
    from core.evaluation.predict import predict_file

    run = get_run(arguments.run)
    rows = predict_file(
        run, Path(arguments.input), Path(arguments.output), text=arguments.text, text_pair=arguments.text_pair,
        device=arguments.device, progress=lambda done, total: out.bar(done / max(1, total), f"{done:,} of {total:,} rows"),
    )  # fmt: skip
    value = {"run": run.id, "rows": rows, "output": str(Path(arguments.output).resolve())}
    out.answer(value, [f"{rows:,} rows written to {value['output']}."])
    return 0


def compare(arguments: argparse.Namespace, out: Output) -> int:
    from core.evaluation.compare import compare_runs

    if len(arguments.runs) < 2:
        raise RunError(f"Only one run was named: {arguments.runs[0]}.", "A comparison needs two or more.")
    runs = [get_run(each) for each in arguments.runs]
    found = compare_runs(runs)
    value = {
        "runs": list(found.runs), "same_rows": found.same_rows, "note": found.note,
        "differences": found.differences, "tests": found.tests,
        "metrics": {run.id: _state_of(run)["metrics"] for run in runs},
    }  # fmt: skip
    lines = [found.note, *(f"{name}: {values}" for name, values in found.differences.items())]
    out.answer(value, [*lines, *(test["sentence"] for test in found.tests)])
    return 0


def rank(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.data.store import get_dataset
    from core.transfer.ranking import rank_sources

    candidates, seconds = rank_sources(
        get_dataset(arguments.dataset), arguments.source, rows=arguments.rows,
        progress=lambda done, total: out.bar(done / max(1, total), "encoding"),
    )  # fmt: skip
    rows = [asdict(each) for each in candidates]
    lines = table(rows, ("rank", "source", "h_score", "logme", "probe", "error"))
    out.answer({"candidates": rows, "seconds": seconds}, lines)
    return 0


def retention(arguments: argparse.Namespace, out: Output) -> int:
    from core.transfer.retention import retention as measure

    run = get_run(arguments.run)
    value = {"run": run.id} | measure(run)
    out.answer(value, [value["sentence"]])
    return 0


def doctor(arguments: argparse.Namespace, out: Output) -> int:
    from core.doctor import examine

    value = examine()
    lines = [f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}: {check['message']}" for check in value["checks"]]
    out.answer(value, lines)
    return 0 if value["ok"] else 1


def start(arguments: argparse.Namespace, out: Output) -> int:
    """Become the web server, on the first free port from the one that was asked for."""
    port = next((each for each in range(arguments.port, arguments.port + 50) if _is_free(each)), None)
    if port is None:
        raise GraftError(f"The ports {arguments.port} to {arguments.port + 49} are all taken.", "Give another --port.")
    if port != arguments.port:
        out.say(f"Port {arguments.port} is taken; using {port}.")
    out.say(f"Graft is at http://localhost:{port}  (Ctrl-C ends the app; runs under way go on)")
    os.chdir(workspace.PROJECT)
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    os.execv(sys.executable, [*command, "--server.address", arguments.address])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


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


def _told(dataset: Any) -> dict[str, Any]:
    value = dataset.to_json()
    return {"dataset": dataset.id} | {key: value[key] for key in (
        "name", "rows", "skipped_rows", "skipped", "columns", "text", "label", "text_pair", "split", "group", "task",
        "format", "encoding", "delimiter", "labels", "counts", "sizes", "label_columns", "separator", "domain", "language",
        "id_column", "warnings", "created", "source_name", "fingerprint",
    )}  # fmt: skip


def _state_of(run: Run) -> dict[str, Any]:
    """How a run stands, in the words of the contract."""
    status, result = run.status, run.result or {}
    if status["state"] != "finished":
        result = {}
    metrics = dict(result.get("metrics", {}))
    task = task_of(result.get("task", "single_label"))
    baselines = {each["name"]: each["metrics"][task.headline] for each in result.get("baselines", [])}
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
        value |= {"baselines": baselines, "task": task.kind, "headline": task.headline}
        value |= (
            {"thresholds": dict(zip(result["labels"], result["thresholds"], strict=True))}
            if result.get("thresholds")
            else {}
        )
    return value


def _state_lines(run: Run, value: dict[str, Any]) -> list[str]:
    lines = [f"{run.id} ({run.name}): {value['status']}, step {value['step']} of {value['total_steps'] or '?'}"]
    if value["error"]:
        lines.append(f"{value['error']['message']} {value['error']['hint']}")
    if value["metrics"]:
        lines.append(
            ", ".join(
                f"{METRICS[name].spoken} {_said(name, value['metrics'][name])}"
                f" (95 % interval {_said(name, low)} to {_said(name, high)})"
                for name, (low, high) in value["intervals"].items()
            ) + f" on {value['rows']:,} {value['split']} rows"
        )  # fmt: skip
        lines += [f"baseline {name}: {_said(value['headline'], score)}" for name, score in value["baselines"].items()]
        lines += [
            value["verdict"]["sentence"],
            f"trained for {value['seconds']:.1f} s at {value['tokens_per_second']:,.0f} tokens/s",
        ]
    return lines


def _score(value: dict[str, Any]) -> str:
    """The headline figure of a run for the list."""
    name = value.get("headline")
    return f"{METRICS[name].title} {_said(name, value['metrics'][name])}" if name else ""


def _said(metric: str, value: float | None) -> str:
    if value is None:
        return "not defined"
    return percent(value) if METRICS[metric].share else readable(value)
