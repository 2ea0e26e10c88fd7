"""One model out of several runs: a button beside their comparison."""

import streamlit as st

from core import libraries
from core.errors import GraftError
from core.runs.folder import Run, get_run
from pages.components.shared import words
from pages.components.shared.errors import show_error
from pages.components.shared.links import run_link


def soup_view(runs: list[Run]) -> None:
    """The offer to mix them and what came of it; nothing where they cannot be mixed."""
    from core.merging.soup import check_together

    try:
        check_together(runs)
    except GraftError:
        return
    st.header("One model out of them", anchor=False)
    st.caption(
        "Runs that went out from one source can be averaged, weight by weight: the mean is often better than each and costs no more to "
        "use. The best run comes first, and another joins while the validation rows do not get worse; the test rows choose nothing."
    )
    key = "soup_" + "_".join(sorted(run.id for run in runs))
    if st.button(f"Mix these {len(runs)} models", icon=":material/blender:", key="make_soup"):
        libraries.load()
        from core.merging.soup import make_soup

        try:
            with st.spinner("Mixing and judging …"):
                st.session_state[key] = make_soup(runs)
        except GraftError as error:
            show_error(error)
    if told := st.session_state.get(key):
        st.info(words.plain(told["sentence"]), icon=":material/info:")
        try:
            run_link(get_run(told["run"]), "Open the mixed model" if told["is_new"] else "Open the best run")
        except GraftError:
            st.caption("It was deleted meanwhile.")
