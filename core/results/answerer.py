"""Whatever answers texts: the finished model of any run, loaded by what its strategy left behind."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from core.results.counted_predictor import CountedPredictor
from core.results.predictor import Predictor
from core.results.progress import Progress
from core.results.score_cache import ScoreCache
from core.runs.folder import Run
from core.tasks import Task


class Answerer(Protocol):
    """What a finished model can be asked, whether it reads texts by an encoder or counts their words.

    Attributes:
        known: remembers answers; None for what remembers none.
        device: where it computes, such as cpu or cuda:0.
    """

    known: ScoreCache | None
    device: str

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def task(self) -> Task: ...
    @property
    def thresholds(self) -> np.ndarray | None: ...
    def predict(
        self, texts: Sequence[str], pairs: Sequence[str] | None = None, progress: Progress | None = None
    ) -> np.ndarray: ...
    def answers(self, outputs: np.ndarray) -> np.ndarray: ...


def load_model(run: Run, device: str = "auto") -> Answerer:
    """The model of a run; keep it and use it again.

    Raises:
        RunError: when the run has no finished model, or one of its files is damaged.
    """
    return Predictor.load(run, device) if run.config.source else CountedPredictor.load(run)
