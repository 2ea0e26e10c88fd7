"""The result of a finished run, always beside its baselines."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.evaluation.notes import verdict_in
from core.jobs.waiting import SLOWED
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.runs.history import read_history
from core.tasks import headline_of
from core.training.estimate import took
from pages.components.results.by_label import class_view, label_view, score_view
from pages.components.results.scores import scores_view
from pages.components.shared import words
from pages.components.shared.theme import show_chart
from pages.components.train.weights_file import show_fit

VIEWS = {"multi_label": label_view, "regression": score_view}  # of all other tasks: class_view


def result_view(run: Run) -> None:
    """Verdict, scores with intervals, classes, confusion, curves, settings."""
    result = run.result
    if result is None:
        st.warning("This run has finished but its result cannot be read.", icon=":material/error:")
        return
    _verdict(result)
    _warnings(run, result)
    left, right = st.columns([3, 2])
    history = read_history(run)
    with left, st.container(border=True, height="stretch"):
        _scores(run, result)
    with right, st.container(border=True, height="stretch"):
        _facts(result, history.attempts)
        for warning in history.warnings:
            st.caption(f":material/info: {words.plain(warning)}")
    VIEWS.get(result.get("task", ""), class_view)(run, result)
    with st.expander("How it learnt: curves"):
        left, right = st.columns(2)
        with left:
            show_chart(charts.loss_curves(history.steps, history.evaluations), key="done_loss")
        with right:
            show_chart(charts.score_curves(history.evaluations), key="done_scores")
        with left:
            show_chart(charts.rate_curve(history.steps), key="done_rate")
        with right:
            show_chart(charts.speed_curve(history.steps), key="done_speed")
    _movement(result)
    _source_fit(result)
    with st.expander("Settings of this run"):
        _settings(run, history.steps)
    with st.expander("Log"):
        st.code(run.log_tail(200) or "Nothing logged.", language=None, height=300)


def _verdict(result: dict[str, Any]) -> None:
    """Whether transfer paid off, in one sentence."""
    verdict = result["verdict"]
    won = verdict.get("better", verdict["difference"] > 0)
    sentence = words.plain(verdict_in(result))
    if verdict["verdict"] == "real" and won:
        st.success(f"Transfer paid off. {sentence}", icon=":material/check_circle:")
    elif verdict["verdict"] == "real":
        st.warning(f"Transfer did not pay off here. {sentence}", icon=":material/info:")
    else:
        st.info(sentence, icon=":material/info:")


def _warnings(run: Run, result: dict[str, Any]) -> None:
    """What the data says about this score."""
    for warning in result.get("warnings", []):
        st.warning(words.plain(warning), icon=":material/warning:")
    if result.get("warnings"):
        st.page_link(
            "pages/data.py", label="See these rows on the Data page", icon=":material/table:",
            query_params={"dataset": run.config.dataset},
        )  # fmt: skip


def _scores(run: Run, result: dict[str, Any]) -> None:
    """The scores beside the baselines, and what they mean."""
    task = words.result_task(result)
    contenders = scores_view("This run", charts.run_colors([run.id])[run.id], result, "score_bars", "score_table")
    drawn = "" if result["rows"] == result["evaluated_of"] else f" (a fixed draw from {result['evaluated_of']:,})"
    unseen = ", which no one saw in training" if result["split"] == "test" else ""
    meanings = " ".join(f"{METRICS[name].title}: {_lower(METRICS[name].help)}" for name in task.metrics)
    st.caption(
        f"All judged on the same {result['rows']:,} {result['split']} rows{drawn}{unseen}. "
        f"{meanings} "
        "Interval: with other rows of the same kind the score would move; in 95 of 100 such draws it covers the true value. "
        + " ".join(words.plain(f"{baseline['title']}: {baseline['sentence']}") for baseline in contenders[1:])
    )


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _facts(result: dict[str, Any], attempts: int) -> None:
    """What the training took: rows, time, memory, weights."""
    trained, total = result["parameters"]["trained"], result["parameters"]["total"]
    facts = {
        "Training rows": f"{result['train_rows']:,}",
        **({"Epochs": f"{result['epochs']}"} if result.get("epochs") else {}),
        "Training time": took(result["seconds"]),
        "Whole run" if attempts < 2 or "attempts" in result else "Last attempt": took(result["total_seconds"]),
        "Speed": f"{result['tokens_per_second']:,.0f} tokens/s",
        "Peak memory": f"{result['peak_memory_mib']:,} MiB" if result.get("peak_memory_mib") else "–",
        "Weights trained": f"{trained:,} of {total:,} ({_share(trained / total)})",
        "Texts cut": f"{100 * result['share_cut']:.1f} % at {result['max_length']} tokens",
        "Device": f"{result['device_title']}, {result['precision']}",
        # where there are no test rows these are the same rows, drawn anew: a second figure would only confuse
        **({"Best validation": _validation(result)} if result["split"] != "validation" else {}),
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


def _movement(result: dict[str, Any]) -> None:
    """How far each layer moved from the source."""
    layers = result.get("layers")
    if not layers:
        return
    with st.expander("What the training changed", icon=":material/layers:"):
        show_chart(charts.layer_movement(layers["moved"], layers["rates"]), key="movement")
        st.caption(
            "Length of the change of each layer's weights beside their length before. The less a layer moved, the more "
            "of what the source knew is left in it." + _most_moved(layers)
        )


def _most_moved(layers: dict[str, list[float]]) -> str:
    """What is to be said of the classifier and of the rates, where it is so."""
    moved, rates = layers["moved"], layers["rates"]
    newest = " The classifier is new and moved most." if moved[-1] == max(moved) > 0 else ""
    if len(set(rates)) > 1:
        return f"{newest} At each bar stands the largest share of the learning rate that its weights were trained with."
    return f"{newest} All of it was trained with the whole learning rate."


def _source_fit(result: dict[str, Any]) -> None:
    """How a file with weights fitted its architecture, where the source was one."""
    fit = result.get("source_fit")
    if fit:
        names = {"missing": "missing", "left_over": "left over", "matched": "matched"}
        rows = [{"tensor": name, "state": state} for key, state in names.items() for name in fit[key]]
        rows += [{"tensor": name, "state": f"not used: {own}, not {other}"} for name, own, other in fit["differs"]]
        show_fit(fit["sentence"], rows)


def _settings(run: Run, steps: pd.DataFrame) -> None:
    """Every setting with its value and meaning; what was left to Graft with the value that it took."""
    if run.meta.get("choice"):
        st.caption(f"Balanced chose how to transfer. {words.plain(str(run.meta['choice']))}")
    names = settings()
    config = run.config.to_json()
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
