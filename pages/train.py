"""Train: choose data, source and strategy, see what it will cost, and queue the run."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.config import HERE, RunConfig
from core.data.sets.store import DataSet
from core.errors import GraftError
from core.jobs import queue
from core.jobs.folds import FOLDS, submit_folds
from core.strategies.registry import STRATEGIES
from core.tasks import task_of
from pages.components.data.health import reading_lines
from pages.components.shared import status, words
from pages.components.shared.address import remember
from pages.components.shared.errors import show_error
from pages.components.shared.links import run_link
from pages.components.shared.states import badge
from pages.components.shared.theme import STAYS
from pages.components.studies.new_study import new_study
from pages.components.train.all_settings import choose_settings
from pages.components.train.config_form import choose_preset, choose_source
from pages.components.train.cost import cost
from pages.components.train.engine import choose_engine, engine_panel, engine_title
from pages.components.train.folds import choose_folds
from pages.components.train.rate_test import rate_test
from pages.components.train.strategy_cards import choose_strategy

KINDS = ["One run", "A study"]


def submit(config: RunConfig, name: str, over_folds: bool) -> None:
    """Queue the run, or one for each fold, and say where to watch it."""
    try:
        if over_folds:
            with st.spinner("Making the folds …"):
                folds = submit_folds(config, name=name.strip() or None)
            run, queued = folds.runs[1], f"{len(folds.runs)} runs, {folds.name}"
        else:
            why = str(st.session_state.get("_choice_sentence") or "")
            run = queue.submit(config, name.strip() or None, choice=why)
            queued = run.name
    except GraftError as error:
        show_error(error)
        return
    st.session_state["queued_run"] = run.id
    remember("run", run.id)
    st.query_params["run"] = run.id
    st.toast(f"Queued: {words.plain(queued)}", icon=":material/check:")


def queue_list() -> None:
    """What is under way and what waits, with a way to take it back."""
    active, waiting = queue.active_runs(), queue.waiting_runs()
    if not active and not waiting:
        return
    st.header("Queue", anchor=False)
    for run in [*active, *waiting]:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            run_link(run)
            badge(run.state)
            if run.config.engine != HERE:
                st.caption(engine_title(run.config.engine))
            if run in waiting:
                st.caption(f"position {(queue.position(run) or 0) + 1}")
                if st.button("Take out", key=f"cancel_{run.id}", icon=":material/close:", type="tertiary"):
                    queue.stop(run)
                    st.rerun()


def form(dataset: DataSet, engine: str) -> None:
    """From source to the start button."""
    left, right = st.columns([3, 2])
    before = right.container(border=True, key=STAYS)  # it stays in view while the form is scrolled
    before.markdown("**Before it starts**")  # drawn first: the first look at the machine takes seconds
    with left:
        with st.container(border=True):
            source, revision = choose_source()
        with st.container(border=True):
            strategy = choose_strategy(dataset, source, revision)
        with st.container(border=True):
            preset = choose_preset()
            settings = choose_settings(preset, strategy, task_of(dataset.task))
    with before:
        ready, config = False, None
        if not source and STRATEGIES[strategy].teacher.encodes:
            st.caption("Name the model on the left: time and memory are told when it is known.")
        try:
            config = RunConfig(
                dataset=dataset.id, model=source, revision=revision, strategy=strategy, engine=engine, **settings
            )
            with st.spinner("Estimating time and memory …"):
                ready = cost(config, dataset)
            if config.source:
                reading_lines(dataset, config.source, config.max_length)
        except GraftError as error:
            if source:
                show_error(error)
        engine_panel(engine)
        name = st.text_input("Name of the run", placeholder="Chosen by itself when empty", key="run_name")
        over_folds = choose_folds(dataset)
        label = f"Queue {FOLDS} runs" if over_folds else "Queue run"
        if (
            st.button(label, type="primary", icon=":material/play_arrow:", disabled=not ready, key="queue_run")
            and config
        ):
            submit(config, name, over_folds)
        if ready and config is not None:
            rate_test(config)
        queued = st.session_state.get("queued_run")
        if queued:
            st.page_link(
                "pages/results.py", label="Watch it live", icon=":material/monitoring:", query_params={"run": queued}
            )
        st.caption(
            "You can queue several. One runs at a time on each device; closing this page changes nothing for them."
            if engine == HERE
            else "You can queue several. The cluster carries out as many at once as its nodes have room for; time and memory above are "
            "those of this machine."
        )


st.title("Train", anchor=False)
if not status.dataset_names():
    st.markdown("A run needs a data set to learn from. Bring one, or use the sample.")
    with st.container(horizontal=True):
        st.page_link("pages/data.py", label="Add a data set", icon=":material/upload_file:")
        st.page_link("pages/home.py", label="Try the sample", icon=":material/play_arrow:")
else:
    dataset = status.pick_dataset("Data set", key="train_dataset")
    if dataset is None:
        st.caption("Choose what to learn from.")
    elif dataset.task == "unlabelled":
        st.info("This set has no labels, and training needs them. Choose another set above, or go one of these ways:")
        with st.container(horizontal=True):
            st.page_link("pages/data.py", label="Add the file again with a label column", icon=":material/upload_file:")
            st.page_link(
                "pages/use.py", label="Score it with a finished run", icon=":material/edit_note:",
                query_params={"score": dataset.id},
            )  # fmt: skip
    else:
        kind = st.radio(
            "What to start", KINDS, horizontal=True, key="kind", label_visibility="collapsed", bind="query-params"
        )
        engine = choose_engine()
        if kind == "A study":
            with st.container(border=True):
                new_study(dataset, engine)
        else:
            form(dataset, engine)
    queue_list()
