"""How a run stands, in the words of the contract and in lines for a reader."""

from typing import Any

from core.errors import RunError
from core.evaluation.notes import caveat_in, verdict_in
from core.jobs.queue import held_up
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.tasks import figure, headline_of, interval_of, span, task_of


def state_of(run: Run) -> dict[str, Any]:
    """How a run stands.

    Returns:
        run, name, status, step, total_steps, phase, progress (0 to 1), eta_seconds, device, attempt, config, metrics,
        error, held_up (why it does not go on though nothing is before it; else None), seconds and
        tokens_per_second (of the training). Once it has finished also split, rows, intervals,
        verdict, total_seconds, train_rows, baselines (the headline figure of each), task, headline (a metric's name),
        caveat (what the judged rows have chosen), notes (what is left out or not defined), warnings (sentences about
        the data that touch the score), retention (what was kept of the source, None where it was
        not measured), sequence (its tasks, likewise), and thresholds by label where it gives several labels.
    """
    status = run.status
    try:
        config = run.config.to_json()
    except RunError:  # the status says that the run is damaged, and why
        config = {}
    result = (run.result or {}) if status["state"] == "finished" else {}
    state: dict[str, Any] = {
        "run": run.id, "name": run.name, "status": status["state"], "step": status.get("step", 0),
        "total_steps": status.get("total_steps"), "phase": status.get("phase"), "progress": status.get("progress"),
        "eta_seconds": status.get("eta_seconds"), "device": status.get("device"), "attempt": status.get("attempt"),
        "config": config, "metrics": dict(result.get("metrics", {})), "error": status.get("error"),
        "held_up": held_up(run) or None,
        "seconds": result.get("seconds"), "tokens_per_second": result.get("tokens_per_second"),
    }  # fmt: skip
    return state | (_outcome(result) | {"retention": run.retention, "sequence": run.sequence} if result else {})


def _outcome(result: dict[str, Any]) -> dict[str, Any]:
    """What only a finished run has."""
    task = task_of(result.get("task", "single_label"))
    outcome = {name: result[name] for name in ("split", "rows", "intervals", "verdict", "total_seconds", "train_rows")}
    name = headline_of(result)
    outcome["baselines"] = {baseline["name"]: baseline["metrics"][name] for baseline in result.get("baselines", [])}
    outcome["intervals"] = {metric: ends for metric, ends in outcome["intervals"].items() if metric in METRICS}
    outcome |= {"task": task.kind, "headline": name, "warnings": list(result.get("warnings", []))}
    outcome |= {"caveat": caveat_in(result), "notes": result.get("notes", [])}
    if result.get("thresholds"):
        outcome["thresholds"] = dict(zip(result["labels"], result["thresholds"], strict=True))
    return outcome


def state_lines(state: dict[str, Any]) -> list[str]:
    """The same for a reader, from what ``state_of`` gave."""
    lines = [
        f"{state['run']} ({state['name']}): {state['status']}, step {state['step']} of {state['total_steps'] or '?'}"
    ]
    if state["error"]:
        lines.append(f"{state['error']['message']} {state['error']['hint']}")
    if state["held_up"]:
        lines.append(state["held_up"])
    if not state["metrics"]:
        return lines
    speed = state["tokens_per_second"]
    scores = ", ".join(
        f"{METRICS[name].spoken} {figure(name, state['metrics'][name])} ({span(name, interval_of(state, name))})"
        for name in state["intervals"]
    )
    return [
        *lines,
        f"{scores} on {state['rows']:,} {state['split']} rows",
        *(f"baseline {name}: {figure(state['headline'], score)}" for name, score in state["baselines"].items()),
        verdict_in(state),
        *state["notes"],
        *(f"Mind: {warning}" for warning in state["warnings"]),
        f"trained for {state['seconds']:.1f} s" + (f" at {speed:,.0f} tokens/s" if speed else ""),
    ]


def headline(state: dict[str, Any]) -> str:
    """The figure that stands for a run in a list; empty while it has none."""
    name = state.get("headline")
    return f"{METRICS[name].title} {figure(name, state['metrics'][name])}" if name else ""
