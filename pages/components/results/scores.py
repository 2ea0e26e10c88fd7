"""Scores beside their baselines: a bar each with its interval, and the table of all metrics."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.tasks import METRICS
from pages.components.shared import words


def scores_view(title: str, color: str, result: dict[str, Any], chart_key: str, table_key: str) -> list[dict[str, Any]]:
    """Draw both; what was judged comes back, the result itself first and its baselines after it."""
    task = words.result_task(result)
    judged = [{"title": title, "color": color, **result}]
    judged += [
        {"color": charts.BASELINES.get(each["name"], charts.GREY), **each} for each in reversed(result["baselines"])
    ]
    rows = [
        {
            "title": each["title"], "color": each["color"], "value": each["metrics"][task.headline],
            "low": each["intervals"][task.headline][0], "high": each["intervals"][task.headline][1],
        }
        for each in judged
    ]  # fmt: skip
    st.plotly_chart(charts.score_bars(rows, task.headline, ink=words.ink()), key=chart_key, config=words.STILL)
    figures = {
        f"{METRICS[name].title} (95 % interval)": [
            words.figure_with_interval(name, each["metrics"][name], each["intervals"][name]) for each in judged
        ]
        for name in task.metrics
    }
    table = pd.DataFrame({"": [each["title"] for each in judged]} | figures)
    st.dataframe(table, hide_index=True, key=table_key)
    return judged
