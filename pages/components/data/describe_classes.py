"""A sentence for each class that says what belongs to it."""

import pandas as pd
import streamlit as st

from core.data.sets.descriptions import LONGEST, read_descriptions, write_descriptions
from core.data.sets.store import DataSet
from core.errors import GraftError
from pages.components.shared.errors import show_error


def describe_classes(dataset: DataSet) -> None:
    """The sentences in a table, to be written and changed; nothing for sets of scores or without labels."""
    if dataset.task in ("regression", "unlabelled") or not dataset.labels:
        return
    known = read_descriptions(dataset)
    noun = "label" if dataset.task == "multi_label" else "class"
    told = f"{len(known)} of {len(dataset.labels)}" if known else "none yet"
    with st.expander(f"What each {noun} means ({told})", icon=":material/notes:"):
        st.caption(
            f"A sentence for each {noun}, in words that its texts could use. It says what can be answered without any label "
            "(the rung of names alone), and stands where classes are shown. It changes no row."
        )
        table = pd.DataFrame({"label": dataset.labels, "text": [known.get(label, "") for label in dataset.labels]})
        edited = st.data_editor(
            table, hide_index=True, key=f"describe_{dataset.id}", disabled=["label"],
            column_config={
                "label": st.column_config.TextColumn(noun.capitalize(), width="small"),
                "text": st.column_config.TextColumn("What belongs to it", width="large", max_chars=LONGEST),
            },
        )  # fmt: skip
        wanted = {
            str(label): str(text or "").strip() for label, text in zip(edited["label"], edited["text"], strict=True)
        }
        changed = wanted != {label: known.get(label, "") for label in dataset.labels}
        if st.button("Save these sentences", icon=":material/save:", key="save_descriptions", disabled=not changed):
            try:
                write_descriptions(dataset, wanted)
            except GraftError as error:
                show_error(error)
            else:
                st.toast("Saved.", icon=":material/check:")
                st.rerun()
