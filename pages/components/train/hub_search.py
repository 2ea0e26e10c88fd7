"""Search for a model of the Hub by its name; what is picked becomes the source."""

import streamlit as st

from core.errors import GraftError
from core.models.hub_search import MOST, Found, search_models
from core.models.sources import is_offline
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain


@st.cache_data(ttl=600, show_spinner="Searching the Hub …")
def _found(words: str) -> list[Found]:
    return search_models(words)


def search_hub() -> None:
    """A field for words, and a button for each model that has them in its name."""
    if is_offline():
        st.caption("Graft is offline: only models that were downloaded before can be named here.")
        return
    words = st.text_input("Search the Hub", placeholder="german bert", key="hub_words", help="Parts of a model's name.")
    if not words.strip():
        return
    try:
        found = _found(words.strip())
    except GraftError as error:
        show_error(error)
        return
    if not found:
        st.caption("No encoder on the Hub has such a name. Decoders, such as GPT, cannot be grafted from.")
        return
    with st.container(height=260 if len(found) > 4 else "content"):
        for each in found:
            told = f"{each.kind} · {each.downloads:,} downloads a month" + (
                f" · {each.licence}" if each.licence else ""
            )
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(plain(each.name), key=f"hub_{each.name}", on_click=_take, args=(each.name,))
                st.caption(plain(told))
    if len(found) == MOST:
        st.caption(f"The {MOST} most downloaded; more words find others.")


def _take(name: str) -> None:
    """The name moves into the field below; what was searched is done."""
    st.session_state["hub_name"], st.session_state["hub_words"] = name, ""
