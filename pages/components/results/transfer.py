"""What a finished run took over from its source, and what the training changed in it."""

from typing import Any

import streamlit as st

from core import charts
from core.runs.folder import Run
from pages.components.results.kept import curve_view, kept_view, made_of
from pages.components.results.lineage import lineage_view
from pages.components.shared.theme import show_chart
from pages.components.shared.words import plain, source_name
from pages.components.train.weights_file import show_fit


def transfer_view(run: Run) -> None:
    """How far each layer moved from the source, how a file with weights fitted, and the baseline without labels."""
    result = run.result or {}
    config = run.config
    if not config.source:
        st.markdown("The source is **none**.")
        st.caption("This run counts words and starts from no pretrained model, so nothing was transferred.")
        return
    st.markdown(f"The source is **{plain(source_name(config.source))}**.")
    made_of(run)
    if not result.get("layers") and not result.get("made"):
        st.caption("No layer of the source was trained, or there was no source: nothing has moved.")
    _movement(result)
    _source_fit(result)
    if result.get("names_left_out"):
        st.caption(plain(str(result["names_left_out"])))
    kept_view(run)
    curve_view(run)
    lineage_view(run)


def _movement(result: dict[str, Any]) -> None:
    """How far each layer moved from the source."""
    layers = result.get("layers")
    if not layers:
        return
    with st.expander("What the training changed", icon=":material/layers:"):
        show_chart(charts.layer_movement(layers["moved"], layers["rates"]), key="movement")
        st.caption(
            "Length of the change of each layer's weights beside their length before. The less a layer moved, the more "
            "of what the source knew is left in it." + _most_moved(layers)
        )


def _most_moved(layers: dict[str, list[float]]) -> str:
    """What is to be said of the classifier and of the rates, where it is so."""
    moved, rates = layers["moved"], layers["rates"]
    newest = " The classifier is new and moved most." if moved[-1] == max(moved) > 0 else ""
    if len(set(rates)) > 1:
        return f"{newest} At each bar stands the largest share of the learning rate that its weights were trained with."
    return f"{newest} All of it was trained with the whole learning rate."


def _source_fit(result: dict[str, Any]) -> None:
    """How a file with weights fitted its architecture, where the source was one."""
    fit = result.get("source_fit")
    if fit:
        names = {"missing": "missing", "left_over": "left over", "matched": "matched"}
        rows = [{"tensor": name, "state": state} for key, state in names.items() for name in fit[key]]
        rows += [{"tensor": name, "state": f"not used: {own}, not {other}"} for name, own, other in fit["differs"]]
        show_fit(fit["sentence"], rows)
