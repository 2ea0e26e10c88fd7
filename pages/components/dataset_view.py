"""A stored set: what is in it, how long its texts are, and what is wrong with it."""

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.data.checks import Check, check_dataset
from core.data.store import DataSet, get_dataset, rename_dataset
from core.data.tokens import dataset_lengths, length_summary
from core.errors import GraftError
from pages.components.reading import MOST, aside_view
from pages.components.words import ago, figures, show_error

LEVELS = {
    "error": ("red", ":material/error:"), "warning": ("orange", ":material/warning:"),
    "note": ("blue", ":material/info:"), "ok": ("green", ":material/check:"),
}  # fmt: skip
PAGE = 200  # rows shown at once
CHECKED_AT_ONCE = 200_000  # rows up to which a set is checked without being asked


@st.cache_data(max_entries=8, show_spinner="Checking the data …")
def _checks(dataset_id: str) -> list[Check]:
    return check_dataset(get_dataset(dataset_id))


@st.cache_data(max_entries=8, show_spinner="Counting tokens …")
def _lengths(dataset_id: str, model: str) -> np.ndarray:
    return dataset_lengths(get_dataset(dataset_id), model)


@st.cache_data(max_entries=16, show_spinner=False)
def _page(dataset_id: str, start: int) -> pd.DataFrame:
    return get_dataset(dataset_id).page(start, PAGE)


def dataset_view(dataset: DataSet) -> None:
    """Everything about one set."""
    _head(dataset)
    balance, lengths = st.columns(2)
    with balance, st.container(border=True, height="stretch"):
        if dataset.labels:
            _answers_chart(dataset)
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
        _rows(dataset)
    aside_view(dataset.set_aside(MOST), dataset.skipped_rows, dataset.id)


def _rows(dataset: DataSet) -> None:
    """The rows, page by page; only those on the page are read from disk."""
    pages = max(1, -(-dataset.rows // PAGE))
    number = 1
    if pages > 1:
        number = int(st.number_input(f"Page (1 to {pages:,})", 1, pages, 1, key=f"page_{dataset.id}", width=220))
    first = (number - 1) * PAGE
    st.dataframe(_page(dataset.id, first), hide_index=True, key="rows")
    st.caption(f"Rows {first + 1:,} to {min(first + PAGE, dataset.rows):,} of {dataset.rows:,}.")


def _answers_chart(dataset: DataSet) -> None:
    """Rows of each class or label, or the spread of a score."""
    if dataset.task == "regression":
        st.plotly_chart(charts.score_histogram(_scores(dataset.id), str(dataset.label)), key="balance")
        return
    st.plotly_chart(charts.class_balance(dataset.counts, dataset.labels), key="balance")
    if dataset.task == "multi_label":
        given = sum(sum(counts.values()) for counts in dataset.counts.values())
        st.caption(f"A row has {given / dataset.rows:.2f} labels on average, and counts for each of them.")


@st.cache_data(max_entries=8, show_spinner=False)
def _scores(dataset_id: str) -> dict[str, np.ndarray]:
    frame = get_dataset(dataset_id).frame()[["split", "label"]]
    return {str(part): each["label"].astype(float).to_numpy() for part, each in frame.groupby("split")}


def _head(dataset: DataSet) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
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
        _answers_figure(dataset),
        ("Set aside", f"{dataset.skipped_rows:,}", "Rows of the file without text or label, or not readable."),
    )
    figures(shown)
    st.caption(
        f"From {dataset.source_name}, stored {ago(dataset.created)} · text: {dataset.text}"
        + (f" · {'score' if dataset.task == 'regression' else 'label'}: {dataset.label}" if dataset.label else "")
        + (f" · second text: {dataset.text_pair}" if dataset.text_pair else "")
        + "".join(
            f" · {name}: {column}"
            for name, column in (("domain", dataset.domain), ("language", dataset.language))
            if column
        )
        + f" · id {dataset.id}"
    )


def _answers_figure(dataset: DataSet) -> tuple[str, str, str]:
    if dataset.task == "regression":
        return "To learn", "a score", "A number for each row; the model learns to give it."
    if dataset.task == "multi_label":
        return "Labels", str(len(dataset.labels)), "Different labels; a row may have several, or none."
    return "Classes", str(len(dataset.labels)), "Different labels; each row has one."


def _parts_sentence(dataset: DataSet) -> str:
    sizes = ", ".join(f"{dataset.size(part):,} {part}" for part in dataset.counts)
    how = (
        f"given by column {dataset.split}"
        if dataset.split
        else f"drawn evenly over what is learnt, seed {dataset.seed}"
    )
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
    if dataset.rows > CHECKED_AT_ONCE and not st.session_state.get(f"check_{dataset.id}"):
        st.markdown(f"Checking {dataset.rows:,} rows takes minutes, so it waits for your word.")
        if not st.button("Check all rows", key="check_all", icon=":material/health_and_safety:"):
            return
        st.session_state[f"check_{dataset.id}"] = True
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
