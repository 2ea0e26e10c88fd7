"""The rows that a run was judged by: prediction, confidence, right or wrong."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core import charts
from core.data.store import get_dataset
from core.errors import GraftError
from core.runs.folder import Run
from pages.components.download import download_csv
from pages.components.relabel import relabel_table, suspects
from pages.components.words import STILL, ink

ANY = "any"
SHOWN = 1000


@st.cache_data(max_entries=4, show_spinner="Reading the predictions …")
def _predictions(path: str, changed: float) -> pd.DataFrame:
    return pd.read_parquet(Path(path))


def test_rows(run: Run) -> None:
    """A list that the confusion matrix, or two boxes, narrow down."""
    result = run.result or {}
    path = run.predictions(result["split"])
    table = _predictions(str(path), path.stat().st_mtime)
    labels = list(result["labels"])
    left, right = st.columns([2, 3])
    with left:
        event = st.plotly_chart(
            charts.confusion(result["metrics"]["confusion"], labels, "Click a cell to see its rows", ink()),
            key="rows_confusion", config=STILL, on_select="rerun", selection_mode="points",
        )  # fmt: skip
        st.caption("Click beside the cells, or twice on the chart, to see all rows again.")
    points = event.selection.points if event else []
    clicked = tuple(points[0]["customdata"][:2]) if points else None
    with right:
        shown, said = _narrowed(run.id, table, labels, clicked)
        st.caption(said)
        if _correcting(run, shown):
            return
        listed = shown.head(SHOWN)
        told = listed["correct"].map({True: "yes", False: "no"})
        picked = st.dataframe(
            listed.assign(correct=told, confidence=100 * listed["confidence"]), hide_index=True,
            key=f"test_rows_{hash(tuple(listed['row']))}",
            on_select="rerun", selection_mode="single-row",
            column_order=["correct", "label", "prediction", "confidence", "text", "row"],
            column_config={
                "correct": st.column_config.TextColumn("Right", width=60),
                "label": st.column_config.TextColumn("True class", width=90),
                "prediction": st.column_config.TextColumn("Predicted", width=90),
                "confidence": st.column_config.NumberColumn(
                    "Confidence", format="%.1f %%", width=90, help="Probability of the predicted class."
                ),
                "text": st.column_config.TextColumn("Text", width=380),
                "row": st.column_config.NumberColumn("Row", help="Place in the file, counted from 0."),
            },
        )  # fmt: skip
        _whole(shown, picked.selection.rows, labels)
        if len(shown) > SHOWN:
            st.caption(f"The first {SHOWN:,} are listed; the download has all {len(shown):,}.")
        download_csv(shown, "Download these rows (CSV)", f"{run.id}-rows.csv", "download_rows")


def _whole(shown: pd.DataFrame, places: list[int], labels: list[str]) -> None:
    """The ticked row in full, with what the model gave each class."""
    if not places or places[0] >= len(shown):
        st.caption("Tick a row to read its whole text.")
        return
    row = shown.iloc[places[0]]
    with st.container(border=True):
        st.text(row["text"])
        if "text_pair" in row:
            st.text(row["text_pair"])
        shares = [float(row[f"p.{label}"]) for label in labels]
        st.plotly_chart(charts.probabilities(labels, shares), key="row_probabilities", config=STILL)


def _correcting(run: Run, shown: pd.DataFrame) -> bool:
    """The same rows as a table in which labels can be corrected; False where the user only looks."""
    try:
        dataset = get_dataset(run.config.dataset)
    except GraftError:
        return False  # deleted since: there is nothing to correct any more
    one_class = set(shown["label"]) <= set(dataset.labels)
    if not one_class or not st.toggle(
        "Correct labels", key="correct_labels", help="Edit labels in the table, then save."
    ):
        return False
    columns = {"prediction": "suggestion", "confidence": "certainty"}
    relabel_table(dataset, shown.rename(columns=columns), f"rows_{run.id}", run)
    return True


def _narrowed(
    run_id: str, table: pd.DataFrame, labels: list[str], clicked: tuple[str, ...] | None
) -> tuple[pd.DataFrame, str]:
    """The rows to show and the sentence that says which they are; a clicked cell rules over the boxes."""
    one, two, three = st.columns(3)
    options = [ANY, *labels]
    linked = [st.query_params.get(name, ANY) for name in ("true", "predicted")]
    places = [options.index(name) if name in options else 0 for name in linked]
    true = one.selectbox("True class", options, index=places[0], key="filter_true", disabled=clicked is not None)
    predicted = two.selectbox(
        "Predicted", options, index=places[1], key="filter_predicted", disabled=clicked is not None
    )
    if clicked:
        true, predicted = clicked
    wrong = three.toggle("Only mistakes", key="only_wrong", help="Rows whose prediction is not the true class.")
    unsure = three.toggle("Least sure first", key="unsure_first")
    doubted = _has_classes(table, labels) and three.toggle(
        "Probable label errors", key="doubted", help="Rows on which the label is more likely wrong than the model."
    )
    shown = table
    if true != ANY:
        shown = shown[shown["label"] == true]
    if predicted != ANY:
        shown = shown[shown["prediction"] == predicted]
    if wrong:
        shown = shown[~shown["correct"]]
    if doubted:
        shown = shown[shown["row"].isin(suspects(run_id)["row"])]
    shown = shown.sort_values("confidence", ascending=unsure)
    limits = [f"truly {true}"] * (true != ANY) + [f"called {predicted}"] * (predicted != ANY) + ["wrong"] * wrong
    limits += ["label in doubt"] * bool(doubted)
    which = f" ({', '.join(limits)})" if limits else ""
    right = int(shown["correct"].sum())
    return shown, f"{len(shown):,} of {len(table):,} rows{which}; {right:,} are right."


def _has_classes(table: pd.DataFrame, labels: list[str]) -> bool:
    return set(table["label"]) <= set(labels) and all(f"p.{label}" in table for label in labels)
