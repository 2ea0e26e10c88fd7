"""A search: its trials, what mattered, and whether it was worth it."""

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.studies.folder import Study
from core.studies.search import Search
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.theme import show_chart
from pages.components.studies.ways_view import compared_view


def search_view(study: Study, search: Search) -> None:
    """Verdict, the winner beside the usual settings, trials, importance."""
    if search.sentence:
        st.info(words.plain(search.sentence), icon=":material/info:")
    elif search.best is not None:
        st.metric(
            f"Best so far on the validation rows, {words.spoken(search.metric)}",
            words.figure(search.metric, search.best.score),
        )
    if search.race.ways.lines:
        compared_view(study, search.race, says=False)
    if not search.trials:
        st.caption("The first trials are drawn at random; then where others did well.")
        return
    known = settings()
    names = {name: known[name][0] for name in search.trials[0].values}
    scored = [{"values": one.values, "score": one.score} for one in search.trials if one.score is not None]
    if len(scored) > 1:
        show_chart(charts.parallel_settings(scored, names, search.metric), key=f"parallel_{study.id}")
        st.caption(
            "Each line is a trial; the greener, the better on the validation rows. Drag along an axis to keep some of them."
        )
    if search.importance:
        rows = [
            {"title": known[name][0], "value": share, "color": charts.THIS_RUN, "low": None, "high": None}
            for name, share in search.importance.items()
        ]
        with st.expander("What mattered", expanded=True):
            st.dataframe(
                pd.DataFrame({"Setting": [row["title"] for row in rows], "Share": [100 * float(row["value"]) for row in rows]}),
                hide_index=True, key=f"importance_{study.id}",
                column_config={"Share": st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100)},
            )  # fmt: skip
            st.caption(
                "How much of the differences between trials each setting explains, by a forest fitted to them (fANOVA). From few trials "
                "it is a hint, not a finding."
            )
    with st.expander("All trials"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Trial": one.number, "State": one.state,
                        words.spoken(search.metric).capitalize(): words.figure(search.metric, one.score) if one.score is not None else "–",
                        "Took": "–" if one.seconds is None else took(one.seconds),
                    }
                    | {title: f"{one.values[name]:.3g}" if isinstance(one.values[name], float) else str(one.values[name])
                       for name, title in names.items()}
                    for one in search.trials
                ]
            ),
            hide_index=True, key=f"trials_{study.id}",
        )  # fmt: skip
