"""A stored set: what is in it, how long its texts are, and what is wrong with it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core import charts
from core.data.cleaning.checks.health import check_dataset, is_checked
from core.data.sets.lengths import length_summary
from core.data.sets.store import DataSet, get_dataset, rename_dataset
from core.errors import GraftError
from core.models.sources import list_sources
from pages.components.data.describe_classes import describe_classes
from pages.components.data.explore_overview import groups_and_words
from pages.components.data.health import health
from pages.components.data.map_and_search import map_and_search
from pages.components.data.rows_view import rows_view
from pages.components.data.versions import looks_caption, version_line, versions_view
from pages.components.results.relabel import suspects_view
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.lengths import lengths_of
from pages.components.shared.tabs import tabs
from pages.components.shared.theme import show_chart
from pages.components.shared.words import ago, plain

QUICK = 5000  # rows that are checked in a second or two, so that their findings are counted at once


def dataset_view(dataset: DataSet) -> None:
    """Everything about one set: a header, and a tab for each way to look at it."""
    version_line(dataset)
    _head(dataset)
    views: dict[str, Callable[[], object]] = {
        "Overview": lambda: _overview(dataset), "Health": lambda: _health(dataset), "Rows": lambda: rows_view(dataset),
        "Map and search": lambda: map_and_search(dataset), "Versions": lambda: versions_view(dataset),
    }  # fmt: skip
    tabs(views, f"tabs_{dataset.id}", {"Health": _findings(dataset)})


def _overview(dataset: DataSet) -> None:
    """What it consists of, what its classes mean, and the words that set them apart."""
    balance, lengths = st.columns(2)
    with balance, st.container(border=True, height="stretch"):
        if dataset.labels:
            _answers_chart(dataset)
            st.caption(plain(_parts_sentence(dataset)))
            looks_caption(dataset)
        else:
            st.markdown("This set has no labels: a finished run can score it, but nothing can be trained on it.")
            st.page_link(
                "pages/use.py", label="Score it with a finished run", icon=":material/edit_note:",
                query_params={"score": dataset.id},
            )  # fmt: skip
    with shown_errors():  # the parts below read the rows, which may be damaged
        with lengths, st.container(border=True, height="stretch"):
            _length_card(dataset)
        describe_classes(dataset)
        groups_and_words(dataset)


def _health(dataset: DataSet) -> None:
    """What was found, and labels that a run doubts."""
    model, max_length = (
        str(st.session_state.get("read_by", "minilm")),
        int(st.session_state.get("max_length_view", 128)),
    )
    health(dataset, model, max_length)
    if dataset.labels:
        suspects_view(dataset)


def _findings(dataset: DataSet) -> int:
    """How many findings there are; of a large set only once it was checked."""
    if dataset.rows > QUICK and not is_checked(dataset):
        return 0
    try:
        with st.spinner("Checking the rows …"):
            return sum(check.level != "ok" for check in check_dataset(dataset))
    except GraftError:
        return 0  # what is damaged is named where it is read


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
    st.title(plain(dataset.name), anchor=False)
    st.markdown(size_of(dataset))
    with st.container(horizontal=True, vertical_alignment="center"):
        if dataset.labels and st.button(
            "Train on this data set", type="primary", icon=":material/psychiatry:", key="train_on_it"
        ):
            st.switch_page("pages/train.py", query_params={"dataset": dataset.id})
        with st.popover("Rename", icon=":material/edit:"):
            name = st.text_input("New name", dataset.name, key=f"rename_{dataset.id}")
            if st.button("Rename", key="rename_dataset"):
                try:
                    rename_dataset(dataset.id, name)
                except GraftError as error:
                    show_error(error)
                else:
                    st.rerun()
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


def size_of(dataset: DataSet) -> str:
    """Rows, what there is to learn, and what was left out, in a few words."""
    learnt = {
        "regression": "a score to learn", "multi_label": f"{len(dataset.labels):,} labels, several a row", "unlabelled": "no labels",
    }.get(dataset.task, f"{len(dataset.labels):,} classes")  # fmt: skip
    aside = f" · {dataset.skipped_rows:,} rows of the file set aside" if dataset.skipped_rows else ""
    return f"{dataset.rows:,} rows · {learnt}{aside}"


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
    """How long the texts are, as the chosen source reads them."""
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
        return
    summary = length_summary(lengths, max_length)
    show_chart(charts.length_histogram(lengths, max_length, len(lengths) < dataset.rows), key="lengths")
    sampled = "" if summary.rows >= dataset.rows else f" Measured on an even sample of {summary.rows:,} rows."
    st.caption(
        f"A typical text has {summary.median:,} tokens (pieces of words, as this source cuts them), the longest {summary.longest:,}. "
        f"At {max_length} tokens {100 * summary.share_cut:.1f} % of the texts are cut and "
        f"{100 * summary.share_tokens_lost:.1f} % of all tokens are not read.{sampled}"
    )
