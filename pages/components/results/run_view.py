"""A run on its own page: one header, and tabs for what can be asked of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import GraftError, RunError
from core.runs.folder import RESUMABLE, Run
from core.strategies.registry import STRATEGIES
from core.tasks import readable, split_labels
from pages.components.results.folds import fold_card
from pages.components.results.lead import lead
from pages.components.results.live import live_view
from pages.components.results.mistakes import mistakes_view
from pages.components.results.run_actions import actions
from pages.components.results.summary import summary_view
from pages.components.results.training import training_view
from pages.components.results.transfer import transfer_view
from pages.components.shared import words
from pages.components.shared.cards import place_for
from pages.components.shared.errors import shown_errors
from pages.components.shared.states import badge
from pages.components.shared.tabs import tabs
from pages.components.use.try_text import try_text
from pages.components.use.use_it import use_it

STAGES = ("under way", "ended early", "finished")
TABS: dict[str, Callable[[Run], object]] = {
    "Summary": summary_view, "Mistakes": mistakes_view, "Try it": try_text, "Training": training_view,
    "Transfer": transfer_view, "Use it": use_it,
}  # fmt: skip
LONGEST = 90  # letters of an example


def run_view(run: Run) -> None:
    """All of a run: live while it works, its result when it has finished."""
    state = run.state
    stage = "finished" if state == "finished" else "ended early" if state in RESUMABLE else "under way"
    _head(run)
    with place_for(stage, STAGES):
        if state == "finished":
            with shown_errors():
                lead(run)
        with shown_errors():
            actions(run, state)
        with shown_errors():
            fold_card(run)
        if state == "finished":
            _tabs(run)
        else:
            with shown_errors():
                live_view(run, state)


def _tabs(run: Run) -> None:
    """One open tab, named in the address; only what it shows is computed."""
    if run.result is None:
        st.warning("This run has finished but its result cannot be read.", icon=":material/error:")
        return
    tabs({name: partial(view, run) for name, view in TABS.items()}, f"tabs_{run.id}")


def _head(run: Run) -> None:
    """Name, state, what it does with an example, and what was learnt from what."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(words.plain(run.name), anchor=False, width="content")
        badge(run.state)
    if does := what_it_does(run):
        st.markdown(does)
    tags = f" · {', '.join(run.meta['tags'])}" if run.meta["tags"] else ""
    queued = f"queued {words.ago(run.meta['created'])} · run {run.id}{tags}"
    try:
        config = run.config
    except RunError:  # why stands below, where a damaged run says what is left to do
        st.caption(words.plain(queued))
        return
    strategy = STRATEGIES[config.strategy].title
    source = f"of {words.source_name(config.source)}" if config.source else "(no source)"
    what = f"{strategy} {source} on {words.dataset_name(config.dataset)}"
    st.caption(words.plain(f"{what} · {queued}"))


def what_it_does(run: Run) -> str:
    """What the model answers, in a sentence with a text that it has answered right, as Markdown; empty before it has a result."""
    result = run.result if run.state == "finished" else None
    if not result:
        return ""
    kind, labels = words.result_task(result).kind, list(result["labels"])
    try:
        example = _example(run.read_predictions(result["split"]), kind)
    except GraftError:
        example = None
    pair = example is not None and "text_pair" in example
    says = {
        "single_label": f"says which of {len(labels):,} classes {'they are' if pair else 'it is'}",
        "multi_label": f"says which of {len(labels):,} labels {'they have' if pair else 'it has'}",
        "regression": f"gives {'them' if pair else 'it'} a score ({labels[0] if labels else 'score'})",
    }[kind]
    sentence = words.plain(f"Reads {'two texts' if pair else 'a text'} and {says}")
    return f"{sentence}: {_told(example, kind)}." if example is not None else f"{sentence}."


def _told(example: "pd.Series[Any]", kind: str) -> str:
    given = example["prediction"]
    answer = readable(float(given)) if kind == "regression" else ", ".join(split_labels(str(given)))
    texts = [example["text"], *([example["text_pair"]] if "text_pair" in example else [])]
    quoted = " and ".join(f"“{_short(str(text))}”" for text in texts)
    return f"{words.plain(quoted)} → **{words.plain(answer)}**"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"


def _example(table: pd.DataFrame, kind: str) -> "pd.Series[Any] | None":
    """A judged row with a short text that was answered right, or nearly; the same one every time.

    Args:
        table: as ``Run.read_predictions`` gives it.
    """
    if kind == "regression":
        close = table["error"].abs()
        right = table[close <= close.quantile(0.25)]
    else:
        right = table[table["correct"] & (table["prediction"].astype(str) != "")]
    if not len(right):
        return None
    lengths = right["text"].str.len()
    return right.loc[(lengths - LONGEST * 0.6).abs().sort_values(kind="stable").index[0]]
