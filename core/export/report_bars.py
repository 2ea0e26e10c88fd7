"""Figures of a result, of several runs and of a study as bars on one scale."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.export.report_figures import Bar
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.studies.rungs import Rung
from core.studies.ways import Line
from core.tasks import figure, headline_of, interval_of, readable

Ends = tuple[float, float] | None


def contenders(name: str, result: Mapping[str, Any]) -> list[Bar]:
    """This run first, then its baselines, all on its headline."""
    headline = headline_of(result)
    lines = [(name, "ours", result, "")]
    lines += [(line["title"], "plain", line, line["sentence"]) for line in result["baselines"]]
    return _drawn(
        headline,
        [
            (title, kind, line["metrics"].get(headline), interval_of(line, headline), note)
            for title, kind, line, note in lines
        ],
    )


def of_runs(runs: Sequence[Run], headline: str) -> list[Bar]:
    """A bar for each run, on the metric of the comparison."""
    lines = []
    for run in runs:
        result = run.result or {}
        note = f"{result['rows']:,} {result['split']} rows"
        lines.append((run.name, "ours", result["metrics"].get(headline), interval_of(result, headline), note))
    return _drawn(headline, lines)


def of_rungs(rungs: Sequence[Rung]) -> list[Bar]:
    """A bar for each rung, lowest first; one that is not done has its state instead of a figure."""
    headline = next((rung.headline for rung in rungs if rung.done), "accuracy")
    bars = _drawn(
        headline,
        [
            (rung.title, "ours" if rung.transfers else "plain", rung.value, rung.interval, rung.sentence or rung.why)
            for rung in rungs
        ],
    )
    return [
        bar if rung.done else Bar(bar.title, bar.kind, None, None, None, rung.state, bar.note)
        for bar, rung in zip(bars, rungs, strict=True)
    ]


def of_lines(lines: Sequence[Line], headline: str) -> list[Bar]:
    """A bar for each way of training, its mean over trainings, and for each baseline."""
    told = []
    for line in lines:
        if line.mean is None:
            continue
        trainings = f"mean of {len(line.values)} trainings; " if len(line.values) > 1 and line.planned else ""
        told.append(
            (line.name, "ours" if line.transfers else "plain", line.mean, line.interval, f"{trainings}{line.sentence}")
        )
    return _drawn(headline, told)


def _drawn(headline: str, lines: Sequence[tuple[str, str, float | None, Ends, str]]) -> list[Bar]:
    """Bars on one scale: 0 to 1 for a share, else from 0 to the largest that is drawn."""
    drawn = [value for _, _, value, _, _ in lines if value is not None]
    drawn += [ends[1] for _, _, _, ends, _ in lines if ends]
    top = 1.0 if METRICS[headline].share else max([*drawn, 1e-9])
    return [
        Bar(
            title, kind, None if value is None else value / top, ends[0] / top if ends else None,
            ends[1] / top if ends else None, _figure(headline, value, ends), note,
        )
        for title, kind, value, ends, note in lines
    ]  # fmt: skip


def _figure(headline: str, value: float | None, ends: Ends) -> str:
    said = figure(headline, value)
    if ends is None or value is None:
        return said
    if METRICS[headline].share:
        return f"{said} ({100 * ends[0]:.1f} to {100 * ends[1]:.1f})"
    return f"{said} ({readable(ends[0])} to {readable(ends[1])})"
