"""A stored set: what is in it, how long its texts are, and what is wrong with it."""

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.data.checks import Check, check_dataset
from core.data.store import DataSet, get_dataset, rename_dataset
from core.data.tokens import dataset_lengths, length_summary
from core.errors import GraftError
from pages.components.words import ago, figures, show_error

LEVELS = {
    "error": ("red", ":material/error:"), "warning": ("orange", ":material/warning:"),
    "note": ("blue", ":material/info:"), "ok": ("green", ":material/check:"),
}  # fmt: skip
PREVIEW = 200


@st.cache_data(max_entries=8, show_spinner="Checking the data …")
def _checks(dataset_id: str) -> list[Check]:
    return check_dataset(get_dataset(dataset_id))


@st.cache_data(max_entries=8, show_spinner="Counting tokens …")
def _lengths(dataset_id: str, model: str) -> np.ndarray:
    return dataset_lengths(get_dataset(dataset_id), model)


@st.cache_data(max_entries=8, show_spinner=False)
def _preview(dataset_id: str) -> pd.DataFrame:
    return get_dataset(dataset_id).frame().head(PREVIEW)


def dataset_view(dataset: DataSet) -> None:
    """Everything about one set."""
    _head(dataset)
    balance, lengths = st.columns(2)
    with balance, st.container(border=True, height="stretch"):
        if dataset.labels:
            st.plotly_chart(charts.class_balance(dataset.counts, dataset.labels), key="balance")
            st.caption(_parts_sentence(dataset))
        else:
            st.markdown("This set has no labels: a finished run can score it, but nothing can be trained on it.")
            st.page_link(
                "pages/predict.py", label="Score it with a finished run", icon=":material/edit_note:",
                query_params={"score": dataset.id},
            )  # fmt: skip
    with lengths, st.container(border=True, height="stretch"):
        _length_card(dataset)
    st.subheader("Health", anchor=False)
    _health(dataset)
    with st.expander("Rows", icon=":material/table_rows:"):
        st.dataframe(_preview(dataset.id), hide_index=True, key="rows")
        st.caption(f"The first {min(PREVIEW, dataset.rows):,} of {dataset.rows:,} rows.")


def _head(dataset: DataSet) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            "pages/explore.py", label="Open in Explore", icon=":material/travel_explore:",
            query_params={"dataset": dataset.id},
        )  # fmt: skip
        if dataset.labels:
            st.page_link(
                "pages/train.py", label="Train on this data set", icon=":material/psychiatry:",
                query_params={"dataset": dataset.id},
            )  # fmt: skip
        with st.popover("Rename", icon=":material/edit:"):
            name = st.text_input("New name", dataset.name, key=f"rename_{dataset.id}")
            if st.button("Rename", key="rename_dataset"):
                try:
                    rename_dataset(dataset.id, name)
                except GraftError as error:
                    show_error(error)
                else:
                    st.rerun()
    shown = (
        ("Rows", f"{dataset.rows:,}", "Rows with a text" + (" and a label." if dataset.label else ".")),
        ("Classes", str(len(dataset.labels)), "Different labels."),
        ("Set aside", f"{dataset.skipped_rows:,}", "Rows of the file without text or label, or not readable."),
    )
    figures(shown)
    st.caption(
        f"From {dataset.source_name}, stored {ago(dataset.created)} · text: {dataset.text}"
        + (f" · label: {dataset.label}" if dataset.label else "")
        + (f" · second text: {dataset.text_pair}" if dataset.text_pair else "")
        + f" · id {dataset.id}"
    )


def _parts_sentence(dataset: DataSet) -> str:
    sizes = ", ".join(f"{dataset.size(part):,} {part}" for part in dataset.counts)
    how = f"given by column {dataset.split}" if dataset.split else f"drawn evenly over the classes, seed {dataset.seed}"
    grouped = f", whole groups of {dataset.group}" if dataset.group else ""
    return f"Parts: {sizes} ({how}{grouped}). Training learns, validation chooses the best moment, test judges."


def _length_card(dataset: DataSet) -> None:
    max_length = st.select_slider(
        "Max length", options=[32, 64, 128, 256, 384, 512], value=128, key="max_length_view",
        help="Longer texts cost more time; what lies beyond is not read.",
    )  # fmt: skip
    try:
        lengths = _lengths(dataset.id, "minilm")
    except GraftError as error:
        show_error(error)
        return
    summary = length_summary(lengths, max_length)
    st.plotly_chart(charts.length_histogram(lengths, max_length), key="lengths")
    sampled = "" if summary.rows >= dataset.rows else f" Measured on an even sample of {summary.rows:,} rows."
    st.caption(
        f"A typical text has {summary.median:,} tokens (pieces of words, counted for MiniLM), the longest {summary.longest:,}. "
        f"At {max_length} tokens {100 * summary.share_cut:.1f} % of the texts are cut and "
        f"{100 * summary.share_tokens_lost:.1f} % of all tokens are not read.{sampled}"
    )


def _health(dataset: DataSet) -> None:
    checks = _checks(dataset.id)
    for check in (each for each in checks if each.level != "ok"):
        color, icon = LEVELS[check.level]
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(check.name, icon=icon, color=color)  # type: ignore[arg-type]
                st.markdown(check.message, width="content")
            if check.remedy:
                st.caption(check.remedy)
            if check.rows:
                with st.expander(f"Show the rows ({min(check.count, len(check.rows)):,})"):
                    frame = get_dataset(dataset.id).frame()
                    st.dataframe(
                        frame[frame["row"].isin(check.rows)][["row", "text", "label", "split"]], hide_index=True,
                        key=f"check_{check.name}",
                    )  # fmt: skip
    fine = [check.message for check in checks if check.level == "ok"]
    if fine:
        with st.expander(f"{len(fine)} checks without findings", icon=":material/check:"):
            for message in fine:
                st.markdown(f"- {message}")
