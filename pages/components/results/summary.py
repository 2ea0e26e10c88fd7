"""The summary of a finished run: its scores beside the baselines, and its classes."""

from typing import Any

import streamlit as st

from core import charts
from core.metrics.table import METRICS
from core.runs.folder import Run
from pages.components.results.by_label import class_view, label_view, score_view
from pages.components.results.scores import scores_view
from pages.components.shared import words

VIEWS = {"multi_label": label_view, "regression": score_view}  # of all other tasks: class_view


def summary_view(run: Run) -> None:
    """Scores with intervals beside those of the baselines, and how well each class or label is found."""
    result = run.result or {}
    with st.container(border=True):
        _scores(result)
    VIEWS.get(result.get("task", ""), class_view)(run, result)


def _scores(result: dict[str, Any]) -> None:
    """The scores beside the baselines; what the figures mean stands in the help marks."""
    task = words.result_task(result)
    contenders = scores_view("This run", charts.THIS_RUN, result, "score_bars", "score_table")
    drawn = "" if result["rows"] == result["evaluated_of"] else f" (a fixed draw from {result['evaluated_of']:,})"
    unseen = ", which no one saw in training" if result["split"] == "test" else ""
    meanings = [f"**{METRICS[name].title}**: {words.amid(METRICS[name].help)}" for name in task.metrics]
    meanings += [
        "**Interval**: with other rows of the same kind the score would move; in 95 of 100 such draws it covers the true value."
    ]
    meanings += [words.plain(f"{baseline['title']}: {baseline['sentence']}") for baseline in contenders[1:]]
    st.caption(
        f"All judged on the same {result['rows']:,} {result['split']} rows{drawn}{unseen}.", help="\n\n".join(meanings)
    )
