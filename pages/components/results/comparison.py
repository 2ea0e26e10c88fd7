"""Runs side by side: scores, verdicts, curves, settings, confusion."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.metrics.table import METRICS
from core.results.compare import compare_runs
from core.runs.folder import Run
from core.runs.history import read_history
from core.strategies.registry import STRATEGIES
from core.training.estimate import duration
from pages.components.shared.theme import STILL, ink
from pages.components.shared.words import (
    best_baseline,
    dataset_name,
    distinct_names,
    figure,
    figure_with_interval,
    plain,
    result_task,
    source_name,
    spoken,
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
        comparison = compare_runs(runs)
    colors = charts.run_colors([run.id for run in runs])
    if not comparison.same_rows:
        st.warning(plain(comparison.note), icon=":material/warning:")
    names = distinct_names(runs)
    _scores(runs, colors, names, comparison.same_rows)
    st.subheader("Is the difference real?", anchor=False)
    _verdicts(runs, comparison.tests)
    _curves(runs, colors, names)
    _settings(runs, comparison.differences, names)
    _confusions(runs, names)


def _verdicts(runs: list[Run], tests: list[dict[str, Any]]) -> None:
    """A line each for few pairs, a table for many; only the headline figure stands open."""
    if not tests:
        st.caption("These runs were judged by different rows, so no difference can be tested.")
        return
    metrics = list(dict.fromkeys(test["metric"] for test in tests))
    heads = {result_task(run.result or {}).headline for run in runs}
    _verdict_lines([test for test in tests if test["metric"] in heads])
    others = [name for name in metrics if name not in heads]
    with st.expander(f"The same for {' and '.join(spoken(name) for name in others)}, and how it is tested"):
        _verdict_lines([test for test in tests if test["metric"] in others])
        st.caption(
            "A difference counts as real when chance alone would hardly bring it about (p below 0.05). Accuracy by McNemar's "
            "exact test, every other figure by exchanging the two runs' predictions row by row; with more than two runs corrected "
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
    task = result_task(results[runs[0].id])
    alike = [run for run in runs if result_task(results[run.id]) == task]
    rows = [
        {
            "title": names[run.id], "color": colors[run.id], "value": results[run.id]["metrics"][task.headline],
            "low": results[run.id]["intervals"][task.headline][0], "high": results[run.id]["intervals"][task.headline][1],
        }
        for run in alike
    ]  # fmt: skip
    with st.container(border=True):
        st.plotly_chart(charts.score_bars(rows, task.headline, ink=ink()), key="compare_bars", config=STILL)
        if len(alike) < len(runs):
            st.caption(f"Only runs whose answers are {task.title} a row, as those of {plain(names[runs[0].id])}.")
    metrics = dict.fromkeys(name for run in runs for name in result_task(results[run.id]).metrics)
    lines: dict[str, list[str]] = {METRICS[name].title: _marked(runs, results, name, same_rows) for name in metrics} | {
        "Loss": [f"{results[run.id]['metrics']['loss']:.3f}" for run in runs],
        "Best baseline beside it": [_baseline(results[run.id]) for run in runs],
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
            "Loss": st.column_config.TextColumn(help="How far the answers are off as training counts it; lower is better."),
            "Best baseline beside it": st.column_config.TextColumn(help="The better baseline on the same rows."),
        },
    )  # fmt: skip
    marks = "★ marks the best. " if same_rows else "No best is marked, because the rows differ. "
    st.caption(f"{marks}In brackets the 95 % interval: where the true value may lie, given so many rows.")


def _marked(runs: list[Run], results: dict[str, Any], metric: str, star: bool) -> list[str]:
    """A metric of every run, the best starred; a dash where a run's task does not have it."""
    values = {run.id: results[run.id]["metrics"].get(metric) for run in runs}
    known = [value for value in values.values() if value is not None]
    best = (max if METRICS[metric].higher else min)(known, default=None)
    return [
        ("★ " if star and value is not None and value == best else "")
        + figure_with_interval(metric, value, results[run].get("intervals", {}).get(metric, [None, None]))
        for run, value in values.items()
    ]


