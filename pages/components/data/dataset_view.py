"""A stored set: what is in it, how long its texts are, and what is wrong with it."""

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.data.sets.lengths import length_summary
from core.data.sets.store import DataSet, get_dataset, rename_dataset
from core.errors import GraftError
from core.models.sources import list_sources
from pages.components.data.health import health
from pages.components.data.reading import MOST, aside_view
from pages.components.data.versions import looks_caption, version_line, versions_view
from pages.components.results.relabel import suspects_view
from pages.components.shared.cards import figure_cards
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.lengths import lengths_of
from pages.components.shared.theme import show_chart
from pages.components.shared.words import ago, plain

PAGE = 200  # rows shown at once


@st.cache_data(max_entries=16, show_spinner=False)
def _page(dataset_id: str, start: int) -> pd.DataFrame:
    return get_dataset(dataset_id).page(start, PAGE)


def dataset_view(dataset: DataSet) -> None:
    """Everything about one set."""
    version_line(dataset)
    _head(dataset)
    balance, lengths = st.columns(2)
    with balance, st.container(border=True, height="stretch"):
        if dataset.labels:
            _answers_chart(dataset)
            st.caption(plain(_parts_sentence(dataset)))
            looks_caption(dataset)
        else:
            st.markdown("This set has no labels: a finished run can score it, but nothing can be trained on it.")
            st.page_link(
                "pages/predict.py", label="Score it with a finished run", icon=":material/edit_note:",
                query_params={"score": dataset.id},
            )  # fmt: skip
    with shown_errors():  # the parts below read the rows, which may be damaged
        with lengths, st.container(border=True, height="stretch"):
            model, max_length = _length_card(dataset)
        health(dataset, model, max_length)
        if dataset.labels:
            suspects_view(dataset)
    with shown_errors():
        versions_view(dataset)
    with shown_errors(), st.expander("Rows", icon=":material/table_rows:"):
        _rows(dataset)
    with shown_errors():
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
        show_chart(charts.score_histogram(_scores(dataset.id), str(dataset.label)), key="balance")
        return
    show_chart(charts.class_balance(dataset.counts, dataset.labels), key="balance")
    if dataset.task == "multi_label":
        given = sum(sum(counts.values()) for counts in dataset.counts.values())
        st.caption(f"A row has {given / dataset.rows:.2f} labels on average, and counts for each of them.")


@st.cache_data(max_entries=8, show_spinner=False)
def _scores(dataset_id: str) -> dict[str, np.ndarray]:
    frame = get_dataset(dataset_id).frame()[["split", "label"]]
    return {str(part): rows["label"].astype(float).to_numpy() for part, rows in frame.groupby("split")}


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
        _answers_figure(dataset),
        ("Set aside", f"{dataset.skipped_rows:,}", "Rows of the file without text or label, or not readable."),
    )
    figure_cards(shown)
    facts = (
        f"From {dataset.source_name}, stored {ago(dataset.created)} · text: {' + '.join(dataset.texts)}"
        + (f" · {'score' if dataset.task == 'regression' else 'label'}: {dataset.label}" if dataset.label else "")
        + (f" · second text: {dataset.text_pair}" if dataset.text_pair else "")
        + "".join(
            f" · {name}: {column}"
            for name, column in (("domain", dataset.domain), ("language", dataset.language))
            if column
        )
        + f" · id {dataset.id}"
    )
    st.caption(plain(facts))


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


def _length_card(dataset: DataSet) -> tuple[str, int]:
    """How long the texts are; the source and the max length that were chosen come back."""
    sources = {source.key: source.title for source in list_sources() if source.available and source.at_hand}
    one, two = st.columns(2)
    model = one.selectbox(
        "Read by",
        list(sources),
        format_func=sources.__getitem__,
        key="read_by",
        help="The source whose tokens are counted.",
    )
    max_length = two.select_slider(
        "Max length", options=[32, 64, 128, 256, 384, 512], value=128, key="max_length_view",
        help="Longer texts cost more time; what lies beyond is not read.",
    )  # fmt: skip
    try:
        lengths = lengths_of(dataset.id, model)
    except GraftError as error:
        show_error(error)
        return model, int(max_length)
    summary = length_summary(lengths, max_length)
    show_chart(charts.length_histogram(lengths, max_length, len(lengths) < dataset.rows), key="lengths")
    sampled = "" if summary.rows >= dataset.rows else f" Measured on an even sample of {summary.rows:,} rows."
    st.caption(
        f"A typical text has {summary.median:,} tokens (pieces of words, as this source cuts them), the longest {summary.longest:,}. "
        f"At {max_length} tokens {100 * summary.share_cut:.1f} % of the texts are cut and "
        f"{100 * summary.share_tokens_lost:.1f} % of all tokens are not read.{sampled}"
    )
    return model, int(max_length)
