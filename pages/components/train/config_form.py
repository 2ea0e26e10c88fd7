"""The settings of a run, each with its one-line explanation."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config import DROPOUTS, OPTIMIZERS, POOLINGS, PRECISIONS, PRESETS, SCHEDULES, TRUNCATIONS, settings
from core.models.sources import EMBEDDED, PREFIX, SourceInfo, list_sources
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
    options = [*sources, OTHER_HUB, OTHER_FOLDER, OTHER_FILE]
    _follow_link(sources)
    picked = st.selectbox(
        "Source: the pretrained model to start from", options, key="source",
        format_func=lambda key: sources[key].title + ("" if sources[key].available else " (not available offline)")
        if key in sources else key,
    )  # fmt: skip
    if picked == OTHER_HUB:
        name = st.text_input("Hub name", placeholder="owner/name", key="hub_name", help="As on huggingface.co.")
        revision = st.text_input("Revision", key="revision", help=settings()["revision"][1])
        return _in_address(name.strip()), revision.strip() or None
    if picked == OTHER_FOLDER:
        folder = st.text_input("Folder", placeholder="/path/to/model", key="folder", help="Saved with save_pretrained.")
        return _in_address(folder.strip()), None
    if picked == OTHER_FILE:
        architectures = [source for source in sources.values() if source.available and source.at_hand]
        return _in_address(choose_weights(architectures)), None
    info = sources[picked]
    st.caption(plain(info.sentence if info.available else f"{info.sentence} Not available: {info.why_not}"))
    return _in_address(picked), None


def _follow_link(sources: Mapping[str, SourceInfo]) -> None:
    """The source that the address names, where it is another one than the form has: a link, or a page that was loaded again."""
    asked = st.query_params.get("source")
    if not asked or asked == st.session_state.get("_source"):
        if st.session_state.get("source", EMBEDDED) not in (*sources, OTHER_HUB, OTHER_FOLDER, OTHER_FILE):
            st.session_state["source"] = EMBEDDED  # an earlier run that was deleted since
        return
    picked = OTHER_HUB
    if asked in sources:
        picked = asked
    elif asked.startswith("run:"):
        st.warning(
            f"There is no finished run `{asked[4:].replace('`', '')}` to start from: it was deleted, or has no model yet. "
            "Choose another source below.",
            icon=":material/link_off:",
        )  # fmt: skip
        st.page_link("pages/compare.py", label="All runs", icon=":material/list:")
        picked = EMBEDDED
    elif asked.startswith(PREFIX):
        file, _, architecture = asked.removeprefix(PREFIX).rpartition("@")
        picked = OTHER_FILE
        st.session_state["weights_file"], st.session_state["weights_onto"] = file, architecture
    elif asked.startswith(("/", ".", "~")):
        picked, st.session_state["folder"] = OTHER_FOLDER, asked
    else:
        st.session_state["hub_name"] = asked
    st.session_state["source"] = picked


def _in_address(source: str) -> str:
    """The address names the source too, so that the form is the same after the page was loaded again."""
    if source:
        st.query_params["source"] = source
    else:
        st.query_params.pop("source", None)
    st.session_state["_source"] = source
    return source


def chosen_preset() -> str:
    """The preset of the form, also before its widget is drawn; at first the one that the address names."""
    if "preset" not in st.session_state:
        asked = st.query_params.get("preset")
        st.session_state["preset"] = asked if asked in PRESETS else "balanced"
    return str(st.session_state["preset"])


def choose_preset() -> str:
    """A named set of settings."""
    chosen_preset()
    preset = st.radio(
        "Preset", list(PRESETS), horizontal=True, key="preset",
        format_func=lambda name: PRESETS[name].title,
    )  # fmt: skip
    st.query_params["preset"] = str(preset)
    st.caption(PRESETS[str(preset)].sentence)
    return str(preset)


def settings_so_far(preset: str) -> dict[str, Any]:
    """The settings as the form has them, also above where they are drawn; those that were not touched are the preset's."""
    changed = {name: st.session_state[key] for name in settings() if (key := f"{name}_{preset}") in st.session_state}
    if "learning_rate" in changed:
        changed["learning_rate"] = _number(changed["learning_rate"], None)
    return PRESETS[preset].settings | changed


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
