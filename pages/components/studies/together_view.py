"""Several tasks at once: each set learnt together with the others and alone, who gains, and the runs behind it."""

import pandas as pd
import streamlit as st

from core import charts
from core.studies.folder import Study
from core.studies.together import ALONE, TOGETHER, TaskOutcome, Together
from core.studies.ways import Line
from core.training.estimate import took
from pages.components.shared import words
from pages.components.shared.theme import STILL, ink, show_chart
from pages.components.studies.ladder_view import PALE
from pages.components.studies.ways_view import bar, difference_figures, runs_behind


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
    runs_behind([(f"{task.name}, {way}", line.runs) for task in judged for way, line, _ in _both(task)])


def _both(task: TaskOutcome) -> tuple[tuple[str, Line, str], ...]:
    """Each way in which a set was learnt: its name, what it reached, its colour."""
    return (TOGETHER, task.together, charts.THIS_RUN), (ALONE, task.alone, PALE)


def _bars(tasks: list[TaskOutcome]) -> list[dict[str, object]]:
    return [
        bar(line, f"{task.name}, {way}", color)
        for task in tasks
        for way, line, color in _both(task)
        if line.mean is not None
    ]


def _figures(task: TaskOutcome) -> dict[str, str]:
    untested = {"Difference": "–", "95 % interval": "none", "p, corrected": "–", "Verdict": "–"}
    seconds = {way: "–" if line.seconds is None else took(line.seconds) for way, line, _ in _both(task)}
    return {
        "Set": task.name, "Judged by": words.spoken(task.headline),
        "Together": words.figure(task.headline, task.together.mean), "Alone": words.figure(task.headline, task.alone.mean),
        **(difference_figures(task.tested, task.headline) if task.tested else untested),
        "Training together took": seconds[TOGETHER], "Alone took": seconds[ALONE],
    }  # fmt: skip
