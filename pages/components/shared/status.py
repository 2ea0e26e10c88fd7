"""The machine in words, and lists that pages share."""

from collections.abc import Collection

import streamlit as st

from core.data.sets.store import DataSet, list_datasets
from core.data.sets.versions import families, version_title
from core.runs.folder import Run, list_runs
from pages.components.shared.address import remember, tab_title, unknown


@st.cache_resource(max_entries=1, show_spinner="Looking at this machine …")
def machine_sentence() -> str:
    """What this machine computes on, and that it needs no network."""
    from core.models.sources import is_offline
    from core.training.devices import default_device

    network = (
        "Offline: the built-in model, local folders and downloaded models can be used."
        if is_offline()
        else "No network is needed; only models that you name from the Hub are downloaded."
    )
    return f"{default_device().sentence} {network} Your texts stay on this machine."


def finished_runs() -> list[Run]:
    """Runs with a result, newest first."""
    return [run for run in list_runs() if run.state == "finished" and run.result is not None]


def dataset_names() -> dict[str, DataSet]:
    """Stored sets by id, newest first."""
    return {dataset.id: dataset for dataset in list_datasets()}


def pick_dataset(label: str, key: str) -> DataSet | None:
    """A set chosen by the user and named in the link (``?dataset=``); folds are offered only where one was asked for."""
    known = dataset_names()
    linked = st.query_params.get("dataset")
    if linked and linked not in known:
        return _pick_another(label, key, known, linked)
    ids = offered(known, (linked, st.session_state.get(key)))
    if linked in known and (key not in st.session_state or linked != st.session_state.get(f"_{key}")):
        st.session_state[key] = linked  # the link is new: the box follows it
    chosen = st.selectbox(
        label, ids, index=0 if ids else None, key=key,
        format_func=lambda dataset_id: f"{version_title(known[dataset_id])} · {known[dataset_id].rows:,} rows",
        placeholder="No data set yet",
    )  # fmt: skip
    st.session_state[f"_{key}"] = linked
    return _shown(known.get(chosen or ""))


def offered(known: dict[str, DataSet], asked: Collection[str | None] = ()) -> list[str]:
    """Ids to choose from: of each set its newest version, and those that were asked for."""
    return [
        version.id for line in families(known.values()) for version in line if version is line[0] or version.id in asked
    ]


def _pick_another(label: str, key: str, known: dict[str, DataSet], linked: str) -> DataSet | None:
    """Where the address names a set that is not here: nothing is opened in its place before it is chosen."""
    unknown("dataset", linked)
    ids = offered(known)
    chosen = st.selectbox(
        label, ids, index=None, key=f"{key}_instead", placeholder="Choose a data set",
        format_func=lambda dataset_id: f"{version_title(known[dataset_id])} · {known[dataset_id].rows:,} rows",
    )  # fmt: skip
    if chosen:
        st.session_state[key] = chosen
        st.query_params["dataset"] = chosen
        st.rerun()
    return None


def _shown(dataset: DataSet | None) -> DataSet | None:
    """The set that the page is about: address, memory and tab name it."""
    if dataset:
        st.query_params["dataset"] = dataset.id
        remember("dataset", dataset.id)
        tab_title(str(st.session_state.get("_page", "")).title(), version_title(dataset))
    return dataset
