"""Which source: the ranking, the race, and how right the ranking was."""

import pandas as pd
import streamlit as st

from core.studies.folder import Study
from core.studies.sources import Sources
from pages.components.shared import words
from pages.components.studies.ways_view import compared_view


def sources_view(study: Study, sources: Sources) -> None:
    """Verdict, ranking, race."""
    if sources.sentence:
        st.info(words.plain(sources.sentence), icon=":material/info:")
    if not sources.ranking:
        st.caption("The sources read some of the texts; the ranking comes first.")
        return
    st.subheader("Ranked without training", anchor=False)
    realised = {source: came for source, _, came in sources.realised}
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Rank": "–" if one.rank is None else str(one.rank),
                    "Source": words.source_name(one.source),
                    "Between": f"{one.ranks[0]} and {one.ranks[1]}" if one.ranks else "–",
                    "Probe": _share(one.probe), "Neighbours": _share(one.knn),
                    "H-score": _number(one.h_score), "LogME": _number(one.logme),
                    "Weights": "–" if one.parameters is None else f"{one.parameters / 1e6:.0f} M",
                    "Seconds": f"{one.seconds:.1f}", "Came in the race": str(realised.get(one.source, "–")),
                    "Why not": one.error or "",
                }
                for one in sources.ranking
            ]
        ),
        hide_index=True, key=f"ranking_{study.id}",
        column_config={
            "Between": st.column_config.TextColumn(help="Lowest and highest rank over eight draws of half the rows."),
            "Probe": st.column_config.TextColumn(help="Cross-validated accuracy of a linear classifier on the frozen source."),
            "Neighbours": st.column_config.TextColumn(help="Share of rows whose five nearest neighbours mostly have their class."),
            "H-score": st.column_config.TextColumn(help="How far the classes lie apart beside how far texts vary; more is better."),
            "LogME": st.column_config.TextColumn(help="How well a linear model explains the classes, its complexity discounted."),
        },
    )  # fmt: skip
    st.caption(
        f"Ranked in {sources.seconds:.0f} s by H-score and LogME on the mean of all layers; probe and neighbours are there to be read. A "
        "rank that moves when half of the rows are looked at is not sure."
    )
    st.page_link(
        "pages/train.py", label=f"Train on {words.source_name(sources.ranking[0].source)}", icon=":material/psychiatry:",
        query_params={"dataset": study.read()["config"]["dataset"], "source": sources.ranking[0].source},
    )  # fmt: skip
    if sources.race.ways.lines:
        st.subheader("Trained", anchor=False)
        compared_view(study, sources.race, says=False)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
