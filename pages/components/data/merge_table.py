"""Classes in a table: the user gives them other names, and so makes one of several."""

import pandas as pd
import streamlit as st

from core.data.cleaning.mending import make_version
from core.data.cleaning.merge_plan import merge_plan, planned_names
from core.data.sets.store import DataSet
from core.errors import GraftError
from pages.components.data.versions import open_version
from pages.components.shared.errors import show_error


def merge_table(dataset: DataSet) -> None:
    """The classes or labels of a set, probable spellings first; applied, it is a new version."""
    if dataset.task == "regression":
        return
    counts = pd.DataFrame(dataset.counts).sum(axis=1).astype(int).to_dict()
    plan = merge_plan({str(label): int(rows) for label, rows in counts.items()})
    proposed = len(planned_names(plan))
    one, kind = ("label", "labels") if dataset.task == "multi_label" else ("class", "classes")
    title = f"Merge or rename {kind} ({proposed} proposed)" if proposed else f"Merge or rename {kind}"
    with st.expander(title, icon=":material/merge:", expanded=proposed > 0):
        st.caption(
            f"{kind.capitalize()} that get the same name become one. Names in **Becomes** are proposals where a reason stands beside "
            "them; change them, or write the own name back to leave it."
        )
        edited = st.data_editor(
            plan, hide_index=True, key=f"merge_{dataset.id}", disabled=("label", "rows", "why"),
            column_config={
                "label": one.capitalize(), "rows": st.column_config.NumberColumn("Rows", format="localized"),
                "becomes": st.column_config.TextColumn("Becomes", required=True), "why": "Why",
            },
        )  # fmt: skip
        names = planned_names(edited)
        moved = sum(int(counts[label]) for label in names)
        label = f"Rename {len(names):,} {one if len(names) == 1 else kind} ({moved:,} rows)" if names else "Rename"
        if st.button(label, icon=":material/merge:", key="merge_go", disabled=not names):
            _apply(dataset, names)


def _apply(dataset: DataSet, names: dict[str, str]) -> None:
    try:
        with st.spinner("Making a new version …"):
            version = make_version(dataset, "merge_labels", {"names": names})
    except GraftError as error:
        show_error(error)
        return
    open_version(version, "Done: you see the new version. Undo brings the old one back.")
