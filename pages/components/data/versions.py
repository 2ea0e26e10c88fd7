"""Versions of a set: where it comes from, what else was made of it, a new split, and export."""

import pandas as pd
import streamlit as st

from core.data.cleaning.folds import has_own_test, make_folds
from core.data.cleaning.mending import make_version
from core.data.sets.export import FORMATS, export_bytes
from core.data.sets.store import DataSet, get_dataset
from core.data.sets.versions import changed_rows, family, undo, version_number
from core.errors import GraftError
from core.results.test_reuse import dataset_of, looks_at_test
from core.runs.folder import list_runs
from pages.components.shared.errors import show_error
from pages.components.shared.words import ago, plain

LISTED = 50
NONE = "(none)"


def open_version(dataset: DataSet, message: str = "") -> None:
    """Go to a set on the Data page, and say why."""
    if message:
        st.session_state["version_said"] = message
    st.query_params["dataset"] = dataset.id
    st.rerun()


def version_line(dataset: DataSet) -> None:
    """What made this version, with the way back; nothing for a set that was read from a file."""
    if message := st.session_state.pop("version_said", None):
        st.toast(message, icon=":material/check:")
    if not dataset.change:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(f"version {version_number(dataset)}", icon=":material/history:", color="green")
        st.markdown(plain(dataset.change["sentence"]), width="content")
        if st.button("Undo", icon=":material/undo:", key="undo_version", help="Back to the version before this one."):
            try:
                parent = undo(dataset)
            except GraftError as error:
                show_error(error)
            else:
                open_version(parent, "Undone: this is the version before.")


def looks_caption(dataset: DataSet) -> None:
    """How often the test part was looked at."""
    if dataset.size("test"):
        st.caption(plain(looks_at_test(dataset).sentence))


def versions_view(dataset: DataSet) -> None:
    """Lineage, a new split and export."""
    with st.container(horizontal=True):
        with st.popover("Draw the split anew", icon=":material/call_split:"):
            _split_form(dataset)
        with st.popover("Export", icon=":material/download:"):
            _export(dataset)
    kin = family(dataset)
    st.caption("A stored set never changes. Each fix makes a new version; every run names the one it used.")
    _lineage(dataset, kin)


def _lineage(dataset: DataSet, kin: list[DataSet]) -> None:
    used = pd.Series([dataset_of(run) for run in list_runs()], dtype=object).value_counts()
    numbers = {version.id: version_number(version) for version in kin}
    shown = kin[-LISTED:]
    table = pd.DataFrame(
        {
            "version": [f"{numbers[version.id]}{' (shown)' if version.id == dataset.id else ''}" for version in shown],
            "done": [(version.change or {}).get("sentence", f"Read from {version.source_name}.") for version in shown],
            "of": [str(numbers.get(str(version.parent), "")) for version in shown],
            "rows": [version.rows for version in shown], "runs": [int(used.get(version.id, 0)) for version in shown],
            "made": [ago(version.created) for version in shown], "id": [version.id for version in shown],
        }
    )  # fmt: skip
    picked = st.dataframe(
        table, hide_index=True, key=f"lineage_{dataset.id}", on_select="rerun", selection_mode="single-row",
        column_config={
            "version": "Version", "done": st.column_config.TextColumn("What was done", width="large"), "of": "Made from",
            "rows": st.column_config.NumberColumn("Rows", format="localized"), "runs": "Runs", "made": "Made", "id": "Id",
        },
    )  # fmt: skip
    ticked = [shown[row] for row in picked.selection.rows]
    if ticked and ticked[0].id != dataset.id:
        if st.button(f"Open version {numbers[ticked[0].id]}", icon=":material/open_in_new:", key="open_version"):
            open_version(ticked[0])
    elif len(kin) > 1:
        st.caption("Tick a version to open it.")
    changed = changed_rows(dataset)
    if len(changed):
        st.markdown(f"**What changed in this version**: {len(changed):,} rows")
        st.dataframe(changed.head(1000), hide_index=True, key="changed_rows")


def _split_form(dataset: DataSet) -> None:
    st.markdown(
        "A new version with other parts. Scores of runs on other test rows cannot be compared with the old ones."
    )
    ways = {
        "shares": "By shares: drawn evenly over the classes", "time": "By time: the latest rows judge",
        "column": "As a column says", "folds": "Folds: several versions, each row judged once",
    }  # fmt: skip
    how = st.radio("How", list(ways), format_func=ways.__getitem__, key="resplit_how")
    columns = [column for column in _extras(dataset.id)]
    given: dict[str, object] = {}
    if how == "shares":
        share = st.select_slider("Training share (%)", [50, 60, 70, 80, 90], 70, key="resplit_share")
        rest = (100 - share) / 100
        given["fractions"] = [share / 100, round(rest / 3, 6), round(1 - share / 100 - round(rest / 3, 6), 6)]
        keep = st.toggle("Keep the test part as it is", key="resplit_keep", disabled=not dataset.size("test"))
        given |= {"keep_test": True} if keep else {}
    elif how in ("time", "column"):
        given[how] = st.selectbox("Column", columns, key=f"resplit_{how}", placeholder="The set has no other column")
    else:
        folds = st.number_input("Folds", 2, 20, 5, key="resplit_folds")
        st.caption(
            f"Makes {folds} versions. In each, another {100 / folds:.0f} % of the rows are the test part and a tenth of the "
            "rest chooses. For sets too small to spare a test part. The Train page makes them, trains on each and joins the "
            "results by one click."
            + (" This set's own test part stays out of all folds." if has_own_test(dataset) else "")
        )
    if how in ("shares", "folds"):
        group = st.selectbox(
            "Keep groups whole", [NONE, *columns], key="resplit_group",
            index=columns.index(dataset.group) + 1 if dataset.group in columns else 0,
            help="Rows with the same value in this column stay in one part.",
        )  # fmt: skip
        given |= {"group": group} if group != NONE else {}
        given["seed"] = int(st.number_input("Seed", 0, 2**31 - 1, 42, key="resplit_seed"))
    ready = how in ("shares", "folds") or given[how]
    if st.button("Make the new version", type="primary", key="resplit_go", disabled=not ready):
        try:
            if how == "folds":
                made = make_folds(dataset, int(folds), int(str(given["seed"])), given.get("group"))  # type: ignore[arg-type]
                open_version(made[0], f"{len(made)} versions made; this is fold 1.")
            open_version(make_version(dataset, "resplit", given), "Split anew. Undo brings the old parts back.")
        except GraftError as error:
            show_error(error)


def _export(dataset: DataSet) -> None:
    format = str(st.radio("Format", list(FORMATS), horizontal=True, key="export_format"))
    st.caption(
        "In CSV, cells that a spreadsheet would run as a formula get an apostrophe in front. JSONL and Parquet are exact."
    )
    name, version = dataset.name.replace("/", "-"), version_number(dataset)
    st.download_button(
        f"Download {dataset.rows:,} rows", lambda: export_bytes(get_dataset(dataset.id), format),
        f"{name}{f'-version-{version}' if version > 1 else ''}.{format}", on_click="ignore", key="export_go",
        icon=":material/download:",
    )  # fmt: skip


@st.cache_data(max_entries=16, show_spinner=False)
def _extras(dataset_id: str) -> list[str]:
    names = get_dataset(dataset_id).page(0, 1).columns
    return [name.removeprefix("extra.") for name in names if name.startswith("extra.")]
