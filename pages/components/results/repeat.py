"""Training a run again with other seeds, by one click: how much of its result is luck?"""

import streamlit as st

from core.errors import GraftError
from core.runs.folder import Run
from core.strategies.registry import STRATEGIES
from core.studies.kind import Asked
from core.studies.registry import start_study
from pages.components.shared.errors import show_error


def repeat(run: Run) -> None:
    """A button with a choice of how often; this run counts as the first. Nothing where training again gives the same model."""
    config = run.config
    if not STRATEGIES[config.strategy].teacher.steps and config.train_size is None:
        return
    with st.popover("Repeat with other seeds", icon=":material/repeat:"):
        st.caption(
            "A single training is one draw. Trained again with another order of the rows it comes out a little different."
        )
        times = st.segmented_control("Trainings in all", [3, 5, 10], default=3, key="repeat_times", required=True) or 3
        if st.button("Start", type="primary", key="repeat_start"):
            try:
                study = start_study("seeds", config, Asked(seeds=int(times)), f"{run.name}, {times} times"[:200])
            except GraftError as error:
                show_error(error)
                return
            st.switch_page("pages/results.py", query_params={"study": study.id})
