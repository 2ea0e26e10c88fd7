"""Runs side by side: scores, verdicts, curves, settings, confusion."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.evaluation.compare import compare_runs
from core.runs.folder import Run
from core.runs.history import read_history
from core.training.estimate import duration
from pages.components.words import (
    STILL,
    STRATEGY_TITLES,
    dataset_name,
    distinct_names,
    ink,
    plain,
    source_name,
    with_interval,
)

VERDICTS = {
    "real": ("green", ":material/check_circle:", "real difference"),
    "not_shown": ("gray", ":material/remove:", "no difference shown"),
    "too_few_rows": ("orange", ":material/help:", "too few rows"),
}

LINES = 6  # more pairs than these stand in a table


def comparison_view(runs: list[Run]) -> None:
    """Two or more finished runs."""
    with st.spinner("Testing the differences …"):
        found = compare_runs(runs)
    colors = charts.run_colors([run.id for run in runs])
    if not found.same_rows:
        st.warning(found.note, icon=":material/warning:")
    names = distinct_names(runs)
    _scores(runs, colors, names, found.same_rows)
    st.subheader("Is the difference real?", anchor=False)
    _verdicts(found.tests)
    _curves(runs, colors, names)
    _settings(runs, found.differences, names)
    _confusions(runs, names)


def _verdicts(tests: list[dict[str, Any]]) -> None:
    """A line each for few pairs, a table for many; only accuracy stands open."""
    if not tests:
        st.caption("These runs were judged by different rows, so no difference can be tested.")
        return
    metrics = {name: [test for test in tests if test["metric"] == name] for name in ("accuracy", "macro_f1")}
    _verdict_lines(metrics["accuracy"])
    with st.expander("The same for macro-F1, and how it is tested"):
        _verdict_lines(metrics["macro_f1"])
        st.caption(
            "A difference counts as real when chance alone would hardly bring it about (p below 0.05). Accuracy by McNemar's "
            "exact test, macro-F1 by exchanging the two runs' predictions row by row; with more than two runs corrected "
            "for the number of comparisons (Holm)."
        )


def _verdict_lines(tests: list[dict[str, Any]]) -> None:
    if len(tests) > LINES:
        table = pd.DataFrame(
            [{"Verdict": VERDICTS[test["verdict"]][2], "In words": test["sentence"]} for test in tests]
        )
        st.dataframe(table, hide_index=True, key=f"verdicts_{tests[0]['metric']}")
        return
    for test in tests:
        color, icon, label = VERDICTS[test["verdict"]]
        st.markdown(f":{color}-badge[{icon} {label}] {plain(test['sentence'])}")


def _scores(runs: list[Run], colors: dict[str, str], names: dict[str, str], same_rows: bool) -> None:
    results = {run.id: run.result or {} for run in runs}
    rows = [
        {
            "title": names[run.id], "color": colors[run.id], "value": results[run.id]["metrics"]["accuracy"],
            "low": results[run.id]["intervals"]["accuracy"][0], "high": results[run.id]["intervals"]["accuracy"][1],
        }
        for run in runs
    ]  # fmt: skip
    with st.container(border=True):
        st.plotly_chart(charts.score_bars(rows, ink=ink()), key="compare_bars", config=STILL)
    best = {metric: max(results[run.id]["metrics"][metric] for run in runs) for metric in ("accuracy", "macro_f1")}
    best = best if same_rows else {}
    lines: dict[str, list[str]] = {
        "Accuracy": [_marked(results[run.id], "accuracy", best) for run in runs],
        "Macro-F1": [_marked(results[run.id], "macro_f1", best) for run in runs],
        "Log loss": [f"{results[run.id]['metrics']['loss']:.3f}" for run in runs],
        "TF-IDF beside it": [_tfidf(results[run.id]) for run in runs],
        "Judged rows": [f"{results[run.id]['rows']:,}" for run in runs],
        "Training rows": [f"{results[run.id]['train_rows']:,}" for run in runs],
        "Training time": [duration(results[run.id]["seconds"]) for run in runs],
        "Weights trained": [f"{results[run.id]['parameters']['trained']:,}" for run in runs],
    }
    frame = pd.DataFrame({"Run": [names[run.id] for run in runs], **lines})
    st.dataframe(
        frame, key="compare_table", height="content", hide_index=True,
        column_config={
            "Run": st.column_config.TextColumn(pinned=True),
            "Log loss": st.column_config.TextColumn(help="How far the probabilities are off; lower is better."),
            "TF-IDF beside it": st.column_config.TextColumn(help="Accuracy of word counting on the same rows."),
        },
    )  # fmt: skip
    marks = "★ marks the best. " if same_rows else "No best is marked, because the rows differ. "
    st.caption(f"{marks}In brackets the 95 % interval: where the true value may lie, given so many rows.")


def _marked(result: dict, metric: str, best: dict[str, float]) -> str:  # type: ignore[type-arg]
    star = "★ " if result["metrics"][metric] == best.get(metric) else ""
    return star + with_interval(result["metrics"][metric], result["intervals"][metric])


def _tfidf(result: dict) -> str:  # type: ignore[type-arg]
    found = [each for each in result["baselines"] if each["name"] == "tfidf"]
    return f"{100 * found[0]['metrics']['accuracy']:.1f} %" if found else "–"


def _curves(runs: list[Run], colors: dict[str, str], names: dict[str, str]) -> None:
    probes = [run for run in runs if run.config.strategy == "linear_probe"]
    runs = [run for run in runs if run not in probes]
    if probes:
        which = ", ".join(names[run.id] for run in probes)
        st.caption(f"{which}: a linear probe reads the texts once, so it has no curve over epochs.")
    if not runs:
        return
    histories = {run.id: read_history(run) for run in runs}
    loss = [
        {"name": names[run.id], "color": colors[run.id], "x": steps["epoch"], "y": steps["loss"].ewm(span=10).mean()}
        for run in runs
        for steps in [histories[run.id].steps]
    ]
    scores = [
        {"name": names[run.id], "color": colors[run.id], "x": each["epoch"], "y": 100 * each["accuracy"].astype(float)}
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


def _settings(runs: list[Run], differences: dict[str, dict[str, object]], names: dict[str, str]) -> None:
    st.subheader("What was set differently", anchor=False)
    if not differences:
        st.caption("Nothing: these runs had the same settings.")
        return
    told = settings()
    frame = pd.DataFrame(
        {names[run.id]: [_value(name, differences[name][run.id]) for name in differences] for run in runs},
        index=[told[name][0] for name in differences],
    )
    st.dataframe(frame, key="differences", height="content")


def _value(name: str, value: object) -> str:
    """A setting's value as the pages say it."""
    said = {"dataset": dataset_name, "model": source_name, "strategy": lambda each: STRATEGY_TITLES.get(each, each)}
    return "–" if value is None else said.get(name, str)(str(value))


def _confusions(runs: list[Run], names: dict[str, str]) -> None:
    st.subheader("Where they go wrong", anchor=False)
    st.caption(
        "Rows: the true class. Columns: what the run said. On the diagonal it was right; colour is the share of a row."
    )
    columns = st.columns(min(3, len(runs)))
    for index, run in enumerate(runs):
        result = run.result or {}
        with columns[index % len(columns)], st.container(border=True):
            figure = charts.confusion(result["metrics"]["confusion"], result["labels"], names[run.id], ink())
            st.plotly_chart(figure, key=f"confusion_{run.id}", config=STILL)
