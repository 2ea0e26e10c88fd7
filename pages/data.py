"""Data: all stored sets; one of them with everything about it; or a file on its way in."""

from collections import Counter

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.data.sets.samples import SAMPLES, add_sample
from core.data.sets.store import DataSet, delete_dataset, list_damaged, restore_dataset
from core.data.sets.versions import families, version_title
from core.errors import GraftError
from core.results.test_reuse import dataset_of
from core.runs.folder import list_runs
from pages.components.data.dataset_view import dataset_view, size_of
from pages.components.data.join_sets import join_view
from pages.components.data.upload import upload_view
from pages.components.data.well_known import well_known
from pages.components.shared import status
from pages.components.shared.address import forget, remember, tab_title, unknown
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.words import ago, plain

SHOWN = 30  # sets that are listed at first


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
                open_set(dataset.id)
    if fetched := well_known():
        open_set(fetched.id)


def open_set(dataset_id: str) -> None:
    """Go to a set; whatever else the address asked for is done."""
    for name in ("add", "all", "tab"):
        st.query_params.pop(name, None)
    st.query_params["dataset"] = dataset_id
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
                open_set(deleted)


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
        st.rerun()


def add() -> None:
    """Adding is a state of its own: nothing else stands on the page meanwhile."""
    if status.dataset_names():
        to_all()
    st.title("Add a data set", anchor=False)
    undo_line()
    st.markdown(
        "Bring a table with a text and a label, several labels or a score a row. Graft guesses how it is written; "
        "you correct it before it is stored."
    )
    left, right = st.columns([2, 1])
    with left:
        upload_view()
    with right:
        st.markdown("**Or begin with a sample**")
        samples()


def listed() -> None:
    """All stored sets, each with all its versions as one entry."""
    forget("dataset")
    st.title("Data", anchor=False)
    if st.button("Add a data set", type="primary", icon=":material/add:", key="add_dataset"):
        st.query_params["add"] = "1"
        st.rerun()
    undo_line()
    damaged_sets()
    lines = families(status.dataset_names().values())
    used = Counter(dataset_of(run) for run in list_runs())
    shown = lines if len(lines) <= SHOWN or st.toggle(f"Show all {len(lines):,}", key="all_sets") else lines[:SHOWN]
    for line in shown:
        with st.container(border=True):
            entry(line, sum(used[version.id] for version in line))
    with st.expander("Join several sets into one", icon=":material/merge:"):
        joint = join_view([line[0] for line in lines])
    if joint:
        open_set(joint.id)


def entry(line: list[DataSet], runs: int) -> None:
    """One set: its name, and what is to be known before it is opened."""
    newest = line[0]
    st.page_link(
        "pages/data.py", label=f"**{plain(newest.name)}**", icon=":material/table:", query_params={"dataset": newest.id}
    )
    facts = [
        size_of(newest), f"{len(line)} versions" if len(line) > 1 else "", f"{runs:,} run{'s' * (runs != 1)}" if runs else "no run yet",
        f"changed {ago(newest.created)}",
    ]  # fmt: skip
    st.caption(plain(" · ".join(filter(None, facts))))


def one(dataset: DataSet) -> None:
    """A set with everything about it."""
    to_all()
    remember("dataset", dataset.id)
    tab_title("Data", version_title(dataset))
    undo_line()
    with shown_errors():
        dataset_view(dataset)
    if st.button("Delete this data set", icon=":material/delete:", type="tertiary", key="delete_dataset"):
        confirm_delete(dataset.id, dataset.name)


def to_all() -> None:
    st.page_link("pages/data.py", label="All data sets", icon=":material/arrow_back:", query_params={"all": "1"})


known, asked = status.dataset_names(), st.query_params.get("dataset")
if "add" in st.query_params or not (known or list_damaged()):
    add()
elif "all" in st.query_params or not asked:
    listed()
elif asked in known:
    one(known[asked])
else:
    st.title("Data", anchor=False)
    unknown("dataset", asked, others=False)
    damaged_sets()
