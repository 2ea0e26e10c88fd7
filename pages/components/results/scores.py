"""Scores beside their baselines: a bar each with its interval, and the table of all metrics."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.tasks import METRICS
from pages.components.shared import words
from pages.components.shared.theme import STILL, ink


def scores_view(title: str, color: str, result: dict[str, Any], chart_key: str, table_key: str) -> list[dict[str, Any]]:
    """Draw both; what was judged comes back, the result itself first and its baselines after it."""
    task = words.result_task(result)
    judged = [{"title": title, "color": color, **result}]
    judged += [
        {"color": charts.BASELINES.get(baseline["name"], charts.GREY), **baseline}
        for baseline in reversed(result["baselines"])
    ]
    rows = [
        {
            "title": line["title"], "color": line["color"], "value": line["metrics"][task.headline],
            "low": line["intervals"][task.headline][0], "high": line["intervals"][task.headline][1],
        }
        for line in judged
    ]  # fmt: skip
    st.plotly_chart(charts.score_bars(rows, task.headline, ink=ink()), key=chart_key, config=STILL)
    figures = {
        f"{METRICS[name].title} (95 % interval)": [
            words.figure_with_interval(name, line["metrics"][name], line["intervals"][name]) for line in judged
        ]
        for name in task.metrics
    }
    table = pd.DataFrame({"": [line["title"] for line in judged]} | figures)
    st.dataframe(table, hide_index=True, key=table_key)
    return judged
