"""How quick and how large a finished model is on this machine, measured when it is told."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.results.answerer import Answerer
from core.runs.folder import Run
from core.training.estimate import duration

TEXTS = 64


@dataclass(frozen=True, slots=True)
class Speed:
    """Texts a second as measured on ``texts`` texts, once, whatever else the machine was doing."""

    texts_per_second: float
    texts: int
    device: str

    @property
    def sentence(self) -> str:
        """The same in words, with what it means for a pile of texts."""
        return (
            f"About {_rounded(self.texts_per_second)} texts a second on this machine's {self.device}: "
            f"{duration(10_000 / self.texts_per_second)} for 10,000 texts. "
            f"Measured when this was written, on {self.texts} of the judged texts, once."
        )


def measure_speed(predictor: Answerer, texts: Sequence[str], pairs: Sequence[str] | None = None) -> Speed | None:
    """Score some texts anew, past what is remembered of earlier answers; None where there is no text.

    Args:
        texts: of which the first ``TEXTS`` are read.
    """
    texts = list(texts[:TEXTS])
    if not texts:
        return None
    second = None if pairs is None else list(pairs[:TEXTS])
    known, predictor.known = predictor.known, None
    try:
        predictor.predict(texts[:4], None if second is None else second[:4])  # the first call prepares kernels
        began = time.perf_counter()
        predictor.predict(texts, second)
        seconds = time.perf_counter() - began
    finally:
        predictor.known = known
    return Speed(len(texts) / max(seconds, 1e-9), len(texts), predictor.device.split(":")[0].upper())


def model_size(run: Run) -> int:
    """Bytes of the finished model on disk; 0 where there is none."""
    return sum(file.stat().st_size for file in run.model.rglob("*") if file.is_file()) if run.model.is_dir() else 0


def size_in_words(size: int) -> str:
    """91 MB, 1.2 GB."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _rounded(value: float) -> str:
    """Two digits that count: a single measurement knows no more."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"
