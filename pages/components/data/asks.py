"""What a file leaves open: the question with both readings previewed, answered by choosing one."""

from typing import Any

import pandas as pd
import streamlit as st

from core.data.reading.ask import Ask


def ask_view(ask: Ask, stamp: str) -> Any:
    """The value of the reading that is chosen; the one that Graft takes stands first."""
    readings = (ask.taken, ask.other)
    with st.container(border=True):
        st.markdown(f":material/help: **To be checked.** {_plain(ask.question)}")
        picked = st.radio(
            "Read it as", range(2), format_func=lambda place: readings[place].title, key=f"ask_{ask.about}_{stamp}",
            horizontal=True,
        )  # fmt: skip
        for place, (slot, reading) in enumerate(zip(st.columns(2), readings, strict=True)):
            slot.caption(f"As {reading.title}")
            slot.dataframe(
                pd.DataFrame(reading.preview), hide_index=True, key=f"ask_{ask.about}_{place}_{stamp}", height="content"
            )
    return readings[picked].value


def names_view(ask: Ask, stamp: str) -> tuple[str, ...]:
    """Names for the places of lists of 0 and 1; those that Graft made up until others are typed."""
    made_up = tuple(map(str, ask.taken.value))
    with st.container(border=True):
        st.markdown(f":material/help: **To be checked.** {_plain(ask.question)}")
        typed = st.text_input(
            "Names of the labels, in the order of their places, with commas between", ", ".join(made_up),
            key=f"ask_{ask.about}_{stamp}",
        )  # fmt: skip
    names = tuple(name.strip() for name in typed.split(",") if name.strip())
    if len(names) == len(set(names)) == len(made_up):
        return names
    st.warning(f"{len(made_up)} different names are needed; {', '.join(made_up)} are kept.", icon=":material/info:")
    return made_up


def _plain(text: str) -> str:
    """A sentence whose marks are not read as Markdown."""
    return "".join(f"\\{mark}" if mark in "*_`[]<>$#:|~" else mark for mark in text)
