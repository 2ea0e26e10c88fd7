"""Scores beside their baselines: a bar each with its interval, and the table of all metrics."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.metrics.table import METRICS
from core.tasks import headline_of, interval_of
from pages.components.shared import words
from pages.components.shared.theme import STILL, ink, show_chart


def scores_view(title: str, color: str, result: dict[str, Any], chart_key: str, table_key: str) -> list[dict[str, Any]]:
    """Draw both; the contenders come back, the result itself first and its baselines after it."""
    task, name = words.result_task(result), headline_of(result)
    contenders = [{"title": title, "color": color, **result}]
    contenders += [
        {"color": charts.BASELINES.get(baseline["name"], charts.GREY), **baseline}
        for baseline in reversed(result["baselines"])
    ]
    rows = [
        {
            "title": contender["title"], "color": contender["color"], "value": contender["metrics"][name],
            **dict(zip(("low", "high"), interval_of(contender, name) or (None, None), strict=True)),
        }
        for contender in contenders
    ]  # fmt: skip
    show_chart(charts.score_bars(rows, name, ink=ink()), key=chart_key, config=STILL)
    figures = {
        f"{METRICS[metric].title} (95 % interval)": [
            words.figure_with_interval(metric, contender) for contender in contenders
        ]
        for metric in sorted(task.metrics, key=lambda metric: metric != name)
    }
    table = pd.DataFrame({"": [contender["title"] for contender in contenders]} | figures)
    with st.expander("All figures with their intervals"):
        st.dataframe(table, hide_index=True, key=table_key)
    for note in result.get("notes", []):
        st.caption(words.plain(note))
    return contenders
