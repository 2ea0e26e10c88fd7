"""The rows that a run was judged by: prediction, confidence, right or wrong."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core import charts
from core.runs.folder import Run

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
            charts.confusion(result["metrics"]["confusion"], labels, "Click a cell to see its rows"), key="rows_confusion",
            on_select="rerun", selection_mode="points",
        )  # fmt: skip
    points = event.selection.points if event else []
    clicked = tuple(points[0]["customdata"][:2]) if points else None
    with right:
        shown, said = _narrowed(table, labels, clicked)
        st.caption(said)
        st.dataframe(
            shown.head(SHOWN), hide_index=True, key="test_rows",
            column_order=["text", "label", "prediction", "confidence", "correct", "row"],
            column_config={
                "text": st.column_config.TextColumn("Text", width="large"), "label": "True class", "prediction": "Predicted",
                "confidence": st.column_config.ProgressColumn(
                    "Confidence", format="percent", min_value=0, max_value=1, help="Probability of the predicted class."
                ),
                "correct": st.column_config.CheckboxColumn("Right"),
                "row": st.column_config.NumberColumn("Row", help="Place in the file, counted from 0."),
            },
        )  # fmt: skip
        st.download_button(
            "Download these rows (CSV)", shown.to_csv(index=False).encode("utf-8-sig"), f"{run.id}-rows.csv", "text/csv",
            on_click="ignore", icon=":material/download:", key="download_rows",
        )  # fmt: skip


def _narrowed(table: pd.DataFrame, labels: list[str], clicked: tuple[str, ...] | None) -> tuple[pd.DataFrame, str]:
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
    shown = table
    if true != ANY:
        shown = shown[shown["label"] == true]
    if predicted != ANY:
        shown = shown[shown["prediction"] == predicted]
    if wrong:
        shown = shown[~shown["correct"]]
    shown = shown.sort_values("confidence", ascending=unsure)
    which = f"true class {true}, predicted {predicted}"
    right = int(shown["correct"].sum())
    return shown, f"{len(shown):,} of {len(table):,} rows ({which}); {right:,} are right."
