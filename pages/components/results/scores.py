"""Scores beside their baselines: a bar each with its interval, and the table of all metrics."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.metrics.table import METRICS
from pages.components.shared import words
from pages.components.shared.theme import STILL, ink, show_chart

UNKNOWN = [None, None]  # the interval of a metric that is younger than the result


def scores_view(title: str, color: str, result: dict[str, Any], chart_key: str, table_key: str) -> list[dict[str, Any]]:
    """Draw both; the contenders come back, the result itself first and its baselines after it."""
    task = words.result_task(result)
    contenders = [{"title": title, "color": color, **result}]
    contenders += [
        {"color": charts.BASELINES.get(baseline["name"], charts.GREY), **baseline}
        for baseline in reversed(result["baselines"])
    ]
    rows = [
        {
            "title": contender["title"], "color": contender["color"], "value": contender["metrics"][task.headline],
            "low": contender["intervals"][task.headline][0], "high": contender["intervals"][task.headline][1],
        }
        for contender in contenders
    ]  # fmt: skip
    show_chart(charts.score_bars(rows, task.headline, ink=ink()), key=chart_key, config=STILL)
    figures = {
        f"{METRICS[name].title} (95 % interval)": [
            words.figure_with_interval(name, contender["metrics"].get(name), contender["intervals"].get(name, UNKNOWN))
            for contender in contenders
        ]
        for name in task.metrics
    }
    table = pd.DataFrame({"": [contender["title"] for contender in contenders]} | figures)
    st.dataframe(table, hide_index=True, key=table_key)
    return contenders
