"""Texts that stand in a set with different labels: the user decides in the table which label is right."""

import pandas as pd
import streamlit as st

from core.data.cleaning.mending import make_version
from core.data.sets.store import DataSet
from core.errors import GraftError
from pages.components.data.versions import open_version
from pages.components.shared.errors import show_error


def decide_labels(dataset: DataSet, rows: pd.DataFrame) -> None:
    """The rows with their labels to be changed.

    Args:
        rows: row, text, label and split at least.
    """
    if dataset.task not in ("single_label", "text_pair"):
        st.dataframe(rows, hide_index=True, key="conflicts")
        return
    choices = st.column_config.SelectboxColumn("label", options=list(dataset.labels), required=True)
    edited = st.data_editor(
        rows, hide_index=True, key=f"conflicts_{dataset.id}", column_config={"label": choices},
        disabled=[name for name in rows if name != "label"],
    )  # fmt: skip
    labels = changed_labels(rows, edited)
    st.caption("Click a label to change it: give the rows of one text one label.")
    if st.button(
        f"Apply {len(labels):,} changed labels", key="conflicts_go", disabled=not labels, icon=":material/edit:"
    ):
        try:
            version = make_version(dataset, "relabel", {"labels": labels})
        except GraftError as error:
            show_error(error)
        else:
            open_version(version, "Done: you see the new version. Undo brings the old one back.")


def changed_labels(before: pd.DataFrame, after: pd.DataFrame) -> dict[int, str]:
    """Row id -> its new label, for the rows whose label was changed."""
    moved = before["label"].to_numpy() != after["label"].to_numpy()
    return {int(row): str(label) for row, label in zip(after["row"][moved], after["label"][moved], strict=True)}
