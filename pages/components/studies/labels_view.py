"""How many labels: curves over labelled rows, what they say, and all figures."""

import pandas as pd
import streamlit as st

from core import charts
from core.runs.folder import get_run
from core.studies.folder import Study
from core.studies.label_series import LabelCurve, Series
from core.studies.ways import Line
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.links import run_link
from pages.components.shared.theme import STILL, show_chart
from pages.components.studies.ladder_view import PALE

OTHERS = (charts.COLORS[0], charts.COLORS[1], charts.COLORS[3], charts.COLORS[5])


def labels_view(study: Study, curve: LabelCurve) -> None:
    """Verdict, curves, figures."""
    if curve.sentence:
        st.info(words.plain(curve.sentence), icon=":material/info:")
    if not curve.series:
        st.caption("The first figures come when the smallest trainings are done.")
        return
    colors = _colors(curve)
    drawn = [
        {
            "title": one.title, "color": colors[one.key], "dash": "solid" if one.transfers else "dash",
            "points": [
                {
                    "labels": rows, "mean": line.mean, "values": line.values,
                    "low": line.interval[0] if line.interval else None, "high": line.interval[1] if line.interval else None,
                }
                for rows, line in one.lines
            ],
        }
        for one in curve.series
    ]  # fmt: skip
    more = curve.more and {
        "labels": curve.more.labels, "value": curve.more.value, "low": curve.more.interval[0], "high": curve.more.interval[1],
        "color": colors[curve.top],
    }  # fmt: skip
    show_chart(charts.label_curves(drawn, curve.headline, more), key=f"curve_{study.id}", config=STILL)
    st.caption(
        f"Solid lines use what the source has learnt elsewhere, dashed ones do not. All are judged by the same {curve.rows:,} rows, and of "
        "one draw all learn from the same labelled rows; a smaller draw lies inside a larger one. The band is the 95 % interval of the "
        "mean over rows and draws, a dot one draw. As many labelled rows at most have chosen the checkpoint."
    )
    with st.expander("All figures of this study"):
        st.dataframe(pd.DataFrame(_table(curve)), hide_index=True, key=f"points_{study.id}")
        if curve.tried:
            st.markdown("**The same forecast, tried on what is known**")
            st.dataframe(
                pd.DataFrame(
                    [
                        {
                            "Labels": f"{test.forecast.labels:,}",
                            "Expected from the smaller sizes": words.figure(curve.headline, test.forecast.value),
                            "95 % interval": " to ".join(
                                words.figure(curve.headline, end) for end in test.forecast.interval
                            ),
                            "Came": words.figure(curve.headline, test.came),
                            "Held": "yes" if test.held else "no",
                        }
                        for test in curve.tried
                    ]
                ),
                hide_index=True,
                key=f"backtest_{study.id}",
            )
    with st.expander("The runs behind it"), st.container(horizontal=True):
        for one in curve.series:
            for rows, line in one.lines:
                for run_id in line.runs:
                    run_link(get_run(run_id), f"{one.title}, {rows:,}")


def _colors(curve: LabelCurve) -> dict[str, str]:
    """The method that the question is about is green, baselines are grey, the others have a colour each."""
    colors, free = {}, list(OTHERS)
    for one in curve.series:
        if one.key == curve.top:
            colors[one.key] = charts.THIS_RUN
        elif one.lines and not one.lines[0][1].planned:
            colors[one.key] = PALE if one.transfers else charts.BASELINES.get(one.key, charts.GREY)
        else:
            colors[one.key] = free.pop(0) if free else charts.GREY
    return colors


def _table(curve: LabelCurve) -> list[dict[str, str]]:
    return [_row(curve, one, rows, line) for one in curve.series for rows, line in one.lines if line.mean is not None]


def _row(curve: LabelCurve, one: Series, rows: int, line: Line) -> dict[str, str]:
    return {
        "Method": one.title, "Labels": f"{rows:,}", words.spoken(curve.headline).capitalize(): words.figure(curve.headline, line.mean),
        "95 % interval": " to ".join(words.figure(curve.headline, end) for end in line.interval) if line.interval else "none",
        "Draws": f"{len(line.values)}", "Rows that chose": f"{line.chosen_on:,}",
        "One training took": "–" if line.seconds is None else took(line.seconds),
    }  # fmt: skip
