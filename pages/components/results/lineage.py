"""The lineage of a run: where its model came from, what has started from it, and what each step gained."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts, libraries
from core.metrics.table import METRICS
from core.results.lineage import EARLIER, Ancestor, lineage
from core.runs.folder import Run, get_run
from core.tasks import headline_of
from pages.components.results.lead import KEPT
from pages.components.shared.errors import carry_out
from pages.components.shared.links import run_link
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.shared.words import dataset_name, figure, plain, source_name

KIN = "A run on the way learnt from the same data set, so that part of this may be its labels. "
SURE = {"real": "sure", "not_shown": "not sure", "too_few_rows": "too few rows to say"}


def lineage_view(run: Run) -> None:
    """The graph, and for each step from an earlier run what it gained; nothing where no other run belongs to it."""
    models = lineage(run)
    with st.container(border=True):
        st.markdown("**Where the model comes from, and what has started from it**")
        if len(models) < 3:
            st.caption(
                "It started from a plain pretrained model, and nothing has started from it yet. “Train on from this model” takes it as the "
                "source of another task: two steps can reach more than one."
            )  # fmt: skip
            return
        own = f"run:{run.id}"
        boxes = [_box(model, own) for model in models]
        show_chart(charts.lineage(boxes, ink()), key=f"lineage_{run.id}", config=STILL)
        for model in models:
            if model.is_later and model.run is not None:
                _step(model, models[0].key)
        _sequence(run)


def _sequence(run: Run) -> None:
    """Each task of the way by each encoder from its own on, once it was measured; nothing for a run that started no further back."""
    if not run.config.model.startswith(EARLIER):
        return
    told = run.sequence
    if told is None:
        st.caption(
            "Each task on the way to this run can be asked of every encoder from its own on, with its own head: what the later cost it."
        )
        if st.button("Measure all tasks of the way", icon=":material/straighten:", key="measure_sequence"):
            _measure(run)
        return
    names = [task["name"] for task in told["tasks"]]
    rows = [[None if cell is None else 100 * cell for cell in row] for row in told["matrix"]]
    frame = pd.DataFrame(rows, columns=[f"task of {name}" for name in names], index=[f"after {name}" for name in names])
    st.dataframe(frame.style.format("{:.1f} %", na_rep="–"), key=f"sequence_{run.id}")
    st.markdown(plain(told["sentence"]))
    for each in told["backward"]:
        low, high = (100 * end for end in each["interval"])
        span = f"95 % interval {low:+.1f} to {high:+.1f}, {each['rows']:,} texts"
        verdict = KEPT.get(each["verdict"], each["verdict"])
        st.caption(f"{plain(each['task'])}: {100 * each['difference']:+.1f} points ({span}), {verdict}.")


def _measure(run: Run) -> None:
    libraries.load()
    from core.transfer.sequence import measure_sequence

    carry_out("Asking each task of each encoder …", lambda: measure_sequence(run))


def _box(model: Ancestor, own: str) -> dict[str, Any]:
    title, below = (source_name(model.key), "plain source") if model.key else ("?", "no longer known")
    if model.run is not None:
        result = model.run.result or {}
        name = headline_of(result)
        title = model.run.name
        below = f"{dataset_name(model.run.config.dataset)} · {figure(name, result['metrics'][name])}"
    elif model.parent:
        below = "deleted, or not finished"
    if model.gain:
        below = f"{below} · {_size(model)} by its way"
    return {
        "key": model.key, "parent": model.parent, "title": title, "below": below, "depth": model.depth, "own": model.key == own,
    }  # fmt: skip


def _size(model: Ancestor) -> str:
    gain = model.gain or {}
    share = METRICS[gain["metric"]].share
    return f"{100 * gain['difference']:+.1f} points" if share else f"{gain['difference']:+.3g}"


def _step(model: Ancestor, root: str) -> None:
    """What the way by the earlier run gained, beside the same training from the plain source."""
    assert model.run is not None
    name = plain(model.run.name)
    if not root:
        st.caption(f"What {name} gained by its way cannot be told: a run on the way was deleted.")
        return
    if model.gain is None:
        st.caption(
            f"What {name} gained by its way is not known: the same training from {plain(source_name(root))} has not been run."
        )
        st.page_link(
            "pages/train.py", label="Train it from the plain source, to compare", icon=":material/psychiatry:",
            query_params={"dataset": model.run.config.dataset, "source": root},
        )  # fmt: skip
        return
    sure = SURE[model.gain["verdict"]]
    interval = model.gain["interval"]
    span = ""
    if interval and METRICS[model.gain["metric"]].share:
        span = f"; 95 % interval {100 * interval[0]:+.1f} to {100 * interval[1]:+.1f}"
    kin = KIN if model.shares_rows else ""
    st.caption(
        f"{name}: {_size(model)} beside the same training from {plain(source_name(root))} ({sure}{span}). {kin}This is about these two "
        "models."
    )  # fmt: skip
    run_link(get_run(model.control), "Open the run it is compared with", icon=":material/compare_arrows:")
