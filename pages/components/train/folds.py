"""Whether to judge over folds, asked before the start."""

import streamlit as st

from core.data.cleaning.folds import has_own_test
from core.data.sets.store import DataSet
from core.jobs.folds import FOLDS, MOST_ROWS
from pages.components.shared.words import plain


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
        st.caption(_explanation(dataset, rows, aside))
    return bool(chosen)


def _explanation(dataset: DataSet, rows: int, aside: int) -> str:
    """What is going to happen: ``rows`` are judged, ``aside`` of the set's own test part are not."""
    explanation = (
        f"{FOLDS} runs with these settings: each learns without another fifth of {rows:,} rows and is judged by it. In the end "
        f"each of them has been judged once, by a model that has not seen it. Takes about {FOLDS} times as long."
    )
    if aside:
        explanation += f" The set's own test part, {aside:,} rows, stays aside and unseen, for a last judgement."
    if dataset.group:
        explanation += f" Rows with the same {plain(dataset.group)} stay in one fold."
    return explanation
