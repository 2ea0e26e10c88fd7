"""What a probability has been worth: how often answers of about this sureness were right among the judged rows."""

from dataclasses import dataclass

import numpy as np

ROWS = 50  # judged rows nearest in sureness that are asked
FEW = 20  # rows below which nothing is told


@dataclass(frozen=True, slots=True)
class Sureness:
    """Attributes:
    right: of ``rows`` judged answers.
    low, high: the sureness of those rows, 0..1.
    """

    right: int
    rows: int
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """In words that need no statistics."""
        tenths = 10 * self.right / self.rows
        return (
            f"When it was about this sure ({100 * self.low:.0f} to {100 * self.high:.0f} %), it was right in {tenths:.0f} of 10: "
            f"{self.right:,} of the {self.rows:,} judged rows that are nearest in sureness."
        )


def how_often_right(confidence: np.ndarray, correct: np.ndarray, at: float) -> Sureness | None:
    """How often the judged rows nearest in sureness were right; None where there are too few.

    Args:
        confidence: (rows,) probability of the answer that was given to each judged row.
        correct: (rows,) whether it was right.
        at: the sureness in question, 0..1.
    """
    if len(confidence) < FEW:
        return None
    nearest = np.argsort(np.abs(confidence - at), kind="stable")[:ROWS]
    told = confidence[nearest]
    return Sureness(int(correct[nearest].sum()), len(nearest), float(told.min()), float(told.max()))
