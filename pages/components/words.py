"""How numbers, times and states are said."""

import time

import streamlit as st

from core.errors import GraftError
from core.runs.folder import Run

STATES = {
    "queued": ("gray", ":material/schedule:"),
    "starting": ("blue", ":material/hourglass_top:"),
    "running": ("blue", ":material/play_arrow:"),
    "stopping": ("orange", ":material/hourglass_bottom:"),
    "stopped": ("orange", ":material/pause:"),
    "finished": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "interrupted": ("orange", ":material/power_off:"),
}
PHASES = {
    "preparing": "Reading the texts",
    "encoding": "Encoding texts once",
    "training": "Training",
    "validating": "Checking on validation rows",
    "testing": "Judging on test rows",
    "baselines": "Computing the baselines",
    "saving": "Saving the model",
}
STRATEGY_TITLES = {
    "full": "Full fine-tuning",
    "linear_probe": "Linear probe",
    "lp_ft": "Probe, then fine-tuning",
    "top_k": "Top layers",
    "gradual": "Gradual thawing",
    "llrd": "Layer-wise rates",
    "lora": "LoRA",
    "ia3": "IA³",
    "bitfit": "Biases only",
    "scratch": "From scratch",
}


def badge(state: str) -> None:
    """The state of a run as a coloured word."""
    color, icon = STATES[state]
    st.badge(state, icon=icon, color=color)  # type: ignore[arg-type]


def percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def with_interval(value: float, interval: list[float]) -> str:
    """85.2 % (81.0 to 88.7)."""
    return f"{100 * value:.1f} % ({100 * interval[0]:.1f} to {100 * interval[1]:.1f})"


def ago(moment: float | None) -> str:
    """How long ago a unix time was, in words."""
    if not moment:
        return ""
    seconds = time.time() - moment
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def show_error(error: GraftError) -> None:
    """What was wrong, and what to do."""
    st.error(f"{error.message}\n\n{error.hint}" if error.hint else error.message, icon=":material/error:")


def run_link(run: Run, label: str | None = None, icon: str = ":material/monitoring:") -> None:
    """A link that opens a run, also in another browser."""
    st.page_link("pages/run.py", label=label or run.name, icon=icon, query_params={"run": run.id})


def source_name(model: str) -> str:
    """A source as people call it."""
    if model == "minilm":
        return "MiniLM (built in)"
    if model.startswith("run:"):
        from core.errors import RunError
        from core.runs.folder import get_run

        try:
            return f"earlier run {get_run(model[4:]).name}"
        except RunError:
            return f"earlier run {model[4:]}"
    return model.rstrip("/").split("/")[-1]
