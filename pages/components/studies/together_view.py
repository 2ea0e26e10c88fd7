"""Several tasks at once: each set learnt together with the others and alone, who gains, and the runs behind it."""

import pandas as pd
import streamlit as st

from core import charts
from core.metrics.table import METRICS
from core.runs.folder import get_run
from core.studies.folder import Study
from core.studies.together import TaskOutcome, Together
from core.studies.ways import Line
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.links import run_link
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.studies.ladder_view import PALE
from pages.components.studies.ways_view import VERDICTS


def together_view(study: Study, together: Together) -> None:
    """Verdict, bars for each metric, figures, runs."""
    if together.sentence:
        st.info(words.plain(together.sentence), icon=":material/info:")
    judged = [task for task in together.tasks if task.headline]
    if not judged:
        st.caption("The first bars come when the first training has finished.")
        return
    for headline in dict.fromkeys(task.headline for task in judged):
        own = [task for task in judged if task.headline == headline]
        show_chart(
            charts.way_bars(_bars(own), headline, ink=ink()), key=f"together_{study.id}_{headline}", config=STILL
        )
    st.caption(
        "Green has learnt all sets at once, pale green this set alone; both are judged by the same rows of the set. The bar is the mean, a "
        "ring one training, the line the 95 % interval of the mean over rows and seeds."
    )
    with st.expander("All figures of this study"):
        st.dataframe(pd.DataFrame([_figures(task) for task in judged]), hide_index=True, key=f"tasks_{study.id}")
    with st.expander("The runs behind it"), st.container(horizontal=True):
        for task in judged:
            for line, way in ((task.together, "together"), (task.alone, "alone")):
                for number, run_id in enumerate(line.runs, 1):
                    run_link(get_run(run_id), f"{task.name}, {way}{f' ({number})' if len(line.runs) > 1 else ''}")


def _bars(tasks: list[TaskOutcome]) -> list[dict[str, object]]:
    return [
        {
            "title": f"{task.name}, {way}", "value": line.mean, "values": line.values, "color": color,
            "low": line.interval[0] if line.interval else None, "high": line.interval[1] if line.interval else None,
        }
        for task in tasks
        for line, way, color in ((task.together, "together", charts.THIS_RUN), (task.alone, "alone", PALE))
        if line.mean is not None
    ]  # fmt: skip


def _figures(task: TaskOutcome) -> dict[str, str]:
    test = task.tested.test if task.tested else None
    share = METRICS[task.headline].share

    def size(value: float) -> str:
        return f"{100 * value:+.1f} points" if share else f"{value:+.3g}"

    return {
        "Set": task.name, "Judged by": words.spoken(task.headline),
        "Together": _mean(task, task.together), "Alone": _mean(task, task.alone),
        "Difference": size(test.difference) if test else "–",
        "95 % interval": f"{size(test.interval[0])} to {size(test.interval[1])}" if test and test.interval else "none",
        "p, corrected": f"{task.tested.p_corrected:.3f}" if task.tested and test and test.interval else "–",
        "Verdict": VERDICTS[test.verdict] if test else "–",
        "Training together took": "–" if task.together.seconds is None else took(task.together.seconds),
        "Alone took": "–" if task.alone.seconds is None else took(task.alone.seconds),
    }  # fmt: skip


def _mean(task: TaskOutcome, line: Line) -> str:
    return words.figure(task.headline, line.mean)
