"""The joined result of a cross-validation."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.errors import GraftError
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.runs.folds import FoldRuns, folds_of
from pages.components.results.scores import scores_view
from pages.components.shared import words
from pages.components.shared.errors import show_error
from pages.components.shared.links import run_link


def fold_card(run: Run) -> None:
    """The joined result where a fold's own run is shown; nothing for any other run."""
    folds = folds_of(run)
    if folds:
        number = next(number for number, other in folds.runs.items() if other.id == run.id)
        st.caption(
            f"This run is fold {number} of {folds.folds}. Its own figures are about its rows alone; the joined result is about "
            "the rows of all folds."
        )
        joined_view(folds)


def joined_view(folds: FoldRuns) -> bool:
    """One result over all rows, beside the baselines on the same rows, and how the folds differ; False where the runs
    cannot be joined."""
    from core.results.cross_validation import join

    with st.container(border=True):
        st.markdown(f"**{words.plain(folds.name)}: joined over {folds.folds} folds**")
        try:
            with st.spinner("Joining the folds …"):
                joined = join(folds)
        except GraftError as error:
            show_error(error)
            return False
        if joined.unfinished:
            st.warning(words.plain(joined.unfinished), icon=":material/hourglass_top:")
        for sentence in joined.outcome:
            st.markdown(words.plain(sentence))
        if joined.pooled:
            _scores(folds, joined.pooled.result, joined.complete)
        for sentence in joined.meaning:
            st.caption(words.plain(sentence))
        _standing(folds, joined.standing)
    return True


def _scores(folds: FoldRuns, result: dict[str, Any], complete: bool) -> None:
    """The figures over all rows, beside the baselines on the same rows."""
    color = charts.run_colors([folds.id or folds.name])[folds.id or folds.name]
    key = folds.id or "-".join(run.id for run in folds.runs.values())
    title = "This training, all folds" if complete else "This training, so far"
    scores_view(title, color, result, f"joined_{key}", f"joined_table_{key}")
    lost = "" if result["baselines"] else " A fold's data set was deleted, so the baselines cannot be told any more."
    st.caption(
        f"All over the same {result['rows']:,} rows; the baselines learnt anew in each fold, as the model did.{lost}"
    )


def _standing(folds: FoldRuns, standing: list[dict[str, Any]]) -> None:
    """A line for each fold, and the way to its run."""
    names = list(dict.fromkeys(name for line in standing for name in line["metrics"]))
    with st.expander("Each fold", icon=":material/view_list:"):
        table = pd.DataFrame(
            {"Fold": [line["fold"] for line in standing], "State": [line["state"] for line in standing],
             "Judged rows": [line["rows"] for line in standing]}
            | {
                METRICS[name].title: [words.figure(name, line["metrics"].get(name)) for line in standing]
                for name in names
            }
        )  # fmt: skip
        key = folds.id or "-".join(run.id for run in folds.runs.values())
        st.dataframe(table, hide_index=True, key=f"standing_{key}", placeholder="–")
        with st.container(horizontal=True):
            for number, run in folds.runs.items():
                run_link(run, f"Fold {number}")
