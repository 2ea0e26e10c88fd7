"""The rows of a set, page by page, and those of its file that were set aside."""

import pandas as pd
import streamlit as st

from core.data.sets.store import DataSet, get_dataset
from pages.components.data.reading import MOST, aside_view
from pages.components.shared.errors import shown_errors

PAGE = 200  # rows shown at once


@st.cache_data(max_entries=16, show_spinner=False)
def _page(dataset_id: str, start: int) -> pd.DataFrame:
    return get_dataset(dataset_id).page(start, PAGE)


def rows_view(dataset: DataSet) -> None:
    """Only the rows on the page are read from disk."""
    pages = max(1, -(-dataset.rows // PAGE))
    number = 1
    if pages > 1:
        number = int(st.number_input(f"Page (1 to {pages:,})", 1, pages, 1, key=f"page_{dataset.id}", width=220))
    first = (number - 1) * PAGE
    st.dataframe(_page(dataset.id, first), hide_index=True, key="rows")
    st.caption(f"Rows {first + 1:,} to {min(first + PAGE, dataset.rows):,} of {dataset.rows:,}.")
    with shown_errors():
        aside_view(dataset.set_aside(MOST), dataset.skipped_rows, dataset.id)
