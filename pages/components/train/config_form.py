"""The settings of a run, each with its one-line explanation."""

from typing import Any

import streamlit as st

from core.config import DROPOUTS, OPTIMIZERS, POOLINGS, PRECISIONS, PRESETS, SCHEDULES, TRUNCATIONS, settings
from core.models.sources import list_sources
from core.strategies.registry import STRATEGIES
from core.tasks import METRICS, Task
from pages.components.shared.words import plain
from pages.components.train.weights_file import choose_weights

RANGES: dict[str, dict[str, Any]] = {
    "top_layers": {"min_value": 1},
    "layer_decay": {"min_value": 0.1, "max_value": 1.0, "step": 0.05},
    "lora_rank": {"min_value": 1},
}  # of the settings that one strategy alone reads
OTHER_HUB, OTHER_FOLDER, OTHER_FILE = "Another Hub model", "A local folder", "A file with weights"


def choose_source() -> tuple[str, str | None]:
    """What to transfer from: the source and, for Hub models, a revision."""
    sources = {source.key: source for source in list_sources()}
    asked = st.query_params.get("source")
    options = [*sources, OTHER_HUB, OTHER_FOLDER, OTHER_FILE]
    picked = st.selectbox(
        "Source: the pretrained model to start from", options, key="source",
        index=options.index(asked) if asked in sources else 0,
        format_func=lambda key: sources[key].title + ("" if sources[key].available else " (not available offline)")
        if key in sources else key,
    )  # fmt: skip
    if picked == OTHER_HUB:
        name = st.text_input("Hub name", placeholder="owner/name", key="hub_name", help="As on huggingface.co.")
        revision = st.text_input("Revision", key="revision", help=settings()["revision"][1])
        return name.strip(), revision.strip() or None
    if picked == OTHER_FOLDER:
        folder = st.text_input("Folder", placeholder="/path/to/model", key="folder", help="Saved with save_pretrained.")
        return folder.strip(), None
    if picked == OTHER_FILE:
        return choose_weights([source for source in sources.values() if source.available]), None
    info = sources[picked]
    st.caption(plain(info.sentence if info.available else f"{info.sentence} Not available: {info.why_not}"))
    return picked, None


def choose_preset() -> str:
    """A named set of settings."""
    preset = st.segmented_control(
        "Preset", list(PRESETS), default="balanced", required=True, key="preset",
        format_func=lambda name: PRESETS[name].title,
    )  # fmt: skip
    st.caption(PRESETS[str(preset)].sentence)
    return str(preset)


