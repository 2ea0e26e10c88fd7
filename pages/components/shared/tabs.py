"""Tabs of which one is open, named in the address; only what it shows is computed."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.components.shared.errors import shown_errors


def tabs(views: Mapping[str, Callable[[], object]], key: str, counts: Mapping[str, int] | None = None) -> None:
    """Show one of the views; the address (``?tab=``) says which.

    Args:
        views: name -> what it draws.
        key: of the widget; another for each thing that has tabs.
        counts: numbers that stand behind a name, as in Health (3).
    """
    shown = {name: f"{name} ({counts[name]})" if counts and counts.get(name) else name for name in views}
    asked = str(st.query_params.get("tab", ""))
    named, seen = next((name for name in views if name.lower() == asked.lower()), None), f"_{key}"
    held = str(st.session_state.get(key, ""))
    if named and (key not in st.session_state or asked != st.session_state.get(seen)):  # a link has led here
        st.session_state[key] = shown[named]
    elif held and held not in shown.values():  # its number has changed
        st.session_state[key] = next(
            (shown[name] for name in views if held.split(" (")[0] == name), shown[next(iter(views))]
        )
    for name, tab in zip(views, st.tabs(list(shown.values()), key=key, on_change="rerun"), strict=True):
        if not tab.open:
            continue
        st.session_state[seen] = st.query_params["tab"] = name
        with tab, shown_errors():
            views[name]()
