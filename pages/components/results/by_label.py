"""What a finished run gets right and wrong: by class, by label, or by the size of the error."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.evaluation.details import mix_ups
from core.runs.folder import Run
from core.tasks import readable
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.shared.words import plain

MANY = 20  # classes; beyond them the chart of mistakes shows no numbers


def class_view(run: Run, result: dict[str, Any]) -> None:
    """One class a row: what was taken for what, and how well each class is found."""
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        event = show_chart(
            charts.confusion(result["metrics"]["confusion"], result["labels"], ink=ink()), key="confusion",
            config=STILL, on_select="rerun", selection_mode="points",
        )  # fmt: skip
        st.caption(
            "Each row of the chart is a true class, each column what the model said. Click a cell to see its texts."
        )
        points = event.selection.points if event else []
        if points:
            _texts_link(run, *points[0]["customdata"][:2])
        if len(result["labels"]) > MANY:
            _mix_ups(run, result)
    with right, st.container(border=True, height="stretch"):
        st.markdown("**Each class**")
        _per_class(pd.DataFrame(result["metrics"]["per_class"]), "Class")
        st.caption(_class_sentence(result["metrics"]["per_class"]))


def _mix_ups(run: Run, result: dict[str, Any]) -> None:
    """The commonest mistakes as a list: with many classes no chart shows them all."""
    mistakes = mix_ups(result["metrics"]["confusion"], result["labels"])
    if not mistakes:
        return
    st.markdown("**Most frequent mix-ups**")
    table = pd.DataFrame(mistakes).assign(share=lambda table: 100 * table["share"])
    picked = st.dataframe(
        table, hide_index=True, key=f"mix_ups_{run.id}", on_select="rerun", selection_mode="single-row",
        column_config={
            "true": "Truly", "called": "Called", "rows": st.column_config.NumberColumn("Rows", width=70),
            "share": st.column_config.NumberColumn("Of the class", format="%.0f %%", help="Share of the rows that truly are it."),
        },
    )  # fmt: skip
    if picked.selection.rows:
        _texts_link(run, *table.loc[picked.selection.rows[0], ["true", "called"]])


def _texts_link(run: Run, true: str, predicted: str) -> None:
    """To the texts of one cell of the confusion matrix."""
    st.page_link(
        "pages/results.py", label=plain(f"Texts that are {true} and were called {predicted}"), icon=":material/list:",
        query_params={"run": run.id, "tab": "Mistakes", "true": true, "predicted": predicted},
    )  # fmt: skip


def _per_class(table: pd.DataFrame, title: str) -> None:
    """Precision, recall and F1 of each class or label, and its threshold where it has one."""
    shown = [name for name in ("precision", "recall", "f1", "threshold") if name in table]
    table[shown] = 100 * table[shown].astype(float)
    figures = [name for name in shown if name != "threshold"]
    table.loc[table["support"] == 0, figures] = None  # also in results of earlier versions
    shares = {
        name: st.column_config.NumberColumn(heading, format="%.1f %%", help=text)
        for name, heading, text in (
            ("precision", "Precision", "Of the rows that were given this, how many truly have it."),
            ("recall", "Recall", "Of the rows that truly have this, how many were found."),
            ("f1", "F1", "Precision and recall in one number; both must be high."),
            ("threshold", "Given from", "The probability from which the label is given; chosen on validation rows."),
        )
    }
    st.dataframe(
        table, hide_index=True, key="per_class", placeholder="–",
        column_config={"label": title, "support": st.column_config.NumberColumn("Rows"), **shares},
    )  # fmt: skip


def label_view(run: Run, result: dict[str, Any]) -> None:
    """Several labels a row: how well each is found, and from which probability it is given."""
    left, right = st.columns(2)
    metrics = result["metrics"]
    with left, st.container(border=True):
        show_chart(charts.label_scores(metrics["per_class"]), key="label_scores", config=STILL)
        st.caption(
            f"A row truly has {metrics['labels_true']:.2f} labels and is given {metrics['labels_given']:.2f}, on average."
        )
        st.page_link(
            "pages/results.py", label="See the rows and their labels", icon=":material/list:",
            query_params={"run": run.id, "tab": "Mistakes"},
        )  # fmt: skip
    with right, st.container(border=True):
        st.markdown("**Each label**")
        _per_class(pd.DataFrame(metrics["per_class"]).assign(threshold=result["thresholds"]), "Label")
        st.caption(
            "Each label has its own threshold: the probability from which it is given, chosen on validation rows so that "
            "its F1 is best. Labels with fewer than 5 validation rows share one. The saved model carries them."
        )


def score_view(run: Run, result: dict[str, Any]) -> None:
    """Scores: how close predictions are to the truth."""
    table = run.read_predictions(result["split"], ["label", "prediction", "error"])
    left, right = st.columns(2)
    with left, st.container(border=True):
        show_chart(charts.true_and_predicted(table["label"], table["prediction"]), key="true_predicted", config=STILL)
        st.caption(
            "On the dashed line a prediction is exact. A cloud that is flatter than the line means that the model plays "
            "safe: it stays near the mean."
        )
    with right, st.container(border=True):
        show_chart(charts.residuals(table["error"].to_numpy()), key="residuals", config=STILL)
        metrics = result["metrics"]
        st.caption(
            f"Off by {readable(metrics['mae'])} on average, {metrics['mean_error']:+.3g} in the mean; the true scores "
            f"themselves spread by {readable(metrics['spread'])} around their mean."
        )
        st.page_link(
            "pages/results.py", label="See the rows, largest errors first", icon=":material/list:",
            query_params={"run": run.id, "tab": "Mistakes"},
        )  # fmt: skip


def _class_sentence(classes: list[dict[str, Any]]) -> str:
    """What the weakest class means, and the three words."""
    judged = [scores for scores in classes if scores["support"]] or classes
    weakest = min(judged, key=lambda scores: (scores["recall"] or 0.0, -scores["support"]))
    recalled = round((weakest["recall"] or 0.0) * weakest["support"])
    hardest = f"Hardest to find: {plain(weakest['label'])}, with {recalled:,} of its {weakest['support']:,} rows."
    if recalled == weakest["support"]:
        hardest = "Every row of every class was found."
    return (
        f"{hardest} "
        "Precision: of the rows given a class, the share that truly has it. Recall: of the rows of a class, the share "
        "that was found. F1: both in one number."
    )
