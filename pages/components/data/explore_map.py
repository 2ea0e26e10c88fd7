"""A map of the texts: near to each other what the chosen model reads as alike."""

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.charts import explore as charts
from core.data.sets.store import DataSet, get_dataset
from core.explore.features import MOST_ROWS, ask_neighbour_plane, map_key
from core.explore.groups import group_columns, groups_of
from core.explore.nearness import principal_plane
from core.explore.rows import SEED, rows_named
from core.runs.folder import Run, get_run
from pages.components.data.explore_rows import MOST, listed, mapped_rows
from pages.components.data.explore_waiting import choose_reader, features_or_wait, result_or_wait
from pages.components.shared.errors import show_error
from pages.components.shared.status import finished_runs
from pages.components.shared.theme import show_chart
from pages.components.shared.words import plain

METHODS = {"PCA": "PCA (at once)", "t-SNE": "t-SNE (neighbourhoods)"}


@st.cache_data(max_entries=8, show_spinner=False)
def _principal(key: str, _features: np.ndarray) -> tuple[np.ndarray, float]:
    return principal_plane(_features)


@st.cache_data(max_entries=4, show_spinner="Reading the judged rows …")
def _judged_rows(dataset_id: str, run_id: str, part: str, changed: float) -> pd.DataFrame:
    """Rows of the set that a run was judged by, with what it said of them."""
    told = get_run(run_id).read_predictions(part)
    told = told.sample(min(len(told), MOST_ROWS), random_state=SEED)
    said = [name for name in ("row", "prediction", "confidence", "correct") if name in told]
    return rows_named(get_dataset(dataset_id), told["row"].tolist()).merge(told[said], on="row")


def map_view(dataset: DataSet) -> None:
    """Choices, the map, and the rows that were marked on it."""
    one, two, three = st.columns(3)
    with one:
        source = choose_reader("map_source")
    runs = _judging(dataset)
    frame, which = mapped_rows(dataset)
    groups = group_columns(dataset, frame)
    colors = [*(["label"] if dataset.labels else []), *groups, *(f"run:{run}" for run in runs), "nothing"]
    color = str(
        two.selectbox(
            "Coloured by", colors, key=f"map_color_{dataset.id}",
            format_func=lambda each: f"right or wrong: {runs[each[4:]].name}" if each[4:] in runs else each,
        )
    )  # fmt: skip
    with three:
        method = str(
            st.radio(
                "Drawn by",
                list(METHODS),
                horizontal=True,
                key="map_method",
                format_func=METHODS.__getitem__,
            )
        )
    if color[4:] in runs:
        run = runs[color[4:]]
        path = _predictions(run)
        frame = _judged_rows(dataset.id, run.id, path.stem, path.stat().st_mtime)
        which = f"{len(frame):,} of the rows that {plain(run.name)} was judged by; {int(frame['correct'].sum()):,} are right."
    features = features_or_wait(dataset, source, frame)
    if features is None:
        return
    key = map_key(dataset, source, frame)
    places, meaning = _places(key, features, method)
    if places is not None:
        figure = _drawn(dataset, frame, places, color, groups)
        _map(figure, frame, f"{key}_{method}_{color}", f"{which} {meaning}")


def _places(key: str, features: np.ndarray, method: str) -> tuple[np.ndarray | None, str]:
    near = "Texts that the model reads as alike lie near each other; the directions themselves have no name."
    if method == "PCA":
        places, share = _principal(key, features)
        return (
            places,
            f"{near} The plane shows {100 * share:.0f} % of all differences; what differs otherwise lies on top of each other.",
        )
    work = ask_neighbour_plane(key, features)
    if work.error is not None:
        show_error(work.error)
    places = result_or_wait(work, "Arranging the neighbourhoods")
    return (
        places,
        f"{near} Only neighbourhoods can be trusted here: how far apart two groups lie, and how large they are, means nothing.",
    )


def _drawn(dataset: DataSet, frame: pd.DataFrame, places: np.ndarray, color: str, groups: dict[str, str]) -> go.Figure:
    rows, texts = frame["row"].tolist(), frame["text"].tolist()
    answers = groups_of(dataset, frame)
    if color == "label" and answers.values is not None:
        return charts.score_map(places, rows, texts, answers.values, dataset.label or "score")
    if color.startswith("run:") and "correct" in frame:
        told: Any = np.where(frame["correct"].astype(bool), "right", "wrong")
    elif color in groups:
        told = frame[groups[color]].astype(str).to_numpy(dtype=object)
    else:
        told = answers.name_of_rows() if color == "label" else np.full(len(frame), "text", dtype=object)
    return charts.text_map(places, rows, texts, told)


def _map(figure: go.Figure, frame: pd.DataFrame, key: str, said: str) -> None:
    with st.container(border=True):
        event: Any = show_chart(
            figure, key=f"map_{key}", on_select="rerun", selection_mode=("box", "lasso", "points"),
            config={"displaylogo": False, "scrollZoom": False},
        )  # fmt: skip
        st.caption(said)
    marked = {_row(point) for point in (event.selection.points if event else [])}
    if not marked:
        st.caption("Draw around points with the lasso or the box, or click one: their rows are listed here.")
        return
    chosen = frame[frame["row"].isin(marked)]
    st.markdown(f"**{len(chosen):,} marked texts**")
    listed(chosen.head(MOST), f"marked_{key}")


def _row(point: dict[str, Any]) -> int:
    """The row id that a point carries."""
    value = point.get("customdata", -1)
    return int(value[0] if isinstance(value, list) else value)


def _judging(dataset: DataSet) -> dict[str, Run]:
    """Finished runs on this set that say of each judged row whether it was right."""
    import pyarrow.parquet as pq

    found = {}
    for run in finished_runs():
        if run.config.dataset == dataset.id and _predictions(run).exists():
            with suppress(OSError, ValueError):  # predictions that cannot be read colour no map
                if "correct" in pq.read_schema(_predictions(run)).names:
                    found[run.id] = run
    return found


def _predictions(run: Run) -> Any:
    return run.predictions((run.result or {}).get("split", "test"))
