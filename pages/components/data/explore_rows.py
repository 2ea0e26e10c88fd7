"""The rows that the explore page looks at, and how it lists them."""

import pandas as pd
import streamlit as st

from core.data.sets.store import DataSet, get_dataset
from core.explore.features import MOST_ROWS
from core.explore.rows import draw_rows

PAGE = 25
MOST = 1000  # rows that a list holds


@st.cache_data(max_entries=4, show_spinner="Reading the texts …")
def drawn_rows(dataset_id: str, most: int) -> pd.DataFrame:
    """The same rows of a set at every look."""
    return draw_rows(get_dataset(dataset_id), most)


def mapped_rows(dataset: DataSet) -> tuple[pd.DataFrame, str]:
    """The rows that have features, and the sentence that says which they are."""
    frame = drawn_rows(dataset.id, MOST_ROWS)
    if len(frame) == dataset.rows:
        return frame, f"All {dataset.rows:,} texts."
    return frame, f"{len(frame):,} of the {dataset.rows:,} texts, drawn at random, the same ones each time."


def listed(frame: pd.DataFrame, key: str) -> None:
    """Rows in pages; columns that are not there or hold nothing are left out."""
    pages = -(-len(frame) // PAGE)
    place = int(st.pagination(pages, key=f"{key}_page")) if pages > 1 else 1
    shown = frame.iloc[(place - 1) * PAGE : place * PAGE]
    first = [name for name in ("similarity", "text", "text_pair", "label", "prediction", "confidence") if name in shown]
    rest = [name for name in shown if name not in first and name not in ("row", "split", "correct")]
    config: dict[str, object] = {name: name.removeprefix("extra.") for name in rest}
    config |= {
        "similarity": st.column_config.NumberColumn(
            "Similarity", format="%.2f", help="Cosine of the angle between the features: 1 is the same direction, 0 is unrelated."
        ),
        "text": st.column_config.TextColumn("Text", width="large"), "text_pair": "Second text", "label": "Label",
        "prediction": "Predicted", "confidence": st.column_config.NumberColumn("Confidence", format="percent"),
        "split": "Part", "correct": st.column_config.CheckboxColumn("Right"),
        "row": st.column_config.NumberColumn("Row", help="Place in the file, counted from 0."),
    }  # fmt: skip
    order = [*first, *(name for name in ("correct", "split") if name in shown), *rest, "row"]
    st.dataframe(shown, hide_index=True, key=f"{key}_table", column_order=order, column_config=config)
