"""A ladder: a bar for each rung as soon as it is done, a sentence for each, and what they say together."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.metrics.table import METRICS
from core.runs.folder import get_run
from core.strategies.registry import CONTROL
from core.studies.folder import Study
from core.studies.ladder import Ladder
from core.studies.rungs import FINE_TUNING, Rung
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.links import run_link
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.studies.labels_saved import labels_saved_view
from pages.components.studies.try_chips import try_chips

GREEN, PALE = (
    charts.THIS_RUN,
    "#7FB597",
)  # this run is leaf green; what transfers without being trained whole is a paler one
STATES = {
    "queued": "waits", "open": "waits", "starting": "is starting", "running": "is at work", "stopping": "is stopping",
    "stopped": "was stopped", "failed": "failed", "interrupted": "was interrupted", "deleted": "was deleted", "damaged": "is damaged",
    "left out": "left out", "finished": "done",
}  # fmt: skip


def ladder_view(study: Study, ladder: Ladder) -> None:
    """Verdict, bars, sentences, figures, and messages to try."""
    _verdict(ladder)
    done = [rung for rung in ladder.rungs if rung.done]
    if done:
        leading = (
            ladder.gain.leading.of if ladder.gain else next((rung.key for rung in done if rung.name == FINE_TUNING), "")
        )
        bars = _bars(done, leading)
        show_chart(charts.score_bars(bars, done[0].headline, ink=ink()), key=f"ladder_{study.id}", config=STILL)
        judged = next((rung.caveat for rung in done if rung.caveat), "None of them has learnt from these rows.")
        st.caption(
            f"Green uses what the source has learnt elsewhere, grey does not. All are judged by the same {done[0].rows:,} rows. "
            f"{words.plain(judged)} The line is the 95 % interval: with other rows of the same kind the score would move; in 95 of "
            "100 such draws it covers the true value."
        )
    with st.grid(3, min_column_width=250):
        for rung in reversed(ladder.rungs):
            with st.container():
                _sentence(rung)
    if done:
        with st.expander("All figures of this ladder"):
            st.dataframe(
                pd.DataFrame([_figures(rung) for rung in reversed(done)]), hide_index=True, key=f"rungs_{study.id}"
            )
    if ladder.sentence and ladder.best_run:
        best = get_run(ladder.best_run)
        try_chips(best)
        run_link(best, "Open this run: mistakes, curves, files")
        labels_saved_view(study)


def _verdict(ladder: Ladder) -> None:
    """What a reader takes home."""
    if not ladder.sentence:
        return
    said = words.plain(ladder.sentence)
    _figure(ladder)
    if ladder.gain is not None and ladder.gain.leading.pays:
        st.success(said, icon=":material/check_circle:")
    elif ladder.gain is not None and ladder.gain.verdict == "real":
        st.warning(said, icon=":material/info:")
    else:
        st.info(said, icon=":material/info:")


def _figure(ladder: Ladder) -> None:
    """The one figure that leads: what transfer reaches, and how far that is from the best without it."""
    if ladder.gain is None:
        return
    gain = ladder.gain.leading
    top = next(rung for rung in ladder.rungs if rung.key == gain.of and rung.transfers)
    if top.value is None:
        return
    rival = next(rung for rung in ladder.rungs if rung.key == gain.against)
    reached = (
        f"{100 * top.value:.0f} of 100 right" if top.headline == "accuracy" else words.figure(top.headline, top.value)
    )
    share = METRICS[top.headline].share
    size = f"{100 * gain.difference:+.0f} points" if share else f"{gain.difference:+.3g} {words.spoken(top.headline)}"
    sure = {"real": "sure", "not_shown": "not sure", "too_few_rows": "too few rows to say"}[gain.verdict]
    st.metric(
        f"{top.title}, {words.spoken(top.headline)}", reached, f"{size} beside {words.amid(_short(rival))}, {sure}",
        delta_color=("normal" if METRICS[top.headline].higher else "inverse") if gain.verdict == "real" else "off",
    )  # fmt: skip


def _bars(done: list[Rung], leading: str) -> list[dict[str, Any]]:
    """Best on top, as the ladder is climbed; the rung whose key leads is dark."""
    return [
        {
            "title": _short(rung), "value": rung.value,
            "color": GREEN if rung.transfers and rung.key == leading else PALE if rung.transfers else charts.GREY,
            "low": rung.interval[0] if rung.interval else None, "high": rung.interval[1] if rung.interval else None,
        }
        for rung in reversed(done)
    ]  # fmt: skip


SHORT = {
    "trivial": "Always the same",
    "names": "Names alone, no labels",
    "counted": "Counted words",
    CONTROL: "No pretraining",
}


def _short(rung: Rung) -> str:
    return SHORT.get(rung.name, rung.title)


def _sentence(rung: Rung) -> None:
    """One rung in words: what it is, how far it comes, or what it waits for."""
    if rung.done:
        score = words.figure(rung.headline, rung.value)
        st.markdown(f"**{words.plain(_short(rung))} · {score}**  \n{words.plain(rung.sentence)}")
    else:
        why = f": {words.plain(rung.why)}" if rung.why else ""
        st.caption(f"{words.plain(_short(rung))} {STATES.get(rung.state, rung.state)}{why}")


def _figures(rung: Rung) -> dict[str, str]:
    interval = (
        f"{words.figure(rung.headline, rung.interval[0])} to {words.figure(rung.headline, rung.interval[1])}"
        if rung.interval
        else "none"
    )
    ahead = rung.ahead or {}
    return {
        "Rung": rung.title,
        words.spoken(rung.headline).capitalize(): words.figure(rung.headline, rung.value),
        "95 % interval": interval,
        "Fine-tuning is ahead by": _ahead(ahead, rung.headline),
        "Labels learnt from": f"{rung.labels_used:,}",
        "Weights trained": "–" if rung.trained_weights is None else f"{rung.trained_weights:,}",
        "Took": "–" if rung.seconds is None else took(rung.seconds),
    }


def _ahead(ahead: Any, headline: str) -> str:
    if not ahead or ahead["difference"] is None:
        return "–"
    if not ahead["interval"]:
        return words.figure(headline, ahead["difference"])
    low, high = ahead["interval"]
    return f"{words.figure(headline, ahead['difference'])} ({words.figure(headline, low)} to {words.figure(headline, high)})"
