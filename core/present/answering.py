"""What the loaded model says of a text that somebody typed, ready to be drawn."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import GraftError
from core.results.answerer import Answerer
from core.tasks import readable

LONGEST = 4000  # characters of a text; the model reads its first tokens anyway
SHOWN = 6  # bars


class Answering:
    """A model that answers one text at a time; callers on several threads wait for one another."""

    def __init__(self, predictor: Answerer, takes_pairs: bool, scale: tuple[float, float] = (0.0, 1.0)):
        self._predictor = predictor
        self.takes_pairs = takes_pairs
        self._scale = scale
        self._lock = threading.Lock()
        predictor.known = None  # what visitors type is kept nowhere

    def answer(self, text: str, pair: str = "") -> dict[str, Any]:
        """``answer`` and ``note`` in words, and ``bars``: title, share (0..1), figure, whether it is the answer.

        Raises:
            GraftError: when a text is missing or too long, or memory runs out.
        """
        text, pair = text.strip(), pair.strip()
        if not text or (self.takes_pairs and not pair):
            raise GraftError("There is no text to answer.", "Type two texts." if self.takes_pairs else "Type one.")
        if max(len(text), len(pair)) > LONGEST:
            raise GraftError("The text is too long.", f"Use at most {LONGEST:,} characters.")
        with self._lock:
            outputs = self._predictor.predict([text], [pair] if self.takes_pairs else None)
        return self._told(outputs)

    def _told(self, outputs: np.ndarray) -> dict[str, Any]:
        """Of the outputs for one text."""
        task, labels = self._predictor.task, self._predictor.labels
        said = self._predictor.answers(outputs)[0]
        if task.kind == "regression":
            low, high = self._scale
            share = (float(outputs[0]) - low) / ((high - low) or 1.0)
            bar = {
                "title": "score",
                "share": min(1.0, max(0.0, share)),
                "figure": readable(float(outputs[0])),
                "is_answer": True,
            }
            return {
                "answer": readable(float(outputs[0])),
                "note": f"The judged texts reach from {readable(low)} to {readable(high)}.",
                "bars": [bar],
            }
        given = set(str(said).split("|")) if task.kind == "multi_label" else {str(said)}
        bars = _bars(labels, outputs[0], given)
        if task.kind == "multi_label":
            return {
                "answer": ", ".join(sorted(given - {""})) or "no label",
                "note": "Each label is given from a threshold of its own.",
                "bars": bars,
            }
        sure = float(outputs[0].max())
        return {"answer": str(said), "note": f"{100 * sure:.0f} % sure", "bars": bars}


def _bars(labels: Sequence[str], shares: np.ndarray, given: set[str]) -> list[dict[str, Any]]:
    """The likeliest, and whatever is given, first."""
    order = sorted(range(len(labels)), key=lambda at: (labels[at] not in given, -shares[at]))[: max(SHOWN, len(given))]
    return [
        {
            "title": labels[at], "share": float(shares[at]), "figure": f"{100 * shares[at]:.0f} %",
            "is_answer": labels[at] in given,
        }
        for at in order
    ]  # fmt: skip
