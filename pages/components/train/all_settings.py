"""All settings of a run in groups, each with its one-line explanation."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.config import (
    ADAPT_NONE,
    ADAPT_OWN,
    DROPOUTS,
    OPTIMIZERS,
    POOLINGS,
    PRECISIONS,
    PRESETS,
    SCHEDULES,
    TRUNCATIONS,
    RunConfig,
    settings,
)
from core.data.sets.store import list_datasets
from core.strategies.keeps import KEEPS
from core.strategies.registry import STRATEGIES
from core.tasks import METRICS, Task
from pages.components.train.engine import offer_cluster

MACHINE = "Machine"
GROUPS = {  # what the user asks about -> the settings that answer it, in reading order
    "How long": ("epochs", "batch_size", "eval_every", "patience", "best_by", "average_best"),
    "What it reads": (
        "train_size",
        "domains",
        "validation_size",
        "test_size",
        "max_length",
        "truncation",
        "pooling",
        "seed",
    ),
    "Rates": ("learning_rate", "schedule", "warmup", "optimizer", "weight_decay", "clip_norm"),
    "Uneven or doubtful labels": ("class_weights", "focal_gamma", "label_smoothing", "dropout"),
    "Texts without labels": (
        "adapt",
        "adapt_epochs",
        "read_along",
        "read_along_rows",
        "self_train",
        "self_rounds",
        "self_confidence",
    ),
    "The source": ("keep", "keep_strength"),
    MACHINE: ("device", "precision", "accumulate", "processes", "recompute"),
}
OWN = "Rates"  # where settings that one strategy alone reads stand
FOR_CLASSES = ("class_weights", "focal_gamma", "label_smoothing", "dropout")  # they have no meaning for scores
FOR_ONE_LABEL = ("self_train", "self_rounds", "self_confidence")
_Widget = Callable[[str, dict[str, Any], Any], Any]


def _whole(least: int = 1, most: int | None = None, step: int = 1, empty: str | None = None) -> _Widget:
    return lambda name, shown, value: st.number_input(
        **shown, min_value=least, max_value=most, value=value, step=step, placeholder=empty
    )


def _part(least: float, most: float, step: float) -> _Widget:
    return lambda name, shown, value: st.number_input(**shown, min_value=least, max_value=most, value=value, step=step)


def _one_of(options: tuple[str, ...]) -> _Widget:
    return lambda name, shown, value: st.selectbox(**shown, options=options, index=options.index(value))


def _switch(name: str, shown: dict[str, Any], value: Any) -> Any:
    return st.checkbox(**shown, value=value)


def _words(name: str, shown: dict[str, Any], value: Any) -> Any:
    return st.text_input(**shown, value=value or "", placeholder="all") or None


def _rate(name: str, shown: dict[str, Any], value: Any) -> Any:
    typed = st.text_input(**shown, value="" if value is None else f"{value:g}", placeholder="fits the source")
    return number_typed(typed, value)


def _texts(name: str, shown: dict[str, Any], value: Any) -> Any:
    """None, the set's own texts, or those of another stored set."""
    sets = {dataset.id: dataset.name for dataset in list_datasets()}
    titles = {ADAPT_NONE: "no", ADAPT_OWN: "this set's own texts"} | {
        key: f"texts of {title}" for key, title in sets.items()
    }
    options = list(titles)
    return st.selectbox(
        **shown, options=options, index=options.index(value) if value in options else 0, format_func=titles.__getitem__
    )


