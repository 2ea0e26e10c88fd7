"""How many labels transfer saves on the set of a ladder: what a labels curve has found, or the way to ask it."""

import streamlit as st

from core.errors import GraftError
from core.studies.folder import Study, list_studies
from core.studies.label_series import LabelCurve
from core.studies.labels_sentences import labels_saved
from core.studies.registry import answer_of
from core.studies.standing import state_of
from pages.components.shared.words import plain
from pages.components.studies.questions import asks_for


def labels_saved_view(study: Study) -> None:
    """One line below a ladder that has ended."""
    dataset = study.cells()[0].plan.config.dataset
    for other in list_studies():
        if said := _said_by(other, dataset):
            st.markdown(plain(said))
            st.page_link(
                "pages/results.py", label="Open the labels curve", icon=":material/show_chart:", query_params={"study": other.id}
            )  # fmt: skip
            return
    st.page_link(
        "pages/train.py", label="How many labels does transfer save here? Ask it as a study", icon=":material/show_chart:",
        query_params=asks_for("labels", dataset),
    )  # fmt: skip


def _said_by(study: Study, dataset: str) -> str:
    """What a finished labels curve on this set says is saved; empty where it is another study."""
    try:
        read = study.read()
        if (
            read["kind"] != "labels"
            or read["cells"][0]["config"]["dataset"] != dataset
            or state_of(study) != "finished"
        ):
            return ""
        curve = answer_of(study)
        return labels_saved(curve) if isinstance(curve, LabelCurve) else ""
    except GraftError:
        return ""  # damaged: it says nothing
