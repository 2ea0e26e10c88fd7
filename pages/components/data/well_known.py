"""Well-known public sets, one click each where the Hub can be reached."""

import streamlit as st

from core.data.reading.well_known import WELL_KNOWN, WellKnown
from core.data.sets.add import add_dataset
from core.data.sets.store import DataSet
from core.models.sources import is_offline
from pages.components.shared.errors import shown_errors
from pages.components.shared.words import plain


def well_known() -> DataSet | None:
    """A line for each set; the one that was just added."""
    if is_offline():
        st.caption(
            "Well-known public sets (IMDB, AG News and others) come from the Hugging Face Hub; Graft is offline."
        )
        return None
    added = None
    with st.expander("Well-known public sets, from the Hugging Face Hub", icon=":material/cloud_download:"):
        st.caption("Fetched once, over the network, and then kept on this machine. Their licences are their makers'.")
        for each in WELL_KNOWN:
            with st.container(horizontal=True, vertical_alignment="center"):
                if st.button(plain(each.title), key=f"well_known_{each.name}", icon=":material/download:"):
                    added = _fetch(each)
                st.caption(f"{each.sentence} {each.rows:,} rows, about {each.megabytes} MB. Licence: {each.licence}.")
    return added


def _fetch(each: WellKnown) -> DataSet | None:
    bar = st.progress(0.0, f"Fetching {each.title} …")
    added = None
    with shown_errors():
        added, _ = add_dataset(
            f"hub:{each.name}", name=each.title, sheet=each.configuration,
            progress=lambda share: bar.progress(min(1.0, share), f"Fetching {each.title} …"), **each.roles,
        )  # fmt: skip
    bar.empty()
    return added
