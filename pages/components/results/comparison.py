"""Runs side by side: scores, verdicts, curves, settings, confusion."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.evaluation.seeds import FEWEST_SEEDS
from core.metrics.table import METRICS
from core.results.compare import Comparison, compare_runs
from core.runs.folder import Run
from core.runs.history import read_history
from core.strategies.registry import STRATEGIES
from core.studies.seed_groups import seed_groups, ways_of
from core.studies.ways_sentences import about_sentence, best_sentence
from core.tasks import headline_of, interval_of
from core.training.estimate import took
from pages.components.results.share import report_button
from pages.components.results.soup import soup_view
from pages.components.shared.errors import shown_errors
from pages.components.shared.theme import STILL, ink, show_chart
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
from pages.components.studies.ways_view import bars

VERDICTS = {
    "real": ("green", ":material/check_circle:", "real difference"),
    "not_shown": ("gray", ":material/remove:", "no difference shown"),
    "too_few_rows": ("orange", ":material/help:", "too few rows"),
}

LINES = 6  # more pairs than these stand in a table


def comparison_view(runs: list[Run]) -> None:
    """Two or more finished runs, the best first."""
    runs = _best_first(runs)
    with st.spinner("Testing the differences …"):
        comparison = compare_runs(runs)
    colors = charts.run_colors([run.id for run in runs])
    if not comparison.same_rows:
        st.warning(plain(comparison.note), icon=":material/warning:")
    names = distinct_names(runs)
    report_button(runs)
    _scores(runs, colors, names, comparison)
    if groups := [group for group in seed_groups(runs) if len(group.runs) >= FEWEST_SEEDS]:
        _over_seeds(runs, len(groups))
    st.header("Is the difference real?", anchor=False)
    _verdicts(comparison.tests, comparison.headline)
    _curves(runs, colors, names)
    _settings(runs, comparison.differences, names)
    _confusions(runs, names)
    soup_view(runs)


def _over_seeds(runs: list[Run], groups: int) -> None:
    """Runs that differ by seed alone as one way of training each."""
    with shown_errors():
        ways = ways_of(runs)
        trained = [line for line in ways.lines if line.planned]
        st.header("Over the seeds", anchor=False)
        show_chart(
            charts.way_bars(bars(trained, trained[0]), ways.headline, ink=ink()), key="ways_compared", config=STILL
        )
        said = best_sentence(ways) if groups > 1 or len(trained) > 1 else ""
        st.markdown(plain(f"{said} {about_sentence(ways)}".strip()))


def _best_first(runs: list[Run]) -> list[Run]:
    """In the order of the figure that stands for their task; runs of other tasks come after those of the first."""
    tasks = {run.id: result_task(run.result or {}) for run in runs}
    order = list(dict.fromkeys(task.kind for task in tasks.values()))

    def rank(run: Run) -> tuple[int, float]:
        name = headline_of(run.result or {})
        value = (run.result or {}).get("metrics", {}).get(name)
        sign = -1 if METRICS[name].higher else 1
        return order.index(tasks[run.id].kind), float("inf") if value is None else sign * value

    return sorted(runs, key=rank)


def _verdicts(tests: list[dict[str, Any]], headline: str) -> None:
    """A line each for few pairs, a table for many; only the headline figure stands open."""
    if not tests:
        st.caption("These runs were judged by different rows, so no difference can be tested.")
        return
    metrics = list(dict.fromkeys(test["metric"] for test in tests))
    heads = {test["metric"] for test in tests if test["metric"] == headline} or {metrics[0]}
    _verdict_lines([test for test in tests if test["metric"] in heads])
    others = [name for name in metrics if name not in heads]
    with st.expander(f"The same for {' and '.join(spoken(name) for name in others)}, and how it is tested"):
        _verdict_lines([test for test in tests if test["metric"] in others])
        st.caption(
            "A difference counts as real when chance alone would hardly bring it about (p below 0.05). Accuracy by McNemar's "
            "exact test, every other figure by exchanging the two runs' predictions row by row; corrected for the "
            "number of comparisons on this page, all pairs and all figures (Holm). Each sentence is about the two models that it "
            "names, not about training them again."
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


def _scores(runs: list[Run], colors: dict[str, str], names: dict[str, str], comparison: Comparison) -> None:
    results = {run.id: run.result or {} for run in runs}
    headline = comparison.headline
    task = result_task(results[runs[0].id])
    alike = [run for run in runs if result_task(results[run.id]) == task]
    rows = [
        {
            "title": names[run.id], "color": colors[run.id], "value": results[run.id]["metrics"][headline],
            **dict(zip(("low", "high"), interval_of(results[run.id], headline) or (None, None), strict=True)),
        }
        for run in alike
    ]  # fmt: skip
    with st.container(border=True):
        show_chart(charts.score_bars(rows, headline, ink=ink()), key="compare_bars", config=STILL)
        if len(alike) < len(runs):
            st.caption(f"Only runs whose answers are {task.title} a row, as those of {plain(names[runs[0].id])}.")
    metrics = dict.fromkeys(name for run in runs for name in result_task(results[run.id]).metrics)
    lines: dict[str, list[str]] = {
        METRICS[name].title: _marked(runs, results, name, comparison.tests) for name in metrics
    } | {
        "Loss": [f"{results[run.id]['metrics']['loss']:.3f}" for run in runs],
        "Best baseline beside it": [_baseline(results[run.id]) for run in runs],
        "Judged rows": [f"{results[run.id]['rows']:,}" for run in runs],
        "Training rows": [f"{results[run.id]['train_rows']:,}" for run in runs],
        "Training time": [took(results[run.id]["seconds"]) for run in runs],
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
    marks = "★ marks a best that is shown to be better than every other. "
    st.caption(f"{marks}In brackets the 95 % interval: where the true value may lie, given so many rows.")


def _marked(runs: list[Run], results: dict[str, Any], metric: str, tests: list[dict[str, Any]]) -> list[str]:
    """A metric of every run, starred where a test shows it better than every other run; a dash where its task lacks it."""
    return [
        ("★ " if _leads(run.id, len(runs) - 1, metric, tests) else "") + figure_with_interval(metric, results[run.id])
        for run in runs
    ]


def _leads(run: str, others: int, metric: str, tests: list[dict[str, Any]]) -> bool:
    """Whether a run is shown to be better than each of the others."""
    own = [test for test in tests if test["metric"] == metric and run in test["runs"] and test["verdict"] == "real"]
    return len(own) == others and all(
        METRICS[metric].better(test["difference"]) == (test["runs"][0] == run) for test in own
    )


def _baseline(result: dict[str, Any]) -> str:
    name = headline_of(result)
    best = best_baseline(result)
    return f"{figure(name, best['metrics'][name])} ({best['title']})" if best else "–"


def _curves(runs: list[Run], colors: dict[str, str], names: dict[str, str]) -> None:
    probes = [run for run in runs if not STRATEGIES[run.config.strategy].teacher.steps]
    runs = [run for run in runs if run not in probes]
    if probes:
        which = ", ".join(names[run.id] for run in probes)
        st.caption(f"{plain(which)}: read the texts once, and so without a curve over epochs.")
    if not runs:
        return
    histories = {run.id: read_history(run) for run in runs}
    loss = [
        {"name": names[run.id], "color": colors[run.id], "x": steps["epoch"], "y": steps["loss"].ewm(span=10).mean()}
        for run in runs
        for steps in [histories[run.id].steps]
    ]
    name = headline_of(runs[0].result or {})
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
        show_chart(charts.overlay(loss, "Training loss, smoothed (lower is better)", "Loss"), key="c_loss")
    with right, st.container(border=True):
        show_chart(charts.overlay(scores, title, unit), key="c_scores")


def _settings(runs: list[Run], differences: dict[str, dict[str, object]], names: dict[str, str]) -> None:
    st.header("What was set differently", anchor=False)
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
    st.header("Where they go wrong", anchor=False)
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
        table = run.read_predictions(result["split"], ["label", "prediction"])
        chart = charts.true_and_predicted(table["label"], table["prediction"], name)
    show_chart(chart, key=f"confusion_{run.id}", config=STILL)