WIDGETS: Mapping[str, _Widget] = {
    "epochs": _whole(most=1000, empty="fits the rows"), "batch_size": _whole(most=512), "eval_every": _whole(empty="once an epoch"),
    "patience": _whole(empty="never"), "average_best": _whole(most=20), "train_size": _whole(step=100, empty="all"),
    "validation_size": _whole(step=100, empty="all"), "test_size": _whole(step=100, empty="all"), "max_length": _whole(4, 8192, 32),
    "truncation": _one_of(TRUNCATIONS), "pooling": _one_of(POOLINGS), "seed": _whole(0, 2**31 - 1), "learning_rate": _rate,
    "schedule": _one_of(SCHEDULES), "warmup": _part(0.0, 0.9, 0.05), "optimizer": _one_of(OPTIMIZERS),
    "weight_decay": _part(0.0, 1.0, 0.01), "clip_norm": _part(0.0, 100.0, 0.5), "class_weights": _switch,
    "focal_gamma": _part(0.0, 10.0, 0.5), "label_smoothing": _part(0.0, 0.9, 0.05), "dropout": _one_of(DROPOUTS),
    "precision": _one_of(PRECISIONS), "accumulate": _whole(), "recompute": _switch, "top_layers": _whole(),
    "domains": _words, "adapt": _texts, "adapt_epochs": _whole(most=100),
    "self_train": _texts, "self_rounds": _whole(most=5), "self_confidence": _part(0.0, 0.9999, 0.05),
    "read_along": _texts, "read_along_rows": _whole(most=4096, empty="as many as a batch"),
    "keep": _one_of(tuple(KEEPS)), "keep_strength": _part(0.0, 1e6, 0.5),
    "layer_decay": _part(0.1, 1.0, 0.05), "lora_rank": _whole(),
}  # fmt: skip
COLUMNS = 3


def choose_settings(preset: str, strategy: str, task: Task) -> dict[str, Any]:
    """The preset's settings with what the user changed; widgets are named by preset, so a new preset starts anew."""
    base = RunConfig("x", **PRESETS[preset].settings).to_json()
    chosen: dict[str, Any] = {}
    with st.expander("All settings", icon=":material/tune:"):
        for title, tab in zip(GROUPS, st.tabs(list(GROUPS)), strict=True):
            with tab:
                names = [name for name in GROUPS[title] if _is_asked(name, task)]
                _group([*names, *(STRATEGIES[strategy].settings if title == OWN else ())], preset, base, task, chosen)
                if title == MACHINE:
                    offer_cluster()
        if not STRATEGIES[strategy].teacher.steps:
            title = STRATEGIES[strategy].title
            st.caption(f"{title}: the texts are read once; epochs, rates and schedule are not used.")
    return chosen


def _is_asked(name: str, task: Task) -> bool:
    if name == "processes":
        return _cards() > 1
    if name in FOR_ONE_LABEL:
        return task.kind == "single_label"
    return task.kind != "regression" or name not in FOR_CLASSES


def _group(names: list[str], preset: str, base: dict[str, Any], task: Task, chosen: dict[str, Any]) -> None:
    """The widgets of one group, row by row, so that the keyboard takes them in reading order."""
    if not names:
        st.caption("Nothing of this kind for scores.")
    told = settings()
    for place in range(0, len(names), COLUMNS):
        for name, column in zip(
            names[place : place + COLUMNS], st.columns(COLUMNS, vertical_alignment="bottom"), strict=False
        ):
            shown = {"label": told[name][0], "help": told[name][1], "key": f"{name}_{preset}"}
            with column:
                chosen[name] = _special(name, shown, task) or WIDGETS[name](name, shown, base[name])


def _special(name: str, shown: dict[str, Any], task: Task) -> Any:
    """Settings whose choices depend on the machine or the task."""
    if name == "device":
        return st.selectbox(**shown, options=["auto", *_devices()])
    if name == "processes":
        return st.number_input(**shown, min_value=1, max_value=_cards(), value=1)
    if name == "best_by":
        return st.selectbox(
            **shown, options=["auto", *task.choices],
            format_func=lambda metric: METRICS[metric].title if metric in METRICS else f"auto ({METRICS[task.best_by].title})",
        )  # fmt: skip
    return None


@st.cache_resource(max_entries=1, show_spinner="Looking at this machine …")
def _devices() -> list[str]:
    from core.training.devices import list_devices

    return [device.name for device in list_devices()]


def _cards() -> int:
    return sum(name.startswith("cuda") for name in _devices())


def number_typed(text: str, default: float | None) -> Any:
    """The number that was typed; what is no number is handed on, so that the check names it."""
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        return text
