"""What a device computes batch by batch, fetched into one array some batches at a time: each fetch waits for the device."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

AT_ONCE = 16  # batches that wait on a card: some hundred MiB at most


class Fetched:
    """Rows of an array, filled by what is ``put``; whole after ``fetch``.

    Args:
        array: (rows, width) float32.
        at_once: batches that wait on a card before they are fetched.
    """

    def __init__(self, array: np.ndarray, device: str, at_once: int = AT_ONCE):
        self._array, self._most = array, 1 if device == "cpu" else at_once
        self._waiting: list[tuple[np.ndarray, torch.Tensor]] = []

    def put(self, rows: np.ndarray, values: "torch.Tensor") -> None:
        """``values``: (len(rows), width), on the device."""
        self._waiting.append((rows, values.float()))
        if len(self._waiting) >= self._most:
            self.fetch()

    def fetch(self) -> None:
        """Take what waits from the device."""
        for rows, values in self._waiting:
            self._array[rows] = values.cpu().numpy()
        self._waiting = []
