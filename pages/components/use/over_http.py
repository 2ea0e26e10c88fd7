"""The model behind HTTP: started and stopped here, and how it is asked."""

import json

import streamlit as st

from core.errors import GraftError
from core.runs.folder import Run
from core.serve.started import endpoint
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain


def over_http(run: Run) -> None:
    """Start, address with lines to copy, stop."""
    there = endpoint(run).running()
    if there is None:
        st.markdown(
            "A process of its own answers HTTP requests on this machine, until you stop it; closing the app does not end it."
        )
        if st.button("Start serving", icon=":material/play_arrow:", key=f"serve_start_{run.id}"):
            _start(run)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button("Open the page to try it", there.address, icon=":material/open_in_new:")
        if st.button("Stop serving", icon=":material/stop:", key=f"serve_stop_{run.id}"):
            endpoint(run).stop()
            st.rerun()
    st.code(there.address, language=None, wrap_lines=True)
    asked = _asked(run)
    for title, language, lines in (
        ("curl", "bash", _curl(there.address, asked)), ("Python", "python", _python(there.address, asked)),
        ("JavaScript", "javascript", _javascript(there.address, asked)),
    ):  # fmt: skip
        with st.expander(title, expanded=title == "curl"):
            st.code(lines, language=language, wrap_lines=True)
    st.caption(
        plain(
            f"For other machines: python -m core serve {run.id} --address 0.0.0.0 --token-file FILE. Started with a token, it wants "
            "the header “Authorization: Bearer TOKEN” with each request."
        )
    )


def _start(run: Run) -> None:
    try:
        with st.spinner("Loading the model …"):
            endpoint(run).start()
    except GraftError as error:
        show_error(error)
    else:
        st.rerun()


def _asked(run: Run) -> str:
    """A request that this model takes, as JSON."""
    result = run.result or {"split": "test"}
    try:
        takes_pairs = "text_pair" in run.read_predictions(result["split"])
    except GraftError:
        takes_pairs = False
    return json.dumps({"pairs": [["One text", "And the other"]]} if takes_pairs else {"texts": ["Your text"]})


def _curl(address: str, asked: str) -> str:
    return f"curl {address}/predict -H 'Content-Type: application/json' -d '{asked}'"


def _python(address: str, asked: str) -> str:
    return (
        "import json, urllib.request\n\n"
        f"asked = json.dumps({asked}).encode()\n"
        f'request = urllib.request.Request("{address}/predict", asked, {{"Content-Type": "application/json"}})\n'
        'print(json.load(urllib.request.urlopen(request))["answers"])'
    )


def _javascript(address: str, asked: str) -> str:
    return (
        f'const answer = await fetch("{address}/predict", {{\n'
        '  method: "POST", headers: { "Content-Type": "application/json" },\n'
        f"  body: JSON.stringify({asked}),\n"
        "});\n"
        "console.log((await answer.json()).answers);"
    )
