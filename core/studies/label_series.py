"""Curves over labels: what each method reached with how many labelled rows, and what follows from that."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.label_curve import Backtest, Forecast, Point, labels_for
from core.metrics.table import METRICS
from core.studies.ways import Line, Tested


@dataclass(frozen=True, slots=True)
class Series:
    """One method over the sizes.

    Attributes:
        key: a strategy, or a baseline's name.
        lines: (labelled rows, what it reached with them), in growing order; 0 rows for what needs none.
        transfers: whether it uses what a source has learnt elsewhere.
    """

    key: str
    title: str
    lines: tuple[tuple[int, Line], ...]
    transfers: bool

    @property
    def points(self) -> tuple[Point, ...]:
        """The means that are known, for the curve."""
        return tuple(
            Point(rows, line.mean, (line.deviation or 0.0) / np.sqrt(max(1, len(line.values))))
            for rows, line in self.lines
            if rows and line.mean is not None
        )


@dataclass(frozen=True, slots=True)
class LabelCurve:
    """What a study of labels says so far.

    Attributes:
        top: the method that the question is about.
        tests: of ``top`` less counted words, one for each size, corrected together; its name is that of the size.
        equals: with how many labels counted words, or the network without pretraining, reach what ``top`` reaches with fewest.
        more: what another 1,000 labels would bring; None where the points are too few.
        tried: the same forecast for sizes that are known.
        sentence: empty until the runs have ended.
    """

    headline: str
    series: tuple[Series, ...]
    top: str
    tests: tuple[Tested, ...]
    more: Forecast | None
    tried: tuple[Backtest, ...]
    rows: int
    caveat: str
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        more = self.more
        return {
            "metric": self.headline or None, "rows": self.rows,
            "series": [
                {"name": one.key, "title": one.title, "points": [{"labels": rows} | line.to_json() for rows, line in one.lines]}
                for one in self.series
            ],
            "tests": [test.to_json() for test in self.tests],
            "forecast": {"labels": more.labels, "value": more.value, "interval": list(more.interval)} if more else None,
            "backtest": [
                {
                    "labels": one.forecast.labels, "value": one.forecast.value, "interval": list(one.forecast.interval),
                    "came": one.came, "held": one.held,
                }
                for one in self.tried
            ],
            "sentence": self.sentence,
        }  # fmt: skip


def equal_labels(curve: LabelCurve, key: str) -> tuple[int, float | None] | None:
    """The fewest labels of the top method, and how many the method ``key`` needs to reach the same; None in the second place
    where it does not reach it, None altogether where one of them is missing or needs no more."""
    own = next((one for one in curve.series if one.key == curve.top), None)
    other = next((one for one in curve.series if one.key == key), None)
    if own is None or other is None or not own.points or len(other.points) < 2:
        return None
    first = own.points[0]
    needed = labels_for(other.points, first.mean, higher=METRICS[curve.headline].higher)
    if needed is not None and needed <= first.labels:
        return None
    return first.labels, needed
