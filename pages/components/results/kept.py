"""What a finished run kept of its source, and the way between both, on which a trade-off can be chosen and saved."""

from typing import Any

import streamlit as st

from core import charts, libraries
from core.errors import GraftError
from core.runs.folder import Run, get_run
from core.strategies.registry import STRATEGIES
from pages.components.results.lead import KEPT
from pages.components.shared.errors import carry_out, show_error
from pages.components.shared.links import run_link
from pages.components.shared.theme import show_chart
from pages.components.shared.words import figure, percent, plain, spoken

ICONS = {"lost": ":material/trending_down:", "no_loss_shown": ":material/info:", "kept": ":material/check_circle:"}


def made_of(run: Run) -> None:
    """The runs that a mixed model was made of; nothing for a run that was trained."""
    made = run.meta.get("made")
    if not made:
        return
    st.markdown(plain(made["sentence"]))
    with st.container(horizontal=True):
        for member in made["runs"]:
            try:
                run_link(get_run(member))
            except GraftError:  # deleted since
                st.caption(f"run {member}, deleted")


def kept_view(run: Run) -> None:
    """Is the source's ability kept? A point beside what the target gained; a button where it was not measured."""
    kept = run.retention
    with st.container(border=True):
        st.markdown("**Is the ability of the source kept?**")
        if kept is None:
            st.caption(
                "Not measured yet, since it would have cost more than a tenth of the training. The source is asked what it could do before "
                "the training and after it, on the same texts: its own test rows where it is an earlier run, else shipped texts."
            )
            if st.button("Measure it", icon=":material/straighten:", key="measure_kept"):
                _measure(run)
            return
        left, right = st.columns([2, 3], vertical_alignment="center")
        with left:
            st.metric(
                f"Source after the run, {kept['rows']:,} texts", percent(kept["source_after"]),
                f"{100 * kept['difference']:+.1f} points, {KEPT.get(kept['verdict'], kept['verdict'])}",
                delta_color="normal" if kept["verdict"] == "lost" else "off",
            )  # fmt: skip
        with right:
            if kept.get("gain") is not None:
                metric = kept["target_metric"]
                show_chart(
                    charts.kept_plane(kept["gain"], kept["difference"], kept.get("interval"), metric), key="kept_plane"
                )
        for told in (kept, *kept["also"]):
            st.markdown(f"{ICONS.get(told['verdict'], '')} {plain(told['sentence'])}")


def _measure(run: Run) -> None:
    libraries.load()
    from core.transfer.retention import retention

    carry_out("Asking the source before and after …", lambda: retention(run))


def curve_view(run: Run) -> None:
    """The way between source and run: chart, slider, and a button that saves the model at this point."""
    strategy = STRATEGIES[run.config.strategy]
    if strategy.from_scratch or not strategy.teacher.steps:  # nothing was taken over, or nothing moved
        return
    with st.container(border=True):
        st.markdown("**Choose between source and target**")
        curve = run.curve
        if curve is None:
            st.caption(
                "Weights between the source and the run often keep most of both, with no further training. Eleven points of the way "
                "are asked both tasks, which takes about as long as testing the model 33 times."
            )
            if st.button("Measure the way", icon=":material/timeline:", key="measure_curve"):
                _measure_curve(run)
            return
        _trade(run, curve)


def _measure_curve(run: Run) -> None:
    libraries.load()
    from core.merging.curve import measure_curve

    bar = st.progress(0.0, "Asking both tasks …")
    try:
        measure_curve(run, progress=lambda done, total: bar.progress(done / total, f"Point {done} of {total}"))
    except GraftError as error:
        show_error(error)
    else:
        st.rerun()


def _trade(run: Run, curve: dict[str, Any]) -> None:
    """The slider stands at what the validation rows advise; what the test rows say of its point stands below."""
    alphas = [point["alpha"] for point in curve["points"]]
    advised = min(alphas, key=lambda alpha: abs(alpha - curve["best"]))
    alpha = st.select_slider(
        "Share of the run", alphas, value=advised, format_func=lambda value: f"{100 * value:.0f} %", key="alpha",
        help="0 % is the source, 100 % the run. The slider begins at the point that keeps most of the source among those that cost "
        "the target no more than a point, on rows that neither task is judged by.",
    )  # fmt: skip
    show_chart(charts.tradeoff(curve["points"], curve["metric"], alpha), key="tradeoff")
    point = next(each for each in curve["points"] if each["alpha"] == alpha)
    metric = curve["metric"]
    st.markdown(
        f"At {100 * alpha:.0f} %: the target has {figure(metric, point['target'])} {spoken(metric)}, and "
        f"{plain(curve['task'])} {percent(point['source'])}."
    )
    st.caption(
        f"To choose by, on rows that judge nothing: target {figure(metric, point['target_chosen'])}, source "
        f"{percent(point['source_chosen'])}. They advise {100 * advised:.0f} %. "
        "A point that is picked by the test figures above is flattered by them."
    )
    if st.button("Save this model as a run", icon=":material/save:", key="save_point"):
        _save(run, alpha)


def _save(run: Run, alpha: float) -> None:
    libraries.load()
    from core.merging.curve import save_point

    try:
        with st.spinner("Mixing and judging …"):
            saved = save_point(run, alpha)
    except GraftError as error:
        show_error(error)
    else:
        st.switch_page("pages/results.py", query_params={"run": saved.id})
