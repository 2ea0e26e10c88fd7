"""Addresses of earlier versions: each leads on to the page that has taken over, with all its parameters."""

from collections.abc import Callable

import streamlit as st


def _to(page: str, **more: str) -> None:
    st.switch_page(f"pages/{page}.py", query_params={**st.query_params.to_dict(), **more})


def run() -> None:
    _to("results")


def compare() -> None:
    _to("results", runs=st.query_params.get("runs", ""))


def explore() -> None:
    view = {"Map": "Map and search", "Search": "Map and search"}.get(st.query_params.get("view", ""), "Overview")
    _to("data", tab=view)


def predict() -> None:
    if "run" not in st.query_params or "score" in st.query_params:
        _to("use")
    _to("results", tab="Mistakes" if "true" in st.query_params else "Try it")


FORMER: dict[str, Callable[[], None]] = {"run": run, "compare": compare, "explore": explore, "predict": predict}
