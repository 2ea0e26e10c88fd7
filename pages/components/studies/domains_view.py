"""From domain to domain: a matrix for each strategy, and what distances foretold of the loss."""

from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.studies.domain_matrix import Matrix
from core.studies.domains import DISTANCES, Domains
from core.studies.folder import Study
from pages.components.shared.theme import ink, show_chart
from pages.components.shared.words import percent, plain

SURE = {"real": "shown", "not_shown": "not shown", "too_few_rows": "too few rows", "too_few_seeds": "too few seeds"}


def domains_view(study: Study, domains: Domains) -> None:
    """Verdict, matrices, distances."""
    if domains.sentence:
        st.info(plain(domains.sentence), icon=":material/info:")
    if not domains.matrices:
        st.caption("The first row of the matrix comes when the first training has finished.")
        return
    for number, matrix in enumerate(domains.matrices):
        _matrix(study, domains, matrix, number)
    st.caption(
        "Each row is one training, judged on the rows of every domain: the share that it gets right. On the diagonal it has learnt from "
        "the very domain; beside it, it meets texts of another."
    )
    _distances(study, domains)


def _matrix(study: Study, domains: Domains, matrix: Matrix, number: int) -> None:
    entries = [asdict(entry) for entry in matrix.entries]
    show_chart(
        charts.domain_matrix(entries, domains.domains, f"{matrix.strategy}: right (%)", ink()), key=f"matrix_{study.id}_{number}"
    )  # fmt: skip
    if matrix.inside is not None and matrix.across is not None:
        left, right = st.columns(2)
        left.metric("Inside a domain", percent(matrix.inside), help="Mean of the diagonal.")
        lost = f"{100 * (matrix.across - matrix.inside):+.1f} points"
        right.metric("Across domains", percent(matrix.across), lost, help="Mean of all pairs of different domains.")
    with st.expander(f"Every pair of {plain(matrix.strategy)}"):
        st.dataframe(
            pd.DataFrame([_row(entry) for entry in entries]), hide_index=True, key=f"pairs_{study.id}_{number}"
        )


def _row(entry: dict[str, Any]) -> dict[str, str]:
    return {
        "Learnt from": entry["learnt"], "Judged on": entry["tested"], "Right": percent(entry["value"]),
        "95 % interval": _span(entry["interval"]), "Beside its own domain": _points(entry["loss"]),
        "Interval of that": _span(entry["loss_interval"]), "Difference": SURE.get(entry["verdict"], ""),
        "Rows": f"{entry['rows']:,}", "Seeds": str(entry["seeds"]),
    }  # fmt: skip


def _distances(study: Study, domains: Domains) -> None:
    """Loss beside distance; the distances themselves below."""
    st.subheader("What the texts foretell", anchor=False)
    if not domains.distances:
        st.caption("How far the domains lie apart is measured while the trainings work; it stands here afterwards.")
        return
    name = st.segmented_control(
        "Distance by", list(DISTANCES), format_func=lambda key: DISTANCES[key], default=next(iter(DISTANCES)), required=True,
        key=f"distance_{study.id}",
    ) or next(iter(DISTANCES))  # fmt: skip
    points = [
        {"name": f"{one.learnt} to {one.tested}", "group": matrix.strategy, "distance": pair[name], "loss": -100 * one.loss}
        for matrix in domains.matrices
        for pair in domains.distances
        for one in matrix.entries
        if one.loss is not None and {one.learnt, one.tested} == {pair["a"], pair["b"]}
    ]  # fmt: skip
    if points:
        show_chart(
            charts.loss_by_distance(points, "Loss beside distance", f"Distance by {DISTANCES[name]}"),
            key=f"foretold_{study.id}",
        )
    told = [f"{way} {values[name]:.2f}" for way, values in domains.foretold.items() if name in values]
    st.caption(
        f"Rank correlation of distance and loss: {', '.join(map(plain, told))}; 1 would foretell the order of all pairs."
        if told
        else "Fewer than five pairs say nothing about whether the distance foretells the loss."
    )
    columns = {"a": "Domain", "b": "Other"} | {key: title.capitalize() for key, title in DISTANCES.items()}
    shown = pd.DataFrame(domains.distances).rename(columns=columns)[list(columns.values())].round(3)
    st.dataframe(shown, hide_index=True, key=f"distances_{study.id}")


def _span(interval: Any) -> str:
    return "–" if not interval else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def _points(loss: float | None) -> str:
    return "–" if loss is None else f"{100 * loss:+.1f} points"
