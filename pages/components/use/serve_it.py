"""A finished model behind HTTP: started and stopped here, with its address in the languages that ask it."""

import json

import streamlit as st

from core.runs.folder import Run
from core.serve.started import endpoint
from pages.components.shared.errors import shown_errors
from pages.components.shared.words import plain


def serve_it(run: Run) -> None:
    """Start; or where it answers, how it is asked, and stop."""
    with shown_errors():
        there = endpoint(run).running()
        if there is None:
            _start(run)
        else:
            _running(run, there.address)
    st.caption("For other machines, with a secret in a file that each request must bring:")
    st.code(f"python -m core serve {run.id} --address 0.0.0.0 --port 8000 --token-file token.txt", language=None)


def _start(run: Run) -> None:
    st.caption("A process of its own answers on this machine, until you stop it here or delete the run.")
    if st.button("Start", icon=":material/play_arrow:", key=f"serve_start_{run.id}"):
        with st.spinner("Loading the model …"):
            endpoint(run).start()
        st.rerun()


def _running(run: Run, address: str) -> None:
    st.markdown(plain(f"It answers at {address}"))
    with st.container(horizontal=True):
        st.link_button("Try it", address, icon=":material/open_in_new:")
        if st.button("Stop", icon=":material/stop:", key=f"serve_stop_{run.id}"):
            endpoint(run).stop()
            st.rerun()
    asked = _asked(run)
    for name, tab in zip(WAYS, st.tabs(list(WAYS)), strict=True):
        language, lines = WAYS[name]
        tab.code(lines.format(address=address, asked=json.dumps(asked)), language=language, wrap_lines=True)
    st.caption("Where it was started with a token, each request needs the header Authorization: Bearer TOKEN.")


WAYS = {  # name: language, and lines with {address} and {asked}
    "curl": ("bash", "curl {address}/predict -H 'Content-Type: application/json' -d '{asked}'"),
    "Python": (
        "python",
        "import json\n"
        "from urllib.request import Request, urlopen\n\n"
        "asked = {asked}\n"
        'request = Request("{address}/predict", json.dumps(asked).encode(), {{"Content-Type": "application/json"}})\n'
        'print(json.load(urlopen(request))["answers"])',
    ),
    "JavaScript": (
        "javascript",
        'const response = await fetch("{address}/predict", {{\n'
        '  method: "POST", headers: {{"Content-Type": "application/json"}},\n'
        "  body: JSON.stringify({asked}),\n"
        "}});\n"
        "console.log((await response.json()).answers);",
    ),
}


def _asked(run: Run) -> dict[str, object]:
    """A request in the shape that this model reads."""
    split = (run.result or {}).get("split", "test")
    if "text_pair" in run.read_predictions(split):
        return {"pairs": [["Your text", "and the other"]]}
    return {"texts": ["Your text", "another"]}
