"""The best in a time: the model that is handed over, and a readable account of what was tried."""

import pandas as pd
import streamlit as st

from core.runs.folder import get_run
from core.studies.auto import Auto
from core.studies.folder import Study
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.links import run_link
from pages.components.studies.try_chips import try_chips


def auto_view(study: Study, auto: Auto) -> None:
    """The figure, the sentence, the account, and texts to try."""
    if auto.run and auto.metrics:
        best = next((one for one in auto.tried if one.run == auto.run), None)
        name = best.what if best else "The best so far"
        st.metric(
            f"{words.plain(name)}, {words.spoken(auto.headline)}{'' if auto.sentence else ', so far'}",
            words.figure(auto.headline, auto.metrics[auto.headline]),
        )
    if auto.sentence:
        st.info(words.plain(auto.sentence), icon=":material/info:")
    else:
        st.caption(f"{took(max(1.0, auto.seconds))} of {auto.minutes:g} minutes.")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Tried": one.what, "State": one.state,
                    "On the rows that choose": words.figure(auto.headline, one.score) if auto.headline and one.score is not None else "–",
                    "On the rows that judge": words.figure(auto.headline, one.judged) if auto.headline and one.judged is not None else "–",
                    "Took": "–" if one.seconds is None else took(one.seconds), "Why": one.why,
                }
                for one in auto.tried
            ]
        ),
        hide_index=True, key=f"tried_{study.id}", column_config={"Why": st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    st.caption(
        "The rows that choose are validation rows, scored in the metric that keeps checkpoints (macro-F1, of scores RMSE); the best of "
        "several is flattered a little by having been chosen there. The rows that judge say what new texts would get."
    )
    if auto.run and auto.sentence:
        run = get_run(auto.run)
        try_chips(run)
        run_link(run, "Open the model that is handed over")
