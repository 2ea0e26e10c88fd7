"""The learning-rate range test on the Train page: begun by a button, worked on by a process of its own."""

import streamlit as st

from core import charts
from core.config import RunConfig
from core.errors import GraftError
from core.jobs import rate_test as tests
from pages.components.shared.errors import show_error
from pages.components.shared.theme import show_chart
from pages.components.shared.words import plain


def rate_test(config: RunConfig) -> None:
    """The button, then the progress, then the chart with its suggestion."""
    if not tests.has_rate(config):
        return
    with st.expander("Find a learning rate", icon=":material/speed:"):
        st.caption(
            "Trains for 80 steps while the learning rate grows, to see where the model learns and where it breaks. "
            "Nothing of it is kept; a run under way is slowed down meanwhile."
        )
        folder = tests.folder_of(config)
        state = tests.state_of(folder)["state"]
        if state in ("none", "failed") and st.button("Try rates", icon=":material/science:", key="rate_test"):
            try:
                tests.start(config)
            except GraftError as error:
                show_error(error)
            state = "running"
        if state == "running":
            _watch(config)
        elif state != "none":
            _show(config)


@st.fragment(run_every=1.0)
def _watch(config: RunConfig) -> None:
    folder = tests.folder_of(config)
    told = tests.state_of(folder)
    if told["state"] != "running":
        st.rerun()
    done, total = told["progress"]
    st.progress(done / total, f"Step {done} of {total}" if done else "Reading the texts and the source …")
    if st.button("Stop", icon=":material/stop:", key="rate_test_stop"):
        tests.stop(folder)


def _show(config: RunConfig) -> None:
    told = tests.state_of(tests.folder_of(config))
    if told["state"] == "failed":
        show_error(GraftError(**told["error"]))
        return
    found = told["result"]
    show_chart(
        charts.rate_range(found["rates"], found["losses"], found["smooth"], found["suggestion"]), key="rate_chart"
    )
    st.markdown(plain(found["sentence"]))
