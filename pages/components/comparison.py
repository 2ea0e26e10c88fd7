"""Runs side by side: scores, verdicts, curves, settings, confusion."""

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.evaluation.compare import compare_runs
from core.runs.folder import Run
from core.runs.history import read_history
from core.training.estimate import duration
from pages.components.words import with_interval

VERDICTS = {
    "real": ("green", ":material/check_circle:", "real difference"),
    "not_shown": ("gray", ":material/remove:", "no difference shown"),
    "too_few_rows": ("orange", ":material/help:", "too few rows"),
}


def comparison_view(runs: list[Run]) -> None:
    """Two or more finished runs."""
    with st.spinner("Testing the differences …"):
        found = compare_runs(runs)
    colors = charts.run_colors([run.id for run in runs])
    if not found.same_rows:
        st.warning(found.note, icon=":material/warning:")
    _scores(runs, colors)
    st.subheader("Is the difference real?", anchor=False)
    if found.tests:
        for test in found.tests:
            color, icon, label = VERDICTS[test["verdict"]]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(label, icon=icon, color=color)  # type: ignore[arg-type]
                st.markdown(test["sentence"], width="content")
        st.caption(
            "Accuracy by McNemar's exact test, macro-F1 by exchanging the two runs' predictions row by row; with more "
            "than two runs corrected for the number of comparisons (Holm)."
        )
    else:
        st.caption("These runs were judged by different rows, so no difference can be tested.")
    _curves(runs, colors)
    _settings(runs, found.differences)
    _confusions(runs)


def _scores(runs: list[Run], colors: dict[str, str]) -> None:
    results = {run.id: run.result or {} for run in runs}
    bars, table = st.columns([3, 4])
    rows = [
        {
            "title": run.name, "color": colors[run.id], "value": results[run.id]["metrics"]["accuracy"],
            "low": results[run.id]["intervals"]["accuracy"][0], "high": results[run.id]["intervals"]["accuracy"][1],
        }
        for run in runs
    ]  # fmt: skip
    with bars, st.container(border=True):
        st.plotly_chart(charts.score_bars(rows), key="compare_bars")
    best = {metric: max(results[run.id]["metrics"][metric] for run in runs) for metric in ("accuracy", "macro_f1")}
    lines = {
        "Accuracy": [_marked(results[run.id], "accuracy", best) for run in runs],
        "Macro-F1": [_marked(results[run.id], "macro_f1", best) for run in runs],
        "Log loss": [f"{results[run.id]['metrics']['loss']:.3f}" for run in runs],
        "TF-IDF beside it": [_tfidf(results[run.id]) for run in runs],
        "Judged rows": [f"{results[run.id]['rows']:,}" for run in runs],
        "Training rows": [f"{results[run.id]['train_rows']:,}" for run in runs],
        "Training time": [duration(results[run.id]["seconds"]) for run in runs],
        "Weights trained": [f"{results[run.id]['parameters']['trained']:,}" for run in runs],
    }
    frame = pd.DataFrame(lines, index=[run.name for run in runs]).T
    frame.columns = [
        f"{name} ({index + 1})" if list(frame.columns).count(name) > 1 else name
        for index, name in enumerate(frame.columns)
    ]
    with table, st.container(border=True):
        st.dataframe(frame, key="compare_table", height="content")
        st.caption("★ marks the best. In brackets the 95 % interval: where the true value may lie, given so many rows.")


def _marked(result: dict, metric: str, best: dict[str, float]) -> str:  # type: ignore[type-arg]
    star = "★ " if result["metrics"][metric] == best[metric] else ""
    return star + with_interval(result["metrics"][metric], result["intervals"][metric])


def _tfidf(result: dict) -> str:  # type: ignore[type-arg]
    found = [each for each in result["baselines"] if each["name"] == "tfidf"]
    return f"{100 * found[0]['metrics']['accuracy']:.1f} %" if found else "–"


def _curves(runs: list[Run], colors: dict[str, str]) -> None:
    probes = [run for run in runs if run.config.strategy == "linear_probe"]
    runs = [run for run in runs if run not in probes]
    if probes:
        names = ", ".join(run.name for run in probes)
        st.caption(f"{names}: a linear probe reads the texts once, so it has no curve over epochs.")
    if not runs:
        return
    histories = {run.id: read_history(run) for run in runs}
    loss = [
        {"name": run.name, "color": colors[run.id], "x": steps["epoch"], "y": steps["loss"].ewm(span=10).mean()}
        for run in runs
        for steps in [histories[run.id].steps]
    ]
    scores = [
        {"name": run.name, "color": colors[run.id], "x": each["epoch"], "y": 100 * each["accuracy"].astype(float)}
        for run in runs
        for each in [histories[run.id].evaluations]
    ]
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.plotly_chart(charts.overlay(loss, "Training loss, smoothed (lower is better)", "Loss (nats)"), key="c_loss")
    with right, st.container(border=True):
        st.plotly_chart(
            charts.overlay(scores, "Validation accuracy (higher is better)", "Accuracy (%)"), key="c_scores"
        )


def _settings(runs: list[Run], differences: dict[str, dict[str, object]]) -> None:
    st.subheader("What was set differently", anchor=False)
    if not differences:
        st.caption("Nothing: these runs had the same settings.")
        return
    names = settings()
    frame = pd.DataFrame(
        {f"{run.name} · {run.id[-4:]}": [str(differences[name][run.id]) for name in differences] for run in runs},
        index=[names[name][0] for name in differences],
    )
    st.dataframe(frame, key="differences", height="content")


def _confusions(runs: list[Run]) -> None:
    st.subheader("Where they go wrong", anchor=False)
    columns = st.columns(min(3, len(runs)))
    for index, run in enumerate(runs):
        result = run.result or {}
        with columns[index % len(columns)], st.container(border=True):
            figure = charts.confusion(result["metrics"]["confusion"], result["labels"], run.name)
            st.plotly_chart(figure, key=f"confusion_{run.id}")
