"""Several sets as one: which, what their labels are called together, and the button."""

from collections.abc import Sequence

import streamlit as st

from core.data.sets.join import JOINABLE, LEFT_OUT, join_sets
from core.data.sets.store import DataSet
from core.data.sets.versions import version_title
from core.errors import GraftError
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain


def join_view(known: Sequence[DataSet]) -> DataSet | None:
    """Choose sets and map their labels; the new set once it is stored."""
    fitting = {one.id: one for one in known if one.task in JOINABLE}
    st.caption(
        "Sets with the same labels become one whose column *domain* says where each row came from. A study of domains then tells what a "
        "model that learnt from one loses on the others."
    )
    if len(fitting) < 2:
        st.caption("This takes two sets with one label a row. Add another one first.")
        return None
    chosen = st.multiselect(
        "Sets", list(fitting), key="join_sets", format_func=lambda key: plain(version_title(fitting[key]))
    )
    if len(chosen) < 2:
        st.caption("Choose two or more.")
        return None
    sets = [fitting[key] for key in chosen]
    mapping = _mapping(sets)
    name = st.text_input(
        "Name of the new set", " + ".join(one.name for one in sets), key=f"join_name_{'_'.join(chosen)}"
    )
    if st.button("Join them", type="primary", icon=":material/merge:", key="join_now"):
        try:
            return join_sets(sets, mapping, name)
        except GraftError as error:
            show_error(error)
    return None


def _mapping(sets: Sequence[DataSet]) -> dict[str, str]:
    """Label -> what it is called, asked of every label that the first set does not have, or that another lacks."""
    first = sets[0].labels
    mapping = {}
    for one in sets[1:]:
        for label in (label for label in one.labels if label not in first and label not in mapping):
            mapping[label] = st.selectbox(
                f"“{plain(label)}” of {plain(one.name)} is the same as",
                [LEFT_OUT, *first], key=f"join_label_{sets[0].id}_{label}", format_func=_called, index=_guess(label, first),
            )  # fmt: skip
    reached = [{mapping.get(label, label) for label in one.labels} for one in sets[1:]]
    for label in (label for label in first if any(label not in own for own in reached)):
        if st.checkbox(
            f"Leave out rows of “{plain(label)}”, which another set does not have",
            key=f"join_without_{sets[0].id}_{label}",
        ):
            mapping[label] = LEFT_OUT
    return mapping


def _called(label: str) -> str:
    return plain(label) if label else "none: leave its rows out"


def _guess(label: str, first: Sequence[str]) -> int:
    """Place of the label that begins alike; 0, none, where there is not exactly one."""
    a = label.casefold()
    alike = [
        place for place, one in enumerate(first, 1) if a.startswith(one.casefold()) or one.casefold().startswith(a)
    ]
    return alike[0] if len(alike) == 1 else 0
