"""Correct labels in a table, save them as a new version, and train again on it with the same settings."""

import hashlib

import pandas as pd
import streamlit as st

from core.data.cleaning.label_errors import suspects_of_run, suspects_of_set
from core.data.cleaning.mending import make_version
from core.data.sets.store import DataSet, get_dataset
from core.data.sets.versions import version_number, version_title
from core.errors import GraftError
from core.jobs import queue
from core.runs.folder import Run, get_run
from pages.components.shared import status
from pages.components.shared.errors import show_error
from pages.components.shared.links import run_link
from pages.components.shared.words import plain

SHOWN = 300
WORDS = "A word model, over all rows"


@st.cache_data(max_entries=8, show_spinner="Looking for probable label errors …")
def suspects(run_id: str) -> pd.DataFrame:
    """Rows whose label the run doubts, the most doubtful first."""
    return suspects_of_run(get_run(run_id))


def relabel_table(dataset: DataSet, table: pd.DataFrame, key: str, run: Run | None = None) -> None:
    """An editable list of rows; what is changed becomes a new version of ``dataset``.

    Args:
        table: row, text, label, and suggestion where a model has one; with a suggestion there is a box to take it.
        run: whose settings a retrain takes; None offers saving alone.
    """
    shown = table.head(SHOWN).reset_index(drop=True)
    shown.insert(0, "take", False)
    order = ["take", "label", "suggestion", "certainty", "text", "split", "row"]
    order = [name for name in order if name in shown and (name != "take" or "suggestion" in shown)]
    stamp = hashlib.sha256(repr(tuple(shown["row"])).encode()).hexdigest()[:8]  # edits are kept by position
    edited = st.data_editor(
        shown, hide_index=True, key=f"relabel_{key}_{dataset.id}_{stamp}", column_order=order,
        disabled=[name for name in shown if name not in ("take", "label")],
        column_config={
            "take": st.column_config.CheckboxColumn("Take", width=60, help="Take the suggested label."),
            "text": st.column_config.TextColumn("Text", width=420),
            "label": st.column_config.SelectboxColumn(
                "Label", options=list(dataset.labels), required=True, width=110, help="Click twice to change it."
            ),
            "suggestion": st.column_config.TextColumn("Suggested", width=110, help="What the model says."),
            "certainty": st.column_config.NumberColumn("Sure", format="percent", width=70, help="Its probability."),
            "split": st.column_config.TextColumn("Part", width=90), "row": st.column_config.NumberColumn("Row", width=70),
        },
    )  # fmt: skip
    corrected = (
        edited["label"].where(~edited["take"], edited["suggestion"]) if "suggestion" in edited else edited["label"]
    )
    changed = (corrected != shown["label"]).to_numpy()
    labels = {int(row): str(label) for row, label in zip(shown["row"][changed], corrected[changed], strict=True)}
    _save_buttons(dataset, labels, key, run)


def suspects_view(dataset: DataSet) -> None:
    """Probable label errors of a set, on the Data page."""
    runs = {run.id: run for run in status.finished_runs() if run.config.dataset == dataset.id}
    with st.expander("Probable label errors", icon=":material/rule:"):
        st.caption(
            "Rows on whose label a model that has not learnt from them disagrees. The model may be wrong, not the label: "
            "read before you change one."
        )
        judged_by = st.selectbox(
            "Judged by", [*runs, WORDS], key=f"judge_{dataset.id}",
            format_func=lambda key: f"{runs[key].name}, on its {(runs[key].result or {})['split']} rows" if key in runs else key,
        )  # fmt: skip
        opened = f"suspects_{dataset.id}_{judged_by}"
        if st.button("Look for label errors", icon=":material/search:", key="look_suspects"):
            st.session_state[opened] = True
        if not st.session_state.get(opened):
            _done(f"data_{dataset.id}")
            return
        try:
            with st.spinner("Judging each row by a model that has not seen it …"):
                doubtful = suspects(judged_by) if judged_by in runs else suspects_of_set(dataset)
        except GraftError as error:
            show_error(error)
            return
        if not len(doubtful):
            st.success("No label is in doubt.", icon=":material/check_circle:")
            return
        st.markdown(
            f"**{len(doubtful):,} rows** of which the label is in doubt"
            + (f"; the first {SHOWN} are listed." if len(doubtful) > SHOWN else ".")
        )
        newest = next(iter(runs.values()), None)
        relabel_table(dataset, doubtful, f"data_{dataset.id}", runs.get(judged_by, newest))


def _save_buttons(dataset: DataSet, labels: dict[int, str], key: str, run: Run | None) -> None:
    """Save ``labels`` (by row id) as a new version, and queue a run on it where there is one to repeat."""
    with st.container(horizontal=True, vertical_alignment="center"):
        count = len(labels)
        save = st.button("Save as a new version", icon=":material/save:", disabled=not count, key=f"save_{key}")
        again = run is not None and st.button(
            "Save and train again", icon=":material/replay:", disabled=not count, key=f"retrain_{key}", type="primary",
            help="Queues a run with the same settings on the new version.",
        )  # fmt: skip
        st.caption(f"{count:,} label{'' if count == 1 else 's'} changed." if count else "Change a label to save.")
    if save or again:
        try:
            version = make_version(dataset, "relabel", {"labels": labels})
            done: dict[str, str] = {"version": version.id}
            if again and run is not None:
                name = f"{run.name} · version {version_number(version)}"
                tags = (*run.meta["tags"], "relabelled")
                done |= {"run": queue.submit(run.config.changed(dataset=version.id), name, tags).id, "old": run.id}
        except GraftError as error:
            show_error(error)
            return
        st.session_state[f"saved_{key}"] = done
    _done(key)


def _done(key: str) -> None:
    """After saving: the new version, the new run, and the comparison with the old one."""
    done = st.session_state.get(f"saved_{key}")
    if not done:
        return
    try:
        version = get_dataset(done["version"])
    except GraftError:
        return  # undone since
    with st.container(border=True):
        sentence = plain((version.change or {}).get("sentence", ""))
        st.markdown(f"Saved as **{plain(version_title(version))}**. {sentence}")
        with st.container(horizontal=True):
            st.page_link(
                "pages/data.py",
                label="Open the new version",
                icon=":material/table:",
                query_params={"dataset": version.id},
            )
            if "run" in done:
                run_link(get_run(done["run"]), "Watch the new run")
                st.page_link(
                    "pages/results.py", label="Compare with the old run", icon=":material/compare_arrows:",
                    query_params={"runs": f"{done['old']},{done['run']}"},
                )  # fmt: skip
        if "run" in done:
            st.caption("When it has finished, both are compared on the rows that both were judged by.")
