"""The table of runs and studies: filter, choose, open, rename, tag, delete."""

from contextlib import suppress
from statistics import fmean

import pandas as pd
import streamlit as st

from core.config import RunConfig
from core.errors import GraftError, RunError
from core.metrics.macro_f1 import MACRO_F1
from core.metrics.table import METRICS
from core.runs.folder import Run, delete_run, restore_run
from core.runs.ties import study_tie
from core.strategies.registry import STRATEGIES
from core.studies.folder import Study
from core.studies.seed_groups import SeedGroup, seed_groups
from core.studies.standing import state_of
from core.studies.ways import finished, group
from core.tasks import headline_of
from core.training.estimate import took
from pages.components.results.run_actions import rename, tag_all
from pages.components.shared.errors import show_error
from pages.components.shared.words import (
    best_baseline,
    dataset_name,
    figure,
    plain,
    source_name,
    spoken,
)


def run_table(runs: list[Run], studies: list[Study], linked: list[Run]) -> list[Run]:
    """Show runs and studies and return the runs that are chosen; a choice is remembered by id, never by position."""
    chosen_ids = [run.id for run in linked]
    shown = _filtered(runs, studies, chosen_ids)
    frame = pd.DataFrame([_line_of(entry) for entry in shown])
    if not len(frame):
        st.caption("Nothing fits the filter.")
        return linked
    if "Judged rows" in frame:
        frame["Judged rows"] = frame["Judged rows"].astype("Int64")  # whole numbers, also where a study has none
    positions = [index for index, entry in enumerate(shown) if _is_chosen(entry, chosen_ids)]
    # the key names the rows shown: with other rows the old positions would mean other runs
    key = f"runs_{hash(tuple(entry.id for entry in shown))}"
    event = st.dataframe(
        frame.style.format({"Training": _took}), hide_index=True, key=key, on_select="rerun", selection_mode="multi-row",
        selection_default={"selection": {"rows": positions}} if positions else None,
        column_config={
            "Name": st.column_config.TextColumn(pinned=True),
            "Score": st.column_config.TextColumn(help="The figure that judges; of a study its best way's, as a mean over seeds."),
            MACRO_F1.title: st.column_config.NumberColumn(format="%.1f %%", help=MACRO_F1.help),
            "Best baseline": st.column_config.TextColumn(help="The same figure of the better baseline, on the same rows."),
            "Judged rows": st.column_config.NumberColumn(help="How many rows the scores rest on."),
            "Training": st.column_config.NumberColumn(help="Time of the training, judging not counted."),
            "Started": st.column_config.DatetimeColumn(format="distance"),
            "Kind": st.column_config.TextColumn(help="A run is one training; a study is a question with several runs behind it."),
        },
        placeholder="–",
    )  # fmt: skip
    st.caption(
        "Click a column's head to sort. Tick one to open it; tick two to eight finished runs to see them side by side: their "
        "differences are tested on the rows that both were judged by."
    )
    ticked = [shown[index] for index in event.selection.rows if index < len(shown)]
    picked = [entry for entry in ticked if isinstance(entry, Run)]
    picked += [run for entry in ticked if isinstance(entry, SeedGroup) for run in entry.runs]
    for entry in ticked:
        if isinstance(entry, Study):
            st.page_link(
                "pages/results.py",
                label=f"Open {plain(entry.name)}",
                icon=":material/stairs:",
                query_params={"study": entry.id},
            )
    st.query_params["runs"] = ",".join(run.id for run in picked)
    _undo()
    if picked:
        _edit(picked)
    return picked


def _line_of(entry: Run | Study | SeedGroup) -> dict[str, object]:
    if isinstance(entry, SeedGroup):
        return _group_line(entry)
    return _line(entry) if isinstance(entry, Run) else _study_line(entry)


def _is_chosen(entry: Run | Study | SeedGroup, chosen: list[str]) -> bool:
    if isinstance(entry, SeedGroup):
        return all(run.id in chosen for run in entry.runs)
    return entry.id in chosen


def _group_line(group: SeedGroup) -> dict[str, object]:
    """Runs that differ by seed alone as one row: mean, and lowest to highest."""
    lines = [_line(run) for run in group.runs]
    results = [run.result or {} for run in group.runs]
    name = headline_of(results[0])
    values = [result["metrics"][name] for result in results]
    apart = f"{figure(name, min(values))} to {figure(name, max(values))}"
    return lines[0] | {
        "Name": group.name, "Kind": f"{len(lines)} seeds", "Score": f"{figure(name, sum(values) / len(values))} {spoken(name)} ({apart})",
        MACRO_F1.title: _mean([line[MACRO_F1.title] for line in lines]), "Training": _mean([line["Training"] for line in lines]),
        "Id": ", ".join(run.id for run in group.runs),
    }  # fmt: skip


def _mean(values: list[object]) -> float | None:
    known = [float(value) for value in values if isinstance(value, (int, float))]
    return sum(known) / len(known) if known else None


def _study_line(study: Study) -> dict[str, object]:
    """A study as a row of the table."""
    return {
        "Name": study.name, "Kind": "study", "State": state_of(study), "Score": _best_of(study),
        "Started": pd.Timestamp(_made(study), unit="s"), "Id": study.id,
    }  # fmt: skip


def _best_of(study: Study) -> str:
    """What the best of its ways has reached, as the mean over the seeds; empty where none has a result."""
    with suppress(GraftError):
        if study.goes_on or study.is_done or study.is_held:
            return ""  # the best by these rows is not what it hands over: the validation rows choose that
        reached = []
        for own in group(study.cells()).values():
            results = [run.result or {} for run in finished(own)]
            if not results or not METRICS[name := headline_of(results[0])].higher:
                continue
            if values := [value for result in results if (value := result["metrics"][name]) is not None]:
                reached.append((fmean(values), name))
        if reached:
            value, name = max(reached)
            return f"{figure(name, value)} {spoken(name)}"
    return ""


