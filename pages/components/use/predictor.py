"""One loaded model for all visitors, used by one at a time."""

import threading
from typing import Any

import streamlit as st

from core import libraries
from core.runs.folder import get_run

LOCK = threading.Lock()


@st.cache_resource(max_entries=2, show_spinner="Loading the model …")
def predictor(run_id: str, finished_at: float) -> Any:
    """The model of a run; ``finished_at`` makes a run that was trained again load again."""
    libraries.load()  # a visit that began on a page which reads no texts may be the first to need them
    from transformers.utils import logging

    from core.results.answerer import load_model

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    return load_model(get_run(run_id))


def load(run: Any) -> Any:
    """The predictor of a run."""
    return predictor(run.id, float(run.status.get("ended_at") or 0.0))
