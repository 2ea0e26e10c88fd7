"""Ways of training side by side: the best in a figure, bars with a dot for each training, score against time, all figures."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import charts
from core.metrics.table import METRICS
from core.runs.folder import get_run
from core.studies.compared import Compared
from core.studies.folder import Study
from core.studies.ways import Line, Tested, Ways
from core.training.energy import WATTS_A_CORE
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.links import run_link
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.studies.ladder_view import PALE

VERDICTS = {"real": "real", "not_shown": "not shown", "too_few_seeds": "too few seeds", "too_few_rows": "too few rows"}


def compared_view(study: Study, compared: Compared, says: bool = True) -> None:
    """Verdict, bars, time, figures, and the way to the runs.

    Args:
        says: whether figure and verdict lead; a study that has a verdict of its own says them itself.
    """
    ways = compared.ways
    if says and compared.sentence and compared.best:
        lead(ways, compared.best)
        st.info(words.plain(compared.sentence), icon=":material/info:")
    done = [line for line in ways.lines if line.mean is not None]
    if not done:
        _waiting(ways)
        return
    show_chart(
        charts.way_bars(bars(done, compared.best), ways.headline, ink=ink()), key=f"ways_{study.id}", config=STILL
    )
    st.caption(
        f"Green is the best way of training, pale green transfers too, grey does not. All are judged by the same {ways.rows:,} rows. "
        "The bar is the mean, a ring one training, the line the 95 % interval of the mean over rows and seeds."
    )
    timed = [line for line in done if line.seconds is not None]
    if len([line for line in timed if line.planned]) > 1:
        show_chart(
            charts.score_over_time(_dots(timed, compared.front), ways.headline, ink()),
            key=f"front_{study.id}",
            config=STILL,
        )
        st.caption("On the green line no other way is both better and quicker. Baselines stand with their whole time.")
    _waiting(ways)
    figures(study, ways)


def lead(ways: Ways, best: Line) -> None:
    """The one figure that leads."""
    rival = next(
        (line for line in ways.lines if not line.planned and not line.transfers and line.mean is not None), None
    )
    delta = None
    if rival is not None and rival.mean is not None and best.mean is not None:
        share = METRICS[ways.headline].share
        gap = best.mean - rival.mean
        size = f"{100 * gap:+.1f} points" if share else f"{gap:+.3g}"
        test = ways.test(best.name, rival.name)
        sure = {"real": "sure", "not_shown": "not sure"}.get(test.verdict if test else "", "not tested over seeds")
        delta = f"{size} beside {words.amid(rival.name)}, {sure}"
    trainings = f", mean of {len(best.values)} trainings" if len(best.values) > 1 else ""
    st.metric(
        f"{words.plain(best.name)}, {words.spoken(ways.headline)}{trainings}", words.figure(ways.headline, best.mean), delta,
        delta_color="normal" if METRICS[ways.headline].higher else "inverse",
    )  # fmt: skip


def bars(lines: Sequence[Line], best: Line | None) -> list[dict[str, object]]:
    """The lines as the chart of bars takes them."""
    colors = [
        charts.THIS_RUN if best and line.name == best.name else PALE if line.transfers else charts.GREY
        for line in lines
    ]
    return [bar(line, line.name, color) for line, color in zip(lines, colors, strict=True)]


def bar(line: Line, title: str, color: str) -> dict[str, object]:
    """One line as the chart of bars takes it."""
    return {
        "title": title, "value": line.mean, "values": line.values if line.planned else (), "color": color,
        "low": line.interval[0] if line.interval else None, "high": line.interval[1] if line.interval else None,
    }  # fmt: skip


def _dots(lines: Sequence[Line], front: Sequence[str]) -> list[dict[str, object]]:
    return [
        {
            "title": line.name, "seconds": line.seconds, "mean": line.mean, "front": line.name in front, "transfers": line.transfers,
            "low": line.interval[0] if line.interval else None, "high": line.interval[1] if line.interval else None,
        }
        for line in lines
    ]  # fmt: skip


def _waiting(ways: Ways) -> None:
    """What has not finished, and why."""
    for line in ways.lines:
        if line.planned and line.mean is None:
            why = (
                f": {words.plain(line.sentence)}"
                if line.sentence and line.state in ("failed", "partial", "stopped")
                else ""
            )
            st.caption(f"{words.plain(line.name)} · {line.state}{why}")


def figures(study: Study, ways: Ways) -> None:
    """Every line and every test as tables, and links to the runs."""
    done = [line for line in ways.lines if line.mean is not None]
    with st.expander("All figures of this study"):
        st.dataframe(
            pd.DataFrame([_figures(line, ways.headline) for line in done]), hide_index=True, key=f"lines_{study.id}",
            column_config={
                "Energy, rough": st.column_config.TextColumn(
                    help=f"Of one training: its time by {WATTS_A_CORE:.0f} W for each core. An estimate; nothing was measured."
                )
            },
        )  # fmt: skip
        if ways.tests:
            st.markdown("**Differences**, each tested over rows and seeds, corrected for their number (Holm)")
            st.dataframe(
                pd.DataFrame([_test(one, ways.headline) for one in ways.tests]),
                hide_index=True,
                key=f"tests_{study.id}",
            )
    runs_behind([(line.name, line.runs) for line in done])


def runs_behind(named: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Links to the runs of each line, numbered where it has several."""
    with st.expander("The runs behind it"), st.container(horizontal=True):
        for name, runs in named:
            for number, run_id in enumerate(runs, 1):
                run_link(get_run(run_id), f"{name}{f' ({number})' if len(runs) > 1 else ''}")


def _figures(line: Line, headline: str) -> dict[str, str]:
    low, high = line.interval or (None, None)
    return {
        "Way": line.name,
        f"{words.spoken(headline).capitalize()}, mean": words.figure(headline, line.mean),
        "95 % interval": f"{words.figure(headline, low)} to {words.figure(headline, high)}"
        if line.interval
        else "none",
        "Trainings": f"{len(line.values)}" if line.planned else "baseline",
        "Lowest to highest": f"{words.figure(headline, min(line.values))} to {words.figure(headline, max(line.values))}"
        if len(line.values) > 1
        else "–",
        "Labels learnt from": f"{line.labels_used:,}",
        "Weights trained": "–" if line.trained_weights is None else f"{line.trained_weights:,}",
        "Memory": "–" if line.memory_mib is None else f"{line.memory_mib / 1024:.1f} GiB",
        "Energy, rough": "–" if line.energy_wh is None else f"{line.energy_wh:.2g} Wh",
        "One training took": "–" if line.seconds is None else took(line.seconds),
    }


def _test(tested: Tested, headline: str) -> dict[str, str]:
    return {"Of": tested.a, "Less": tested.b} | difference_figures(tested, headline)


def difference_figures(tested: Tested, headline: str) -> dict[str, str]:
    """What a test says, as cells of a table."""
    test = tested.test
    share = METRICS[headline].share

    def size(value: float) -> str:
        return f"{100 * value:+.1f} points" if share else f"{value:+.3g}"

    return {
        "Difference": size(test.difference),
        "95 % interval": f"{size(test.interval[0])} to {size(test.interval[1])}" if test.interval else "none",
        "p, corrected": f"{tested.p_corrected:.3f}" if test.interval else "–", "Verdict": VERDICTS[test.verdict],
    }  # fmt: skip