def _made(entry: Run | Study | SeedGroup) -> float:
    """When it was queued, in unix seconds; 0 for a study that is damaged."""
    if isinstance(entry, SeedGroup):
        return max(_made(run) for run in entry.runs)
    if isinstance(entry, Run):
        return float(entry.meta["created"])
    with suppress(GraftError):
        return float(entry.read()["created"])
    return 0.0


def _line(run: Run) -> dict[str, object]:
    """A run as a row of the table."""
    config, meta, result = _config(run), run.meta, run.result or {}
    metrics = result.get("metrics", {})
    name = headline_of(result)
    best = best_baseline(result)
    score = figure(name, metrics[name]) if metrics else ""
    return {
        "Name": meta["name"], "Kind": "run", "State": run.state, "Score": f"{score} {spoken(name)}" if metrics else "",
        MACRO_F1.title: _hundred(metrics.get(MACRO_F1.name)),
        "Best baseline": figure(name, best["metrics"][name]) if best else "", "Judged rows": result.get("rows"),
        "Tags": ", ".join(meta["tags"]), "Data set": dataset_name(config.dataset) if config else "",
        "Source": source_name(config.source) if config else "",
        "Strategy": STRATEGIES[config.strategy].title if config else "", "Training": result.get("seconds"),
        "Started": pd.Timestamp(meta["created"], unit="s"), "Id": run.id,
    }  # fmt: skip


def _took(seconds: float | None) -> str:
    return "–" if seconds is None or pd.isna(seconds) else took(seconds)


def _config(run: Run) -> RunConfig | None:
    """What was asked; None where it cannot be read, as the run's own page says."""
    try:
        return run.config
    except RunError:
        return None


def _hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _filtered(runs: list[Run], studies: list[Study], linked: list[str]) -> list[Run | Study | SeedGroup]:
    """What fits the words, states and data sets that the user asks for, newest first; runs of a study stand in it."""
    left, middle, right = st.columns([2, 1, 1])
    wanted = left.text_input("Filter", placeholder="name, tag, source or strategy", key="run_filter").lower().split()
    states = middle.multiselect("State", sorted({run.state for run in runs}), key="state_filter", placeholder="any")
    sets = right.multiselect(
        "Data set", sorted({config.dataset for run in runs if (config := _config(run))}), key="set_filter", placeholder="any",
        format_func=dataset_name,
    )  # fmt: skip

    tied = {run.id for run in runs if study_tie(run)}
    one_line = bool(seed_groups(runs)) and st.toggle(
        "Seeds as one line",
        key="seeds_as_one",
        value=True,
        help="Runs that differ by seed alone: mean, and lowest to highest.",
    )
    both = bool(tied) and st.toggle("Also the runs of studies", key="study_runs", value=bool(tied & set(linked)))

    def fits(run: Run) -> bool:
        config = _config(run)
        asked = f"{config.source} {config.strategy}" if config else ""
        text = f"{run.name} {' '.join(run.meta['tags'])} {asked} {run.id}".lower()
        return (
            all(word in text for word in wanted)
            and (not states or run.state in states)
            and (not sets or (config is not None and config.dataset in sets))
        )

    shown = [run for run in runs if fits(run) and (both or run.id not in tied)]
    # a group of which only some are linked stays apart, so that the link shows what it names
    groups = [
        group
        for group in (seed_groups(shown) if one_line else [])
        if len({run.id for run in group.runs} & set(linked)) in (0, len(group.runs))
    ]
    grouped = {run.id for group in groups for run in group.runs}
    found: list[Run | Study | SeedGroup] = [run for run in shown if run.id not in grouped]
    found += groups
    if not states and not sets:
        found += [study for study in studies if all(word in f"{study.name} study".lower() for word in wanted)]
    return sorted(found, key=_made, reverse=True)


def _edit(picked: list[Run]) -> None:
    """What can be done with the ticked runs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(picked) == 1:
            rename(picked[0])
            st.page_link(
                "pages/results.py", label="Open", icon=":material/monitoring:", query_params={"run": picked[0].id}
            )
        else:
            tag_all(picked)
        if st.button(
            f"Delete {len(picked)} run{'s' if len(picked) > 1 else ''}", icon=":material/delete:", key="delete_runs"
        ):
            _confirm_delete(picked)


@st.dialog("Delete these runs?")
def _confirm_delete(picked: list[Run]) -> None:
    for run in picked:
        st.markdown(f"- {plain(run.name)}")
    st.caption("They go to the trash; you can undo it. Runs under way must be stopped first.")
    if st.button("Delete", type="primary", key="delete_runs_yes"):
        deleted = []
        for run in picked:
            try:
                delete_run(run)
                deleted.append(run.id)
            except GraftError as error:
                show_error(error)
                return
        st.session_state["deleted_runs"] = deleted
        st.query_params.pop("runs", None)
        st.rerun()


def _undo() -> None:
    """After a deletion: how to take it back."""
    deleted = st.session_state.get("deleted_runs")
    if deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Deleted {len(deleted)} run{'s' if len(deleted) > 1 else ''}.")
            if st.button("Undo", icon=":material/undo:", key="undo_runs"):
                for run_id in deleted:
                    restore_run(run_id)
                st.session_state.pop("deleted_runs")
                st.rerun()
