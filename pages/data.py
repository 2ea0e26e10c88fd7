"""Data: upload a file, see what was understood, correct it, store it; look at stored sets."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.data.sets.samples import SAMPLES, add_sample
from core.data.sets.store import delete_dataset, list_damaged, restore_dataset
from core.errors import GraftError
from pages.components.data.dataset_view import dataset_view
from pages.components.data.upload import upload_view
from pages.components.shared import status
from pages.components.shared.address import forget
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.words import plain


def samples() -> None:
    """The shipped samples, one click each."""
    for sample in SAMPLES.values():
        st.markdown(f"**{sample.title}**: {sample.sentence}")
        if st.button("Use this sample", key=f"sample_{sample.key}", icon=":material/science:"):
            try:
                dataset = add_sample(sample.key)
            except GraftError as error:
                show_error(error)
            else:
                st.query_params["dataset"] = dataset.id
                st.rerun()


def undo_line() -> None:
    """After a deletion: how to take it back."""
    deleted = st.session_state.get("deleted_dataset")
    if deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Deleted {plain(deleted)}.")
            if st.button("Undo", key="undo_dataset", icon=":material/undo:"):
                restore_dataset(deleted)
                st.session_state.pop("deleted_dataset")
                st.query_params["dataset"] = deleted
                st.rerun()


def damaged_sets() -> None:
    """Stored sets that cannot be used: what is wrong with each, and the way to be rid of it."""
    for damaged in list_damaged():
        with st.container(border=True):
            show_error(damaged.error)
            if st.button("Delete it", icon=":material/delete:", key=f"delete_damaged_{damaged.id}"):
                confirm_delete(damaged.id, damaged.id)


@st.dialog("Delete this data set?")
def confirm_delete(ref: str, name: str) -> None:
    st.markdown(f"**{plain(name)}** goes to the trash; you can undo it. Runs made with it keep their results.")
    if st.button("Delete it", type="primary", key="delete_yes"):
        st.session_state["deleted_dataset"] = delete_dataset(ref)
        forget("dataset")
        st.session_state.pop("data_pick", None)
        st.rerun()


st.title("Data", anchor=False)
st.markdown(
    "Bring a table with a text and a label, several labels or a score a row. Graft guesses how it is written; "
    "you correct it before it is stored."
)
known = status.dataset_names()
with st.expander(
    "Add a data set", expanded=not known or "upload_copy" in st.session_state, icon=":material/upload_file:"
):
    left, right = st.columns([2, 1])
    with left:
        upload_view()
    with right, st.container(border=True):
        samples()
undo_line()
damaged_sets()
if known:
    dataset = status.pick_dataset("Data set", key="data_pick")
    if dataset:
        with shown_errors():
            dataset_view(dataset)
        if st.button("Delete this data set", icon=":material/delete:", type="tertiary", key="delete_dataset"):
            confirm_delete(dataset.id, dataset.name)
else:
    st.caption("Nothing stored yet. Upload a file above, or use the sample to look around.")
