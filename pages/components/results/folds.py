"""Cross-validation on the pages: the choice before the start, and the joined result of the folds."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.data.cleaning.folds import has_own_test
from core.data.sets.store import DataSet
from core.errors import GraftError
from core.jobs.folds import FOLDS, MOST_ROWS
from core.runs.folder import Run
from core.runs.folds import FoldRuns, folds_of
from core.tasks import METRICS
from pages.components.results.scores import scores_view
from pages.components.shared import words


def choose_folds(dataset: DataSet) -> bool:
    """Whether to judge over folds; offered for sets that are small enough."""
    aside = dataset.size("test") if has_own_test(dataset) else 0
    rows = dataset.rows - aside
    if dataset.rows > MOST_ROWS or rows < 2 * FOLDS:
        return False
    chosen = st.toggle(
        f"Judge over {FOLDS} folds", key="judge_over_folds",
        help=f"Every row is judged once, by a model that has not seen it; takes {FOLDS} times as long.",
    )  # fmt: skip
    if chosen:
        told = (
            f"{FOLDS} runs with these settings: each learns without another fifth of {rows:,} rows and is judged by it. In the end "
            f"each of them has been judged once, by a model that has not seen it. Takes about {FOLDS} times as long."
        )
        if aside:
            told += f" The set's own test part, {aside:,} rows, stays aside and unseen, for a last judgement."
        if dataset.group:
            told += f" Rows with the same {words.plain(dataset.group)} stay in one fold."
        st.caption(told)
    return bool(chosen)


def fold_card(run: Run) -> None:
    """The joined result where a fold's own run is shown; nothing for any other run."""
    folds = folds_of(run)
    if folds:
        number = next(number for number, each in folds.runs.items() if each.id == run.id)
        st.caption(
            f"This run is fold {number} of {folds.folds}. Its own figures are about its rows alone; the joined result is about "
            "the rows of all folds."
        )
        joined_view(folds)


def joined_view(folds: FoldRuns) -> bool:
    """One result over all rows, beside the baselines on the same rows, and how the folds differ; False where the runs
    cannot be joined."""
    from core.results.joined import join

    with st.container(border=True):
        st.markdown(f"**{words.plain(folds.name)}: joined over {folds.folds} folds**")
        try:
            with st.spinner("Joining the folds …"):
                joined = join(folds)
        except GraftError as error:
            words.show_error(error)
            return False
        if joined.unfinished:
            st.warning(words.plain(joined.unfinished), icon=":material/hourglass_top:")
        for sentence in joined.found:
            st.markdown(words.plain(sentence))
        if joined.pooled:
            _scores(folds, joined.pooled.result, joined.complete)
        for sentence in joined.meaning:
            st.caption(words.plain(sentence))
        _standing(folds, joined.standing)
    return True


def _scores(folds: FoldRuns, result: dict[str, Any], complete: bool) -> None:
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
    names = list(dict.fromkeys(name for each in standing for name in each["metrics"]))
    with st.expander("Each fold", icon=":material/view_list:"):
        table = pd.DataFrame(
            {"Fold": [each["fold"] for each in standing], "State": [each["state"] for each in standing],
             "Judged rows": [each["rows"] for each in standing]}
            | {
                METRICS[name].title: [words.figure(name, each["metrics"].get(name)) for each in standing]
                for name in names
            }
        )  # fmt: skip
        key = folds.id or "-".join(run.id for run in folds.runs.values())
        st.dataframe(table, hide_index=True, key=f"standing_{key}", placeholder="–")
        with st.container(horizontal=True):
            for number, run in folds.runs.items():
                words.run_link(run, f"Fold {number}")
