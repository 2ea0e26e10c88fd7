"""The live view: the one part of a page that redraws itself while a run works."""

import time
from pathlib import Path
from typing import Any

import streamlit as st

from core import charts
from core.errors import GraftError
from core.jobs.queue import held_up, position
from core.jobs.waiting import SLOWED
from core.runs.folder import ACTIVE, DAMAGED, Run
from core.runs.history import History, history_of
from core.training.estimate import duration
from pages.components.results.tasks import task_curves
from pages.components.shared.cards import figure_cards
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.states import phase_told
from pages.components.shared.theme import show_chart
from pages.components.shared.words import plain

EVERY = 2.0  # seconds between two looks
REDRAW = 5.0  # seconds that a curve stands still: each new drawing rebuilds the chart (streamlit#16052)


def live_view(run: Run, state: str) -> None:
    """Progress, curves and log of a run that has not finished; ``state`` is the one for which the page is drawn."""
    under_way = state in ("queued", *ACTIVE)
    live = under_way and st.toggle(
        "Live",
        value=True,
        key="live",
        help="Off: the view holds still, so that you can zoom and read. The run goes on.",
    )
    if under_way and not live:
        st.caption("The view holds still; the run goes on.")
    st.fragment(_panel, run_every=EVERY if live else None)(run.id, state, run.path)


def _panel(run_id: str, shown_state: str, path: Path) -> None:
    """What redraws itself; ``shown_state`` is the one for which the rest of the page was drawn."""
    with shown_errors():
        _draw(Run(run_id, path), shown_state)


def _draw(run: Run, shown_state: str) -> None:
    status = run.status
    if status["state"] != shown_state:
        st.rerun()  # the buttons and the header belong to another state
    _trouble(status)
    _progress(run, status)
    _busy(status)
    history = _history(run, hold=status["state"] in ACTIVE)
    _figures(status)
    if len(history.steps) or len(history.evaluations):
        _curves(history)
    elif status["state"] in ("starting", "running"):
        st.caption("The curves begin with the first training step.")
    for warning in history.warnings:
        st.caption(f":material/info: {plain(warning)}")
    with st.expander("Log: what the training process wrote", expanded=status["state"] == "failed"):
        st.code(run.log_tail() or "Nothing logged yet.", language=None, height=240, wrap_lines=True)


def _history(run: Run, hold: bool) -> History:
    """The curves, read on from where the last look ended; with ``hold`` at most every few seconds."""
    events, offset, drawn_at = st.session_state.get("_events", {}).get(run.id, ([], 0, 0.0))
    now = time.monotonic()
    if not hold or now - drawn_at >= REDRAW or not any(event.get("event") == "step" for event in events):
        newer, offset = run.events_from(offset)
        events = [*events, *newer]
        st.session_state["_events"] = {run.id: (events, offset, now)}
    return history_of(events)


def _trouble(status: dict[str, Any]) -> None:
    """Why a run ended before its time."""
    error = status.get("error")
    if error and status["state"] in ("failed", "interrupted", DAMAGED):
        show_error(GraftError(str(error["message"]), str(error.get("hint") or "")))
    elif status["state"] == "stopped":
        st.info("Stopped as asked. Resume goes on from the checkpoint.", icon=":material/pause:")


def _progress(run: Run, status: dict[str, Any]) -> None:
    """The bar with the phase, how far it is, and the time left."""
    if status["state"] == "queued":
        ahead = position(run)
        st.progress(0.0, text=f"Waiting: {ahead} before it." if ahead else "Waiting: it starts next.")
    if trouble := held_up(run):
        st.warning(trouble, icon=":material/hourglass_disabled:")
    if status["state"] == "queued":
        return
    share = float(status.get("progress") or 0.0)
    phase = phase_told(status)
    done, total = status.get("phase_done"), status.get("phase_total")
    steps = f", step {status.get('step', 0):,} of {status['total_steps']:,}" if status.get("total_steps") else ""
    detail = steps if status.get("phase") == "training" else f", {100 * done / total:.0f} %" if done and total else ""
    left = f" · about {duration(status['eta_seconds'])} left" if status.get("eta_seconds") else ""
    st.progress(min(1.0, share), text=f"{phase}{detail}{left}" if status["state"] in ACTIVE else f"{phase}{detail}")


def _busy(status: dict[str, Any]) -> None:
    """Whether other programs slow the run down, and by how much."""
    waited = status.get("waited") or 0.0
    if status["state"] in ACTIVE and waited >= SLOWED:
        st.caption(
            f":material/hourglass_top: Other programs slow this run down: {100 * waited:.0f} % of the time it waits for a processor "
            "that they hold. It goes faster when they end; the time left counts with it as it is now."
        )


def _figures(status: dict[str, Any]) -> None:
    """What the training process reports, as cards."""
    if not status.get("device"):
        return
    load, memory, loss = status.get("device_load"), status.get("memory_mib"), status.get("loss")
    rate, speed = status.get("learning_rate"), status.get("tokens_per_second")
    figures = [
        ("Training loss", "–" if loss is None else f"{loss:.3f}", "How wrong the model is on the texts it just saw."),
        ("Learning rate", "–" if rate is None else f"{rate:.1e}", "The size of one update of the weights."),
        (
            "Tokens per second",
            f"{speed:,.0f}" if speed else "–",
            "Pieces of words read a second in training; padding not counted.",
        ),
    ]
    if status["state"] in ACTIVE:  # a process that has ended holds nothing
        device = status.get("device_title") or status["device"]
        figures += [
            ("Memory", f"{memory:,.0f} MiB" if memory else "–", "What the training process holds now."),
            ("Device load", "–" if load is None else f"{load:.0f} %", f"How busy the device is: {device}."),
        ]
    figure_cards(figures)


def _curves(history: History) -> None:
    """Loss and validation scores; learning rate and speed on demand."""
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        show_chart(charts.loss_curves(history.steps, history.evaluations), key="live_loss")
    with right, st.container(border=True, height="stretch"):
        if len(history.evaluations):
            show_chart(charts.score_curves(history.evaluations), key="live_scores")
        else:
            st.caption("Validation scores appear here after the first pass over the data.")
    task_curves(history, "live_tasks")
    with st.expander("Learning rate and speed"):
        left, right = st.columns(2)
        with left:
            show_chart(charts.rate_curve(history.steps), key="live_rate")
        with right:
            show_chart(charts.speed_curve(history.steps), key="live_speed")
