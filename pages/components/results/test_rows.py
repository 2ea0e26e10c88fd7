"""The rows that a run was judged by: prediction, confidence, right or wrong."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.data.sets.store import get_dataset
from core.errors import GraftError
from core.runs.folder import Run, get_run
from core.tasks import readable, split_labels
from pages.components.results.relabel import relabel_table, suspects
from pages.components.shared.download import download_csv
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.shared.words import plain, result_task

ANY = "any"
SHOWN = 1000


@st.cache_data(max_entries=4, show_spinner="Reading the predictions …")
def _predictions(run_id: str, part: str, changed: float) -> pd.DataFrame:
    return get_run(run_id).read_predictions(part)


def test_rows(run: Run) -> None:
    """A list that a chart, or boxes that fit the task, narrow down."""
    result = run.result or {}
    path = run.predictions(result["split"])
    table = _predictions(run.id, result["split"], path.stat().st_mtime if path.exists() else 0.0)
    kind = result_task(result).kind
    {"multi_label": _label_rows, "regression": _score_rows}.get(kind, _class_rows)(run, result, table)


def _class_rows(run: Run, result: dict[str, Any], table: pd.DataFrame) -> None:
    """One class a row: the confusion chart narrows the list down, and labels can be corrected in it."""
    labels = list(result["labels"])
    left, right = st.columns([2, 3])
    with left:
        event = show_chart(
            charts.confusion(result["metrics"]["confusion"], labels, "Click a cell to see its rows", ink()),
            key="rows_confusion", config=STILL, on_select="rerun", selection_mode="points",
        )  # fmt: skip
        st.caption("Click beside the cells, or twice on the chart, to see all rows again.")
    points = event.selection.points if event else []
    clicked = tuple(points[0]["customdata"][:2]) if points else None
    with right:
        shown, sentence = _narrowed(run.id, table, labels, clicked)
        st.caption(sentence)
        if _correcting(run, shown):
            return
        listed = shown.head(SHOWN)
        right = listed["correct"].map({True: "yes", False: "no"})
        picked = st.dataframe(
            listed.assign(correct=right, confidence=100 * listed["confidence"]), hide_index=True,
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


def _whole(shown: pd.DataFrame, ticked: list[int], labels: list[str]) -> None:
    """The ticked row in full, with what the model gave each class."""
    if not ticked or ticked[0] >= len(shown):
        st.caption("Tick a row to read its whole text.")
        return
    row = shown.iloc[ticked[0]]
    with st.container(border=True):
        st.text(row["text"])
        if "text_pair" in row:
            st.text(row["text_pair"])
        shares = [float(row[f"p.{label}"]) for label in labels]
        show_chart(charts.probabilities(labels, shares), key="row_probabilities", config=STILL)


def _label_rows(run: Run, result: dict[str, Any], table: pd.DataFrame) -> None:
    """Several labels a row: narrowed down by a label and by what became of it."""
    left, middle, right = st.columns([2, 2, 1])
    label = left.selectbox("Label", [ANY, *result["labels"]], key="filter_label")
    which = middle.selectbox(
        "Rows", ["all", "found", "missed", "given wrongly", "not all right"], key="filter_which",
        help="Found: the label is true and was given. Missed: true and not given. Given wrongly: given and not true.",
    )  # fmt: skip
    unsure = right.toggle("Least sure first", key="unsure_first")
    shown = _mistakes_first(_with_label(table, None if label == ANY else label, which), unsure)
    all_right = int(shown["correct"].sum())
    st.caption(
        f"{len(shown):,} of {len(table):,} rows (label {plain(str(label))}, {which}); {all_right:,} are right as a whole, with no label "
        "missing and none too many. Confidence says how far the least sure label is from its threshold."
    )
    spaced = {name: shown[name].map(lambda joined: ", ".join(split_labels(joined))) for name in SETS}
    _listed(run, shown, ["text", "text_pair", *SETS, "confidence", "correct", "row"], spaced)


SETS = ("label", "prediction", "missed", "extra")


def _with_label(table: pd.DataFrame, label: str | None, which: str) -> pd.DataFrame:
    """The rows where a label (or any) was found, missed or given wrongly."""

    def has(column: str) -> pd.Series:
        return table[column].map(lambda joined: bool(joined) if label is None else label in split_labels(joined))

    if which == "not all right":
        return table[~table["correct"] & (has("label") | has("prediction") | (label is None))]
    masks = {
        "found": has("label") & has("prediction") & ~has("missed") if label else table["missed"].eq("") & has("label"),
        "missed": has("missed"), "given wrongly": has("extra"),
        "all": has("label") | has("prediction") | (label is None),
    }  # fmt: skip
    return table[masks[which]]


def _score_rows(run: Run, result: dict[str, Any], table: pd.DataFrame) -> None:
    """A score a row: narrowed down by the true score, ordered by the error."""
    low, high = float(table["label"].min()), float(table["label"].max())
    left, right = st.columns(2)
    span = left.slider("True score", low, high, (low, high), key="filter_score") if low < high else (low, high)
    order = right.selectbox(
        "Order", ["largest error first", "most too high first", "most too low first", "exact first"], key="error_order"
    )
    shown = table[table["label"].between(*span)]
    by = {"largest error first": -shown["error"].abs(), "most too high first": -shown["error"],
          "most too low first": shown["error"], "exact first": shown["error"].abs()}[str(order)]  # fmt: skip
    shown = shown.loc[by.sort_values(kind="stable").index]
    off = shown["error"].abs().mean()
    st.caption(
        f"{len(shown):,} of {len(table):,} rows; off by {readable(off)} on average. Error is predicted less true score."
    )
    _listed(run, shown, ["text", "text_pair", "label", "prediction", "error", "row"])


def _listed(run: Run, shown: pd.DataFrame, order: list[str], spaced: dict[str, pd.Series] | None = None) -> None:
    """The table and its download; ``spaced`` replaces columns on the screen only."""
    numeric = pd.api.types.is_numeric_dtype(shown["prediction"])
    answers = {
        name: st.column_config.NumberColumn(title, format="%.2f") if numeric else st.column_config.TextColumn(title)
        for name, title in (
            ("label", "True score" if numeric else "True"),
            ("prediction", "Predicted"),
            ("error", "Error"),
        )
        if name in shown
    }
    st.dataframe(
        shown.assign(**(spaced or {})).head(SHOWN), hide_index=True, key="test_rows",
        column_order=[name for name in order if name in shown],
        column_config={
            "text": st.column_config.TextColumn("Text", width="large"), "text_pair": "Second text", **answers,
            "missed": "Missed", "extra": "Given wrongly",
            "confidence": st.column_config.ProgressColumn(
                "Confidence", format="percent", min_value=0, max_value=1, help="How sure the model is of its answer."
            ),
            "correct": st.column_config.CheckboxColumn("Right"),
            "row": st.column_config.NumberColumn("Row", help="Place in the file, counted from 0."),
        },
    )  # fmt: skip
    if len(shown) > SHOWN:
        st.caption(f"The first {SHOWN:,} are shown; the download holds all.")
    download_csv(shown, "Download these rows (CSV)", f"{run.id}-rows.csv", "download_rows")


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
    left, middle, right = st.columns(3)
    options = [ANY, *labels]
    linked = [st.query_params.get(name, ANY) for name in ("true", "predicted")]
    positions = [options.index(name) if name in options else 0 for name in linked]
    true = left.selectbox("True class", options, index=positions[0], key="filter_true", disabled=clicked is not None)
    predicted = middle.selectbox(
        "Predicted", options, index=positions[1], key="filter_predicted", disabled=clicked is not None
    )
    if clicked:
        true, predicted = clicked
    wrong = right.toggle("Only mistakes", key="only_wrong", help="Rows whose prediction is not the true class.")
    unsure = right.toggle("Least sure first", key="unsure_first")
    doubted = _has_classes(table, labels) and right.toggle(
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
    shown = _mistakes_first(shown, unsure)
    limits = [f"truly {true}"] * (true != ANY) + [f"called {predicted}"] * (predicted != ANY) + ["wrong"] * wrong
    limits += ["label in doubt"] * bool(doubted)
    which = f" ({', '.join(limits)})" if limits else ""
    correct = int(shown["correct"].sum())
    return shown, f"{len(shown):,} of {len(table):,} rows{plain(which)}; {correct:,} are right."


def _mistakes_first(rows: pd.DataFrame, unsure: bool) -> pd.DataFrame:
    """What went wrong stands on top, the surest mistakes first; with ``unsure`` the least sure rows, right or wrong."""
    if unsure:
        return rows.sort_values("confidence", kind="stable")
    return rows.sort_values(["correct", "confidence"], ascending=[True, False], kind="stable")


def _has_classes(table: pd.DataFrame, labels: list[str]) -> bool:
    return set(table["label"]) <= set(labels) and all(f"p.{label}" in table for label in labels)
