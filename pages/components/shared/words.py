"""How numbers, times and states are said."""

import time
from collections.abc import Iterable
from typing import Any

import streamlit as st

from core.errors import GraftError
from core.runs.folder import ACTIVE, Run
from core.tasks import METRICS, Task, headline_of, interval_of, readable, split_labels, task_of

STILL = {"displayModeBar": False}  # for charts without anything to zoom
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
    "testing": "Judging it",
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
    "few_shot": "Few-shot pairs",
    "scratch": "From scratch",
}


INK = {"light": "#1E2420", "dark": "#E6EBE7"}


def ink() -> str:
    """The text colour of the theme that the visitor sees, for writing on coloured parts of a chart."""
    return INK.get(st.context.theme.type or "light", INK["light"])


def distinct_names(runs: list[Run]) -> dict[str, str]:
    """Run id -> name, with the end of the id where two of these runs share a name."""
    names = {run.id: run.name for run in runs}
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {run: f"{name} · {run[-4:]}" if name in shared else name for run, name in names.items()}


def plain(text: str) -> str:
    """Text that people wrote, ready for Markdown: its signs are letters, not formatting."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#$~|:" else sign for sign in text)


def badge(state: str) -> None:
    """The state of a run as a coloured word."""
    color, icon = STATES[state]
    st.badge(state, icon=icon, color=color)  # type: ignore[arg-type]


def percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def with_interval(value: float, interval: tuple[float, float]) -> str:
    """85.2 % (81.0 to 88.7)."""
    return f"{100 * value:.1f} % ({100 * interval[0]:.1f} to {100 * interval[1]:.1f})"


def figure(metric: str, value: float | None) -> str:
    """A metric as it is read: 85.2 % for a share, 0.843 for an error in units of the score."""
    if value is None:
        return "–"
    return percent(value) if METRICS[metric].share else readable(value)


def figure_with_interval(metric: str, result: dict[str, Any]) -> str:
    """A metric of a result with the interval in which its true value may lie, or the word that there is none."""
    value, interval = result["metrics"].get(metric), interval_of(result, metric)
    if value is None:
        return "–"
    if interval is None:
        return f"{figure(metric, value)} (no interval)"
    if METRICS[metric].share:
        return with_interval(value, interval)
    return f"{readable(value)} ({readable(interval[0])} to {readable(interval[1])})"


def result_task(result: dict[str, Any]) -> Task:
    """The task of a finished run."""
    return task_of(result.get("task", "single_label"))


def headline(result: dict[str, Any]) -> str:
    """The figure that stands for a run, such as 85.2 % accuracy."""
    name = headline_of(result)
    return f"{figure(name, result['metrics'][name])} {spoken(name)}"


def spoken(metric: str) -> str:
    """A metric's name inside a sentence: accuracy, macro-F1, RMSE."""
    return METRICS[metric].spoken


def answer(told: Any, kind: str) -> str:
    """One stored answer for a reader: labels with commas, scores with three digits."""
    if kind == "regression":
        return readable(float(told))
    return ", ".join(split_labels(str(told))) or "no label" if kind == "multi_label" else str(told)


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


def standing(run: Run) -> str:
    """How far a run without a result has come, in one sentence."""
    status = run.status
    if status["state"] in ACTIVE:
        return f"{PHASES.get(status.get('phase') or '', 'Starting')}, {percent(status.get('progress') or 0.0, 0)} done."
    error = status.get("error")
    return (
        error["message"]
        if error
        else {"queued": "Waits for its turn.", "stopped": "Can be resumed."}.get(status["state"], "No result yet.")
    )


def figures(shown: Iterable[tuple[str, str, str]]) -> None:
    """Cards of (name, value, what it means), side by side as far as the window is wide."""
    cards = list(shown)
    with st.grid(max(3, len(cards)), min_column_width=150):
        for label, value, help_text in cards:
            st.metric(label, value, help=help_text, border=True)


def start_links() -> None:
    """Where to go when nothing has run yet."""
    with st.container(horizontal=True):
        if st.button("Try the sample", icon=":material/play_arrow:", type="primary", key="to_sample"):
            st.switch_page("pages/home.py")
        if st.button("Start a run", icon=":material/psychiatry:", key="to_train"):
            st.switch_page("pages/train.py")


def show_error(error: GraftError) -> None:
    """What was wrong, and what to do."""
    st.error(f"{error.message}\n\n{error.hint}" if error.hint else error.message, icon=":material/error:")


def run_link(run: Run, label: str | None = None, icon: str = ":material/monitoring:") -> None:
    """A link that opens a run, also in another browser."""
    st.page_link("pages/run.py", label=plain(label or run.name), icon=icon, query_params={"run": run.id})


def dataset_name(dataset: str) -> str:
    """A data set as its owner calls it, with the number of its version; its id where it has been deleted."""
    from core.data.sets.store import get_dataset
    from core.data.sets.versions import version_title

    try:
        return version_title(get_dataset(dataset))
    except GraftError:
        return dataset


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
    if model.startswith("weights:"):
        file, _, architecture = model.removeprefix("weights:").rpartition("@")
        return f"{file.split('/')[-1]} on {source_name(architecture)}"
    return model.rstrip("/").split("/")[-1]
