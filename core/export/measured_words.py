"""A measurement in words: one table that the command prints, the page shows and the card quotes."""

from typing import Any

from core.export.report_speed import size_in_words
from core.metrics.table import METRICS
from core.tasks import figure


def table_of(measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, the model, the export) line by line.

    Args:
        measured: as ``core.export.measured.Measured.as_json`` gives it.
    """
    metric = measured["metric"]
    one, many = (
        (f"{before:.1f} ms", f"{after:.1f} ms")
        for before, after in ((measured["ms_before"][size], measured["ms"][size]) for size in ("1", "32"))
    )
    return [
        (METRICS[metric].title, figure(metric, measured["before"]), figure(metric, measured["value"])),
        ("A text alone", *one),
        ("A text of 32 at once", *many),
        ("Weights on disk", size_in_words(measured["bytes_before"]), size_in_words(measured["bytes"])),
    ]


def sentence_of(measured: dict[str, Any]) -> str:
    """How the export answers beside the model, on how many rows, and where the time was measured."""
    metric, gap = METRICS[measured["metric"]], measured["difference"]
    size = f"{100 * gap:+.2f} points" if metric.share else f"{gap:+.3g}"
    ends = measured["paired"]
    span = f", 95 % interval {_ends(ends, metric.share)}" if ends else ""
    return (
        f"{measured['recipe'][:1].upper()}{measured['recipe'][1:]}: {100 * measured['equal_answers']:.1f} % of "
        f"{measured['rows']:,} {measured['split']} rows are answered alike, outputs differ by up to "
        f"{measured['max_difference']:.2g}, {metric.spoken} by {size}{span}. Times on {measured['machine']}."
    )


def _ends(ends: list[float], share: bool) -> str:
    low, high = (f"{100 * end:+.2f}" if share else f"{end:+.3g}" for end in ends)
    return f"{low} to {high}"
