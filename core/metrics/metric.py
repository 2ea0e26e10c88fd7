"""A figure of merit, and how it is computed: arrays in, numbers out."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Answered:
    """Rows with their truth, and what one model answered to them.

    Attributes:
        truth: (rows,) class numbers or scores, or (rows, labels) of 0 and 1.
        answers: in the form of the truth: class numbers, labels given, or scores.
        classes: how many classes or labels there are; 1 for scores.
        outputs: probabilities (rows, classes) or (rows, labels), or scores (rows,); None where only the answers are known, as
            they are of stored predictions.
        spread: standard deviation of the true scores, in whose units their loss is told; 1 for other tasks.
    """

    truth: np.ndarray
    answers: np.ndarray
    classes: int
    outputs: np.ndarray | None = None
    spread: float = 1.0
    _computed: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def rows(self) -> int:
        return len(self.truth)

    def once(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """What ``compute`` gives, computed the first time that ``key`` is asked for: metrics of one family share it."""
        if key not in self._computed:
            self._computed[key] = compute()
        return self._computed[key]


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric's difference ``a - b`` on the same rows, its 95 % interval, and the p-value of there being none.

    Both come from one procedure: the interval leaves 0 out exactly where p is below 0.05. None where the rows carry no
    interval.
    """

    value: float
    interval: tuple[float, float] | None
    p: float


@dataclass(frozen=True, slots=True)
class Form:
    """How a metric is computed for one kind of answer; ``core.metrics.means.of_means`` makes one from numbers per row.

    Attributes:
        value: on all rows; NaN where it is not defined.
        interval: 95 % ``[low, high]`` around the value, NaN where that is not defined, None where these rows cannot carry
            one; None for a metric that gets none.
        paired: two models on the same rows; None for a metric that is not tested.
        influence: (rows,) what each row moves the value by, were it drawn once more, times the number of rows: their variance
            over the number of rows is that of the value, to first order. None for a metric that is not tested.
    """

    value: Callable[[Answered], float]
    interval: Callable[[Answered], list[float] | None] | None = None
    paired: Callable[[Answered, Answered], Difference] | None = None
    influence: Callable[[Answered], np.ndarray] | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of merit.

    Attributes:
        forms: kind of task (single_label, multi_label, regression) -> how it is computed there; it belongs to no other task.
        higher: whether more is better.
        share: whether it lies in 0..1 and is said in per cent.
        in_units: whether it is told in the units of the scores, so that it says nothing without their spread.
        shown: whether a result shows it with an interval.
        tested: whether a comparison tests it.
        chooses: whether it may decide, on validation rows, which checkpoint is kept.
    """

    name: str
    title: str
    help: str
    forms: Mapping[str, Form]
    higher: bool = True
    share: bool = True
    in_units: bool = False
    shown: bool = True
    tested: bool = True
    chooses: bool = True

    @property
    def spoken(self) -> str:
        """The name inside a sentence: accuracy, macro-F1, but RMSE and Pearson r."""
        return self.title[0].lower() + self.title[1:] if self.share else self.title

    def better(self, difference: float) -> bool:
        """Whether a difference ``a - b`` speaks for ``a``."""
        return difference > 0 if self.higher else difference < 0
