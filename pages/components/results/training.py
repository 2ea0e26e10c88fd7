"""How a finished run was trained: what it took, its curves, its settings, its log."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.jobs.waiting import SLOWED
from core.runs.folder import Run
from core.runs.history import read_history
from core.tasks import headline_of
from core.training.estimate import took
from pages.components.results.kept import made_of
from pages.components.results.tasks import adapted_line, along_line, joint_line, self_trained_line, task_curves
from pages.components.shared import words
from pages.components.shared.theme import show_chart


def training_view(run: Run) -> None:
    """Curves beside what they took; settings and log below."""
    result, history = run.result or {}, read_history(run)
    left, right = st.columns([3, 2])
    with left:
        if run.is_mixed:
            made_of(run)
            st.caption("No step was taken for it, so there is no course of the training to draw.")
        elif not run.config.source:
            st.caption("Words are counted and weighed in one go, so there is no course of the training to draw.")
        else:
            show_chart(charts.loss_curves(history.steps, history.evaluations), key="done_loss")
            show_chart(charts.score_curves(history.evaluations), key="done_scores")
            task_curves(history, "done_tasks")
    with right, st.container(border=True):
        _facts(result, history.attempts, bool(run.config.source))
        joint_line(run)
        adapted_line(run)
        along_line(run)
        self_trained_line(run)
        for warning in history.warnings:
            st.caption(f":material/info: {words.plain(warning)}")
    if run.config.source and not run.is_mixed:
        _rate_and_speed(history.steps)
    st.header("Settings", anchor=False)
    _settings(run, history.steps)
    with st.expander("Log"):
        st.code(run.log_tail(200) or "Nothing logged.", language=None, height=300, wrap_lines=True)


def _rate_and_speed(steps: pd.DataFrame) -> None:
    with st.expander("Learning rate and speed"):
        left, right = st.columns(2)
        with left:
            show_chart(charts.rate_curve(steps), key="done_rate")
        with right:
            show_chart(charts.speed_curve(steps), key="done_speed")


def _facts(result: dict[str, Any], attempts: int, by_tokens: bool) -> None:
    """What the training took: rows, time, memory, weights.

    Args:
        by_tokens: whether the texts were read as tokens; where words are counted there are none to tell of.
    """
    trained, total = result["parameters"]["trained"], result["parameters"]["total"]
    facts = {
        "Training rows": f"{result['train_rows']:,}",
        **({"Epochs": f"{result['epochs']}"} if result.get("epochs") else {}),
        "Training time": took(result["seconds"]),
        "Whole run" if attempts < 2 or "attempts" in result else "Last attempt": took(result["total_seconds"]),
        **({"Speed": f"{result['tokens_per_second']:,.0f} tokens/s"} if by_tokens else {}),
        "Peak memory": f"{result['peak_memory_mib']:,} MiB" if result.get("peak_memory_mib") else "–",
        "Weights trained": f"{trained:,} of {total:,} ({_share(trained / max(1, total))})",
        **({"Texts cut": f"{100 * result['share_cut']:.1f} % at {result['max_length']} tokens"} if by_tokens else {}),
        "Device": f"{result['device_title']}, {result['precision']}",
        # where there are no test rows these are the same rows, drawn anew: a second figure would only confuse
        **({"Best validation": _validation(result)} if by_tokens and result["split"] != "validation" else {}),
        **(
            {"Slowed down": f"waited for other programs {100 * result['waited']:.0f} % of the time"}
            if (result.get("waited") or 0.0) >= SLOWED
            else {}
        ),
    }
    st.markdown("**What it took**")
    st.table(pd.DataFrame({"": facts.values()}, index=list(facts)), border="horizontal", hide_header=True)
    if result.get("averaging"):
        st.caption(words.plain(result["averaging"]["sentence"]))
    if result["stopped_early"]:
        st.caption("Training ended early: validation no longer improved.")


def _validation(result: dict[str, Any]) -> str:
    name = headline_of(result)
    value = (result.get("validation") or {}).get(name)
    return "–" if value is None else f"{words.figure(name, value)} {words.spoken(name)}"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %" if value > 0.1 else f"{100 * value:.2g} %"


def _settings(run: Run, steps: pd.DataFrame) -> None:
    """Every setting with its value and meaning; what was left to Graft with the value that it took."""
    if run.meta.get("choice"):
        st.caption(f"Balanced chose how to transfer. {words.plain(str(run.meta['choice']))}")
    names = settings()
    config = run.config.told()
    table = pd.DataFrame(
        {
            "Setting": [names[name][0] for name in config],
            "Value": [_set(value, name, run.result or {}, steps) for name, value in config.items()],
            "What it does": [names[name][1] for name in config],
        }
    )
    st.dataframe(table, hide_index=True, key="settings_table")


def _set(value: Any, name: str, result: dict[str, Any], steps: pd.DataFrame) -> str:
    """A setting as it was asked for, or what was taken where nobody asked."""
    if value is not None:
        return str(value)
    taken = {"epochs": result.get("epochs")}
    if len(steps) and "learning_rate" in steps:
        taken["learning_rate"] = f"{steps['learning_rate'].max():.2g} at its highest"
    return f"automatic: {taken[name]}" if taken.get(name) else ""
