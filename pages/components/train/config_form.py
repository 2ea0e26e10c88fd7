"""What a run starts from, and the preset of its settings."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config import PRESETS, settings
from core.errors import GraftError
from core.models.index_sources import INDEX_SOURCES
from core.models.sources import EMBEDDED, PREFIX, SourceInfo, list_sources
from core.models.unpacking import IndexSource, unpack
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain
from pages.components.train.all_settings import number_typed
from pages.components.train.hub_search import search_hub
from pages.components.train.weights_file import choose_weights

OTHER_HUB, OTHER_FOLDER, OTHER_FILE = "Another Hub model", "A local folder", "A file with weights"


def choose_source() -> tuple[str, str | None]:
    """What to transfer from: the source and, for Hub models, a revision."""
    sources = {source.key: source for source in list_sources()}
    options = [*sources, OTHER_HUB, OTHER_FOLDER, OTHER_FILE]
    _follow_link(sources)
    picked = st.selectbox(
        "Source: the pretrained model to start from", options, key="source",
        format_func=lambda key: _option(sources[key]) if key in sources else key,
    )  # fmt: skip
    if picked == OTHER_HUB:
        search_hub()
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
    if picked in INDEX_SOURCES and info.available and not info.at_hand:
        _offer_unpacking(INDEX_SOURCES[picked])
    return _in_address(picked), None


def _option(source: SourceInfo) -> str:
    if source.available:
        return source.title
    return f"{source.title} ({'not installed' if source.key in INDEX_SOURCES else 'not available offline'})"


def _offer_unpacking(source: IndexSource) -> None:
    """A source in packages can be unpacked before the run, so that its cost is told."""
    if not st.button(
        "Unpack it now", icon=":material/unarchive:", key="unpack",
        help="Takes some seconds. Time and memory of a run can then be told.",
    ):  # fmt: skip
        return
    bar = st.progress(0.0, "Unpacking …")
    try:
        unpack(source, lambda done, total: bar.progress(done / total, f"Unpacking: {done:,} of {total:,} MiB"))
    except GraftError as error:
        show_error(error)
        return
    st.rerun()


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
        st.page_link("pages/results.py", label="All results", icon=":material/list:", query_params={"runs": ""})
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
        changed["learning_rate"] = number_typed(changed["learning_rate"], None)
    return PRESETS[preset].settings | changed
