"""What a finished run comes to: one large figure, the verdict in a sentence, and what the data say about it."""

from typing import Any

import streamlit as st

from core.evaluation.notes import verdict_in
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.tasks import headline_of, readable
from pages.components.shared import words

KEPT = {"lost": "ability lost", "no_loss_shown": "no loss shown", "kept": "kept within 2 points"}
SURE = {"real": "sure", "not_shown": "not sure", "too_few_rows": "too few rows to say"}


def lead(run: Run) -> None:
    """The figure, the verdict and the warnings; nothing where the result cannot be read."""
    result = run.result
    if result is None:
        return
    left, right = st.columns([1, 2], vertical_alignment="center")
    with left:
        _figure(result)
    with right:
        _verdict(result, bool(run.config.source))
        _kept(run)
        _warnings(run, result)


def _figure(result: dict[str, Any]) -> None:
    """The headline, and how far it is from the strongest baseline."""
    name, verdict = headline_of(result), result.get("verdict")
    metric = METRICS[name]
    beside, color = None, "off"
    rival = words.best_baseline(result)
    if verdict and rival and verdict.get("difference") is not None:
        difference = verdict["difference"]
        size = (
            f"{100 * difference:+.1f} points"
            if metric.share
            else f"{'+' if difference > 0 else ''}{readable(difference)}"
        )
        beside = f"{size} beside {rival['title']}, {SURE.get(verdict['verdict'], 'not sure')}"
        color = ("normal" if metric.higher else "inverse") if verdict["verdict"] == "real" else "off"
    st.metric(
        f"{metric.title} on {result['rows']:,} {result['split']} rows", words.figure(name, result["metrics"][name]), beside,
        delta_color=color, help=metric.help,  # type: ignore[arg-type]
    )  # fmt: skip


def _verdict(result: dict[str, Any], transferred: bool) -> None:
    """Whether transfer paid off, in one sentence; the bare comparison where nothing was transferred."""
    verdict = result["verdict"]
    won = verdict.get("better", verdict["difference"] > 0)
    sentence = words.plain(verdict_in(result))
    if verdict["verdict"] == "real" and won:
        st.success(f"Transfer paid off. {sentence}" if transferred else sentence, icon=":material/check_circle:")
    elif verdict["verdict"] == "real":
        st.warning(f"Transfer did not pay off here. {sentence}" if transferred else sentence, icon=":material/info:")
    else:
        st.info(sentence, icon=":material/info:")


def _kept(run: Run) -> None:
    """What became of the source's ability, in a line, where it was measured."""
    kept = run.retention
    if kept:
        st.caption(
            f"Of its source: {KEPT.get(kept['verdict'], kept['verdict'])}, {100 * kept['difference']:+.1f} points on "
            f"{kept['rows']:,} texts; more on the tab Transfer."
        )


def _warnings(run: Run, result: dict[str, Any]) -> None:
    """What the data says about this score."""
    for warning in result.get("warnings", []):
        st.warning(words.plain(warning), icon=":material/warning:")
    if result.get("warnings"):
        st.page_link(
            "pages/data.py", label="See these rows on the Data page", icon=":material/table:",
            query_params={"dataset": run.config.dataset, "tab": "Health"},
        )  # fmt: skip