def choose_settings(preset: str, strategy: str, task: Task) -> dict[str, Any]:
    """The preset's settings with what the user changed; widgets are named by preset, so a new preset starts anew."""
    from core.config import RunConfig

    base = RunConfig("x", **PRESETS[preset].settings).to_json()
    names = settings()
    chosen: dict[str, Any] = {}

    def shown(name: str) -> dict[str, Any]:
        return {"label": names[name][0], "help": names[name][1], "key": f"{name}_{preset}"}

    def optional(column: Any, name: str, step: int = 100) -> None:
        chosen[name] = column.number_input(**shown(name), min_value=1, value=base[name], step=step, placeholder="all")

    with st.expander("All settings", icon=":material/tune:"):
        one, two, three = st.columns(3)
        chosen["epochs"] = one.number_input(
            **shown("epochs"), min_value=1, max_value=1000, value=base["epochs"], placeholder="fits the rows"
        )
        chosen["batch_size"] = two.number_input(
            **shown("batch_size"), min_value=1, max_value=512, value=base["batch_size"]
        )
        chosen["max_length"] = three.number_input(
            **shown("max_length"), min_value=4, max_value=8192, value=base["max_length"], step=32
        )
        rate = one.text_input(
            **shown("learning_rate"), value="" if base["learning_rate"] is None else f"{base['learning_rate']:g}",
            placeholder="fits the source",
        )  # fmt: skip
        chosen["learning_rate"] = _number(rate, base["learning_rate"])
        optional(two, "train_size")
        chosen["seed"] = three.number_input(**shown("seed"), min_value=0, max_value=2**31 - 1, value=base["seed"])
        optional(one, "validation_size")
        optional(two, "test_size")
        chosen["device"] = three.selectbox(**shown("device"), options=["auto", *_devices()])
        chosen["optimizer"] = one.selectbox(
            **shown("optimizer"), options=OPTIMIZERS, index=OPTIMIZERS.index(base["optimizer"])
        )
        chosen["schedule"] = two.selectbox(
            **shown("schedule"), options=SCHEDULES, index=SCHEDULES.index(base["schedule"])
        )
        chosen["warmup"] = three.number_input(
            **shown("warmup"), min_value=0.0, max_value=0.9, value=base["warmup"], step=0.05
        )
        chosen["weight_decay"] = one.number_input(
            **shown("weight_decay"), min_value=0.0, max_value=1.0, value=base["weight_decay"], step=0.01
        )
        chosen["clip_norm"] = two.number_input(
            **shown("clip_norm"), min_value=0.0, max_value=100.0, value=base["clip_norm"], step=0.5
        )
        chosen["best_by"] = three.selectbox(
            **shown("best_by"), options=["auto", *task.choices],
            format_func=lambda name: METRICS[name].title if name in METRICS else f"auto ({METRICS[task.best_by].title})",
        )  # fmt: skip
        chosen["eval_every"] = one.number_input(
            **shown("eval_every"), min_value=1, value=base["eval_every"], placeholder="once an epoch"
        )
        chosen["patience"] = two.number_input(
            **shown("patience"), min_value=1, value=base["patience"], placeholder="never"
        )
        chosen["precision"] = three.selectbox(**shown("precision"), options=PRECISIONS)
        chosen["truncation"] = two.selectbox(**shown("truncation"), options=TRUNCATIONS)
        chosen["pooling"] = one.selectbox(**shown("pooling"), options=POOLINGS)
        if task.kind != "regression":  # these have a meaning for classes and labels only
            chosen["label_smoothing"] = two.number_input(
                **shown("label_smoothing"), min_value=0.0, max_value=0.9, value=base["label_smoothing"], step=0.05
            )
            chosen["focal_gamma"] = three.number_input(
                **shown("focal_gamma"), min_value=0.0, max_value=10.0, value=base["focal_gamma"], step=0.5
            )
            chosen["dropout"] = two.selectbox(**shown("dropout"), options=DROPOUTS)
        chosen["accumulate"] = one.number_input(**shown("accumulate"), min_value=1, value=base["accumulate"])
        for name in STRATEGIES[strategy].settings:
            chosen[name] = two.number_input(**shown(name), value=base[name], **RANGES.get(name, {}))
        chosen["average_best"] = three.number_input(
            **shown("average_best"), min_value=1, max_value=20, value=base["average_best"]
        )
        cards = sum(name.startswith("cuda") for name in _devices())
        if cards > 1:
            chosen["processes"] = one.number_input(**shown("processes"), min_value=1, max_value=cards, value=1)
        chosen["recompute"] = st.checkbox(**shown("recompute"), value=base["recompute"])
        if task.kind != "regression":
            chosen["class_weights"] = st.checkbox(**shown("class_weights"), value=base["class_weights"])
        if not STRATEGIES[strategy].teacher.steps:
            title = STRATEGIES[strategy].title.lower()
            st.caption(f"A {title} reads the texts once and needs no epochs, rates or schedule: those are not used.")
    return chosen


@st.cache_resource(max_entries=1, show_spinner="Looking at this machine …")
def _devices() -> list[str]:
    from core.training.devices import list_devices

    return [device.name for device in list_devices()]


def _number(text: str, default: float | None) -> Any:
    """The number that was typed; what is no number is handed on, so that the check names it."""
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        return text
