"""Home: what Graft does, one click to try it, and what ran last."""

import streamlit as st

from pages.components.shared.router import RUNNING_EVERY, ensure_routed

ensure_routed()

from core.errors import GraftError
from core.jobs.demo import try_now
from core.runs.folder import ACTIVE, Run, list_runs
from core.tasks import headline_of
from pages.components.shared import status, words
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.links import run_link
from pages.components.shared.states import badge, standing

SHOWN = 6

STEPS = (
    ("data", "Bring your texts", ":material/upload_file:", "CSV, Excel, JSON Lines or Parquet with a text and a label column."),
    ("train", "Graft a model onto them", ":material/psychiatry:", "Choose a pretrained source and a strategy; watch it learn."),
    ("compare", "See whether it paid off", ":material/compare_arrows:", "Every result stands beside simple baselines, with intervals."),
    ("predict", "Try it out", ":material/edit_note:", "Type a sentence, score a file, look at the mistakes."),
)  # fmt: skip


def start_demo() -> None:
    """Queue the sample run and open its live view."""
    try:
        run = try_now()
    except GraftError as error:
        show_error(error)
        return
    st.switch_page("pages/run.py", query_params={"run": run.id})


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


def last_runs() -> None:
    """The newest runs, drawn anew as often as the line above the page, so that both tell the same."""
    with st.grid(3, min_column_width=280):
        for run in list_runs()[:SHOWN]:
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
        "One click: fine-tunes the built-in MiniLM on 796 sample reviews. Two minutes or so, no account, no network."
    )

runs = list_runs()
if runs:
    st.header("Last runs", anchor=False)
    st.fragment(last_runs, run_every=RUNNING_EVERY if any(run.state in ACTIVE for run in runs) else None)()
    if len(runs) > SHOWN:
        st.page_link("pages/compare.py", label=f"All {len(runs)} runs", icon=":material/list:")

st.header("How it goes" if runs else "Start here", anchor=False)
with st.grid(4, min_column_width=200):
    for page, title, icon, text in STEPS:
        with st.container(border=True, height="stretch"):
            st.page_link(f"pages/{page}.py", label=f"**{title}**", icon=icon)
            st.caption(text)
st.caption(words.plain(status.machine_sentence()))
