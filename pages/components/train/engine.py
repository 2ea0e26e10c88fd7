"""Where runs are carried out: this machine, or a Ray cluster; its nodes, what runs where, and what waits and why."""

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from core.config import HERE
from core.errors import GraftError
from core.jobs.cluster.api import normal_address
from core.jobs.cluster.known import KnownCluster, add_cluster, get_cluster, list_clusters, remove_cluster
from core.jobs.cluster.status import ClusterStatus, cluster_status
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain

EVERY = 5.0  # seconds between two looks at a cluster
GUIDE = "docs/scale.md of the program says how to start one, on several machines or on one for trying."


def choose_engine() -> str:
    """The engine that was chosen: ``HERE``, or a cluster's address. Without any cluster it is this machine, and nothing is asked."""
    try:
        known = [cluster.address for cluster in list_clusters()]
    except GraftError as error:
        show_error(error)
        return HERE
    if not known:
        return HERE
    return st.selectbox(
        "Where it runs", [HERE, *known], format_func=engine_title, key="engine", bind="query-params", width=380,
        help="A cluster carries out many runs at once, each on one of its machines, and goes on elsewhere where a machine is lost.",
    ) or HERE  # fmt: skip


def offer_cluster() -> None:
    """The button by which a cluster becomes known."""
    if st.button(
        "Add a cluster", icon=":material/hub:", key="add_cluster",
        help="Several machines that carry out runs at once, bound together by Ray.",
    ):  # fmt: skip
        _add()


def engine_title(engine: str) -> str:
    """As a reader calls it."""
    return "this machine" if engine == HERE else f"cluster {urlsplit(engine).netloc}"


def engine_panel(engine: str) -> None:
    """How the chosen cluster stands, looked at again and again; nothing for this machine."""
    if engine == HERE:
        return
    with st.expander(f"Nodes of {engine_title(engine)}", icon=":material/hub:"):
        _look(engine)
        st.button(
            "Forget this cluster", icon=":material/link_off:", key="forget_cluster", type="tertiary", on_click=_forget, args=(engine,),
            help="What runs there goes on; add it again to follow it.",
        )  # fmt: skip


def _forget(engine: str) -> None:
    """Before the page is drawn anew, since the choice and its place in the address go as well."""
    try:
        remove_cluster(engine)
    except GraftError:
        return  # it is gone already; the page says so
    st.session_state.pop("engine", None)
    st.query_params.pop("engine", None)


@st.fragment(run_every=EVERY)
def _look(engine: str) -> None:
    try:
        told = cluster_status(get_cluster(engine))
    except GraftError as error:
        show_error(error)
        return
    st.markdown(f"{told.sentence[:1].upper()}{told.sentence[1:]} Ray {told.ray_version}.")
    st.dataframe(_table(told), hide_index=True, key=f"nodes_{engine}")
    for job in told.jobs:
        if not job.node:
            st.caption(f"**{plain(job.name)}** waits. {plain(job.waits)}")


def _table(told: ClusterStatus) -> pd.DataFrame:
    columns = {
        "Node": [node.address + (" (head)" if node.head else "") for node in told.nodes],
        "State": ["alive" if node.alive else "lost" for node in told.nodes],
        "Carries out": [", ".join(told.runs_on(node)) or "nothing" for node in told.nodes],
        "Cores": [node.cpus for node in told.nodes],
        "GPUs": [node.gpus for node in told.nodes],
        "GiB": [round(node.memory_mib / 1024, 1) for node in told.nodes],
    }
    return pd.DataFrame({name: values for name, values in columns.items() if name != "GPUs" or any(values)})


@st.dialog("Add a cluster", width="medium")
def _add() -> None:
    st.markdown(
        "A Ray cluster whose machines see this workspace in a folder that all share, and have the same program. "
        + GUIDE
    )
    address = st.text_input("Address of the head", placeholder="http://10.0.0.5:8265", key="cluster_address")
    token = st.text_input(
        "File with its token", placeholder="none", key="cluster_token", help="On this machine. Without a token anybody who reaches a "
        "cluster can run programs there.",
    )  # fmt: skip
    with st.expander("What its machines call things, where that differs"):
        project = st.text_input("Folder of the program", placeholder="as here", key="cluster_project")
        python = st.text_input("Python with the program's requirements", placeholder="as here", key="cluster_python")
        home = st.text_input("Folder of this workspace", placeholder="as here", key="cluster_home")
        cores = st.number_input("Cores of a run", min_value=0, value=0, key="cluster_cores", help="0: up to 4.")
    if not st.button("Add", type="primary", icon=":material/add:", disabled=not address.strip(), key="cluster_add"):
        return
    try:
        with st.spinner("Asking it …"):
            cluster = KnownCluster(
                normal_address(address), python.strip(), project.strip(), home.strip(), token.strip(), int(cores)
            )
            version = add_cluster(cluster)
    except GraftError as error:
        show_error(error)
        return
    st.session_state["engine"] = cluster.address
    st.query_params["engine"] = engine_title(cluster.address)  # as the choice itself writes it
    st.toast(f"It answers with Ray {version}.", icon=":material/check:")
    st.rerun()
