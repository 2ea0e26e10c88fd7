"""Health of a set: what was found, the rows behind it, and the remedy as a click."""

import pandas as pd
import streamlit as st

from core.data.cleaning.checks.check import SHOWN, Check, Remedy, by_consequence
from core.data.cleaning.checks.health import check_dataset, is_checked
from core.data.cleaning.checks.tokenisation import check_tokenisation
from core.data.cleaning.mending import make_version
from core.data.sets.store import DataSet, get_dataset
from core.errors import GraftError
from core.models.sources import check_source
from pages.components.data.decide_labels import decide_labels
from pages.components.data.merge_table import merge_table
from pages.components.data.versions import open_version
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain

LEVELS = {
    "error": ("red", ":material/error:"), "warning": ("orange", ":material/warning:"),
    "note": ("blue", ":material/info:"), "ok": ("green", ":material/check:"),
}  # fmt: skip
SAFE = {  # findings that the safe fixes mend -> what they do
    "label look-alikes": "one spelling for labels that differ in case, blanks or marks alone",
    "duplicates": "rows out that repeat a text with its label",
}
AT_ONCE = 60_000  # rows that are checked without asking; more take minutes
ROWS_A_SECOND = 3000  # about what two cores check


@st.cache_data(max_entries=32, show_spinner="Looking at what the model makes of the texts …")
def _reading(dataset_id: str, model: str, max_length: int) -> list[Check]:
    return check_tokenisation(get_dataset(dataset_id), model, max_length)


@st.cache_data(max_entries=4, show_spinner=False)
def _rows(dataset_id: str, rows: tuple[int, ...]) -> pd.DataFrame:
    frame = get_dataset(dataset_id).frame()
    columns = [name for name in ("row", "text", "text_pair", "label", "split") if name in frame]
    shown = frame[frame["row"].isin(rows)][columns].set_index("row")
    return shown.loc[[row for row in rows if row in shown.index]].reset_index()


def health(dataset: DataSet, model: str, max_length: int) -> None:
    """The findings, the gravest first; what is well folded away."""
    st.header("Health", anchor=False)
    checks = _checks(dataset, model, max_length)
    if checks is None:
        return
    findings = [check for check in checks if check.level != "ok"]
    fine = [check for check in checks if check.level == "ok"]
    if not findings:
        st.success(f"All is well: {len(fine)} checks found nothing to mend.", icon=":material/check_circle:")
    _safe_button(dataset, findings)
    for number, check in enumerate(findings):
        _card(dataset, check, number)
    merge_table(dataset)
    if fine:
        with st.expander(f"{len(fine)} checks without findings", icon=":material/check:"):
            for check in fine:
                st.markdown(f"- **{plain(check.name)}**: {plain(check.message)}")


def reading_lines(dataset: DataSet, model: str, max_length: int) -> None:
    """What the chosen model does not know of these texts, where that is worth a warning; nothing where all is well."""
    try:
        if not check_source(model).at_hand:
            return  # its tokenizer would have to be downloaded while the page waits
        checks = _reading(dataset.id, model, max_length)
    except GraftError:
        return  # the form says already that this source cannot be had
    for check in checks:
        if check.level in ("warning", "error"):
            icon = LEVELS[check.level][1]
            st.warning(plain(f"{check.message} {check.remedy}"), icon=icon)


def _checks(dataset: DataSet, model: str, max_length: int) -> list[Check] | None:
    """All findings; None while a large set waits for the user's word, or a source is missing."""
    if dataset.rows > AT_ONCE and not is_checked(dataset):
        minutes = max(1, round(dataset.rows / ROWS_A_SECOND / 60))
        label = f"Check all {dataset.rows:,} rows (about {minutes} min)"
        if not st.button(label, icon=":material/health_and_safety:", key="check_large"):
            st.caption("Duplicates, leakage, labels, languages and lengths. It is done once for each version.")
            return None
    bar = None if is_checked(dataset) else st.progress(0.0, "Checking the rows …")
    checks = check_dataset(dataset, progress=lambda what, share: bar.progress(share, f"{what} …") if bar else None)
    if bar:
        bar.empty()
    try:
        checks += _reading(dataset.id, model, max_length)
    except GraftError as error:
        show_error(error)
    return by_consequence(checks)


def _safe_button(dataset: DataSet, findings: list[Check]) -> None:
    """All that cannot go wrong, by one click."""
    there = [check for check in findings if check.name in SAFE]
    if not there:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if st.button("Apply the safe fixes", type="primary", icon=":material/auto_fix_high:", key="fix_safe"):
            _apply(dataset, Remedy("Apply the safe fixes", "safe"))
        st.caption(
            f"One new version: {' and '.join(SAFE[check.name] for check in there)}. The rest is yours to decide."
        )


def _card(dataset: DataSet, check: Check, number: int) -> None:
    color, icon = LEVELS[check.level]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(check.name, icon=icon, color=color, help=f"Level: {check.level}")  # type: ignore[arg-type]
            st.markdown(plain(check.message), width="content")
        if check.remedy:
            st.caption(plain(check.remedy))
        if not check.fix and not check.rows:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            if check.fix and st.button(
                plain(check.fix.title), icon=":material/build:", key=f"fix_{number}_{check.name}"
            ):
                _apply(dataset, check.fix)
            shown = check.rows and st.toggle(_show(check), key=f"rows_{number}_{check.name}")
        if shown and check.name == "conflicting labels":
            decide_labels(dataset, _rows(dataset.id, check.rows))
        elif shown:
            st.dataframe(_rows(dataset.id, check.rows), hide_index=True, key=f"check_{number}_{check.name}")


def _show(check: Check) -> str:
    """What the switch for the rows is called; where not all are listed, it says so and is no count of them."""
    return f"Show the first {SHOWN} rows" if len(check.rows) >= SHOWN else f"Show the rows ({len(check.rows):,})"


def _apply(dataset: DataSet, fix: Remedy) -> None:
    try:
        with st.spinner("Making a new version …"):
            version = make_version(dataset, fix.operation, fix.parameters)
    except GraftError as error:
        show_error(error)
        return
    open_version(version, "Done: you see the new version. Undo brings the old one back.")