def _baseline(result: dict[str, Any]) -> str:
    name = result_task(result).headline
    best = best_baseline(result)
    return f"{figure(name, best['metrics'][name])} ({best['title']})" if best else "–"


def _curves(runs: list[Run], colors: dict[str, str], names: dict[str, str]) -> None:
    probes = [run for run in runs if not STRATEGIES[run.config.strategy].teacher.steps]
    runs = [run for run in runs if run not in probes]
    if probes:
        which = ", ".join(names[run.id] for run in probes)
        title = STRATEGIES[probes[0].config.strategy].title.lower()
        st.caption(f"{which}: a {title} reads the texts once, so it has no curve over epochs.")
    if not runs:
        return
    histories = {run.id: read_history(run) for run in runs}
    loss = [
        {"name": names[run.id], "color": colors[run.id], "x": steps["epoch"], "y": steps["loss"].ewm(span=10).mean()}
        for run in runs
        for steps in [histories[run.id].steps]
    ]
    name = result_task(runs[0].result or {}).headline
    scale = 100 if METRICS[name].share else 1
    scores = [
        {
            "name": names[run.id],
            "color": colors[run.id],
            "x": evaluations["epoch"],
            "y": scale * evaluations[name].astype(float),
        }
        for run in runs
        for evaluations in [histories[run.id].evaluations]
        if name in evaluations
    ]
    way = "higher" if METRICS[name].higher else "lower"
    title, unit = f"Validation {spoken(name)} ({way} is better)", METRICS[name].title + (" (%)" if scale == 100 else "")
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.plotly_chart(charts.overlay(loss, "Training loss, smoothed (lower is better)", "Loss"), key="c_loss")
    with right, st.container(border=True):
        st.plotly_chart(charts.overlay(scores, title, unit), key="c_scores")


def _settings(runs: list[Run], differences: dict[str, dict[str, object]], names: dict[str, str]) -> None:
    st.subheader("What was set differently", anchor=False)
    if not differences:
        st.caption("Nothing: these runs had the same settings.")
        return
    explained = settings()
    frame = pd.DataFrame(
        {names[run.id]: [_value(name, differences[name][run.id]) for name in differences] for run in runs},
        index=[explained[name][0] for name in differences],
    )
    st.dataframe(frame, key="differences", height="content")


def _value(name: str, value: object) -> str:
    """A setting's value as the pages say it."""
    titles = {"dataset": dataset_name, "model": source_name, "strategy": lambda name: STRATEGIES[name].title}
    return "–" if value is None else str(titles.get(name, str)(str(value)))


def _confusions(runs: list[Run], names: dict[str, str]) -> None:
    st.subheader("Where they go wrong", anchor=False)
    if any(result_task(run.result or {}).kind == "single_label" for run in runs):
        st.caption(
            "Rows: the true class. Columns: what the run said. On the diagonal it was right; colour is the share of a row."
        )
    columns = st.columns(min(3, len(runs)))
    for index, run in enumerate(runs):
        with columns[index % len(columns)], st.container(border=True):
            _mistakes(run, run.result or {}, names[run.id])


def _mistakes(run: Run, result: dict[str, Any], name: str) -> None:
    task = result_task(result)
    if task.kind == "single_label":
        chart = charts.confusion(result["metrics"]["confusion"], result["labels"], name, ink())
    elif task.kind == "multi_label":
        chart = charts.label_scores(result["metrics"]["per_class"])
        st.markdown(f"**{plain(name)}**")
    else:
        table = pd.read_parquet(run.predictions(result["split"]), columns=["label", "prediction"])
        chart = charts.true_and_predicted(table["label"], table["prediction"], name)
    st.plotly_chart(chart, key=f"confusion_{run.id}", config=STILL)
