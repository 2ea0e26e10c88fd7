"""Home: what Graft does, one click to try it, the last ladder, and what ran last."""

import streamlit as st

from pages.components.shared.router import RUNNING_EVERY, ensure_routed

ensure_routed()

from core.errors import GraftError
from core.runs.folder import ACTIVE, Run, list_runs
from core.runs.ties import study_tie
from core.studies.demo import try_now
from core.studies.folder import Study, get_study, list_studies
from core.tasks import headline_of
from pages.components.shared import status, words
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.links import run_link
from pages.components.shared.states import badge, standing
from pages.components.studies.study_view import study_view

SHOWN = 6

STEPS = (
    ("data", "Bring your texts", ":material/upload_file:", "CSV, Excel, JSON Lines or Parquet with a text and a label column."),
    ("train", "Graft a model onto them", ":material/psychiatry:", "Choose a pretrained source and a strategy; watch it learn."),
    ("results", "See whether it paid off", ":material/monitoring:", "Every result stands beside simple baselines, with intervals."),
    ("use", "Use it", ":material/edit_note:", "Score a file, from the browser, the command line or your own code."),
)  # fmt: skip


def start_demo() -> None:
    """Start the ladder on the sample, and show it below."""
    try:
        with st.spinner("Reading the sample …"):
            study = try_now()
    except GraftError as error:
        show_error(error)
        return
    st.query_params["study"] = study.id
    st.rerun()


def shown_study() -> Study | None:
    """The study that the address names, else the newest."""
    linked = st.query_params.get("study")
    if linked:
        try:
            return get_study(linked)
        except GraftError as error:
            show_error(error)
    return next(iter(list_studies()), None)


def run_card(run: Run) -> None:
    """One earlier run: its state, its score, and the strongest baseline."""
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            run_link(run)
            badge(run.state)
        result = run.result if run.state == "finished" else None
        if result:
            name = headline_of(result)
            best = words.best_baseline(result)
            beside = f"; {words.plain(best['title'])} {words.figure(name, best['metrics'][name])}" if best else ""
            st.markdown(
                f"**{words.figure(name, result['metrics'][name])}** {words.spoken(name)} on {result['rows']:,} "
                f"{result['split']} rows{beside}"
            )
        else:
            st.caption(words.plain(standing(run)))
        source = words.run_source(run)
        created = words.ago(run.meta["created"])
        st.caption(words.plain(f"{source} · {created}" if source else created))


def lone_runs() -> list[Run]:
    """Runs that no study asked for, newest first: those of a study stand in it."""
    return [run for run in list_runs() if study_tie(run) is None]


def last_runs() -> None:
    """The newest runs, drawn anew as often as the line above the page, so that both tell the same."""
    with st.grid(3, min_column_width=280):
        for run in lone_runs()[:SHOWN]:
            with shown_errors():
                run_card(run)


st.title("Graft", anchor=False)
st.markdown(
    "Take a language model that has already read a lot, and teach it your own task with a few hundred labelled texts. "
    "Graft fine-tunes it on this machine, shows every step live, and tells you honestly whether it beats simpler methods."
)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("Try it now", type="primary", icon=":material/play_arrow:", key="try_now"):
        start_demo()
    st.caption(
        "One click, no account, no network: the built-in MiniLM learns a task from few labelled texts, beside everything simpler. "
        "About a minute on two free cores."
    )

study = shown_study()
if study is not None:
    with st.container(border=True), shown_errors():
        study_view(study)

runs = lone_runs()
if runs:
    st.header("Last runs", anchor=False)
    st.fragment(last_runs, run_every=RUNNING_EVERY if any(run.state in ACTIVE for run in runs) else None)()
    if len(runs) > SHOWN:
        st.page_link("pages/results.py", label="All results", icon=":material/list:", query_params={"runs": ""})

st.header("How it goes" if runs or study else "Start here", anchor=False)
with st.grid(4, min_column_width=200):
    for page, title, icon, text in STEPS:
        with st.container(border=True, height="stretch"):
            st.page_link(f"pages/{page}.py", label=f"**{title}**", icon=icon)
            st.caption(text)
st.caption(words.plain(status.machine_sentence()))
