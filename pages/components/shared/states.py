"""The state of a run: as a coloured word, and in a sentence."""

from typing import Any

import streamlit as st

from core.runs.folder import ACTIVE, Run
from pages.components.shared.words import percent

STATES = {
    "queued": ("gray", ":material/schedule:"),
    "starting": ("blue", ":material/hourglass_top:"),
    "running": ("blue", ":material/play_arrow:"),
    "stopping": ("orange", ":material/hourglass_bottom:"),
    "stopped": ("orange", ":material/pause:"),
    "finished": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "interrupted": ("orange", ":material/power_off:"),
    "damaged": ("red", ":material/broken_image:"),
}
PHASES = {
    "downloading": "Downloading the model",
    "unpacking": "Unpacking the model",
    "adapting": "Reading texts without labels",
    "labelling": "Labelling texts by itself",
    "preparing": "Reading the texts",
    "encoding": "Encoding texts once",
    "training": "Training",
    "validating": "Checking on validation rows",
    "testing": "Judging on test rows",
    "baselines": "Computing the baselines",
    "saving": "Saving the model",
}


def phase_told(status: dict[str, Any]) -> str:
    """What a run is doing; it is judged by validation rows where its set has no others."""
    phase = PHASES.get(status.get("phase") or "", "Starting")
    return phase.replace("test rows", f"{status.get('judged_on') or 'test'} rows")


def badge(state: str) -> None:
    """The state of a run as a coloured word."""
    color, icon = STATES[state]
    st.badge(state, icon=icon, color=color)  # type: ignore[arg-type]


STUDY_STATES = {"partial": ("orange", ":material/rule:")}  # of a study alone; the others are called as a run's


def study_badge(state: str) -> None:
    """The state of a study as a coloured word."""
    color, icon = (STATES | STUDY_STATES)[state]
    st.badge("finished in part" if state == "partial" else state, icon=icon, color=color)  # type: ignore[arg-type]


def standing(run: Run) -> str:
    """How far a run without a result has come, in one sentence."""
    status = run.status
    if status["state"] in ACTIVE:
        return f"{phase_told(status)}, {percent(status.get('progress') or 0.0, 0)} done."
    error = status.get("error")
    return (
        error["message"]
        if error
        else {"queued": "Waits for its turn.", "stopped": "Can be resumed."}.get(status["state"], "No result yet.")
    )
