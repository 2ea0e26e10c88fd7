"""Populations of rows whose macro-F1 is known exactly, to draw judged rows from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]
"""Truth and answers of fresh rows: class numbers (rows,), or labels (rows, labels) of 0 and 1."""


@dataclass(frozen=True, slots=True)
class Population:
    """Rows of one kind and a model's way of answering them.

    Attributes:
        f1: (classes,) of the model over all rows there could ever be.
        kind: single_label or multi_label.
    """

    name: str
    rows: int
    f1: np.ndarray
    kind: str
    draw: Draw


def populations() -> list[Population]:
    """Even, skewed, Zipf and rare classes; few rows and many; a model that is good, poor, right or wrong."""
    random = np.random.default_rng(5)
    zipf = {classes: _normed(1 / np.arange(1, classes + 1)) for classes in (20, 77, 150)}
    even = {classes: np.full(classes, 1 / classes) for classes in (2, 10, 60, 77)}
    return [
        _classes("2 classes", 40, even[2], 0.8, random),
        _classes("2 classes, good", 40, even[2], 0.95, random),
        _classes("10 classes", 500, even[10], 0.8, random),
        _classes("10 classes, good", 200, even[10], 0.97, random),
        _classes("60 classes", 600, even[60], 0.8, random),
        _classes("77 classes, of uneven difficulty", 800, even[77], random.uniform(0.8, 1, 77), random),
        _classes("2 classes, 90 to 10", 200, [0.9, 0.1], [0.95, 0.6], random),
        _classes("2 classes, 95 to 5", 400, [0.95, 0.05], [0.98, 0.5], random),
        _classes("6 classes, skewed", 300, [0.3, 0.25, 0.2, 0.15, 0.08, 0.02], [0.9, 0.9, 0.85, 0.8, 0.7, 0.4], random),
        _classes("20 classes, Zipf", 500, zipf[20], 0.8, random),
        _classes("77 classes, Zipf", 800, zipf[77], 0.8, random),
        _classes("77 classes, Zipf, rare ones poor", 800, zipf[77], np.linspace(0.95, 0.3, 77), random),
        _classes("77 classes, Zipf, good", 800, zipf[77], 0.97, random),
        _classes("150 classes, Zipf", 3000, zipf[150], random.uniform(0.6, 1, 150), random),
        _labels("40 labels at 1 %", 500, np.full(40, 0.01), 0.7, 0.003),
        _labels("40 labels at 1 %, of uneven difficulty", 500, np.full(40, 0.01), np.linspace(0.2, 1, 40), 0.003),
        _labels("30 labels at 2 %", 300, np.full(30, 0.02), 0.7, 0.005),
        _labels("30 labels at 2 %, wrong together", 300, np.full(30, 0.02), 0.7, 0.005, together=0.3),
        _labels("11 labels, 2 to 50 %", 400, np.geomspace(0.5, 0.02, 11), np.linspace(0.9, 0.5, 11), 0.03, together=0.2),
        _labels("5 labels at 10 %", 100, np.full(5, 0.1), 0.7, 0.03),
        _classes("10 classes, all right", 300, even[10], 1.0, random),
        _classes("10 classes, all wrong", 300, even[10], 0.0, random),
    ]  # fmt: skip


def _classes(name: str, rows: int, shares: object, recall: object, random: np.random.Generator) -> Population:
    """One class a row; each class is mixed up with a few others more than with the rest."""
    shares, count = np.asarray(shares, dtype=float), len(np.asarray(shares))
    recall = np.broadcast_to(np.asarray(recall, dtype=float), count)
    cells = np.zeros((count, count))
    for number in range(count):
        others = random.dirichlet(np.full(count - 1, 0.3)) * (1 - recall[number])
        cells[number] = shares[number] * np.insert(others, number, recall[number])

    def draw(drawn: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        truth, answers = np.divmod(drawn.choice(count * count, rows, p=cells.ravel() / cells.sum()), count)
        return truth, answers

    f1 = 2 * np.diag(cells) / (cells.sum(axis=0) + cells.sum(axis=1))
    return Population(name, rows, f1, "single_label", draw)


def _labels(
    name: str, rows: int, shares: np.ndarray, recall: object, false: float, together: float = 0.0
) -> Population:
    """Several labels a row; ``together`` is how far the answers to one row's labels hang together, 0..1."""
    from scipy.stats import norm

    recall = np.broadcast_to(np.asarray(recall, dtype=float), len(shares))

    def draw(drawn: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        truth = drawn.random((rows, len(shares))) < shares
        luck = np.sqrt(together) * drawn.normal(size=(rows, 1)) + np.sqrt(1 - together) * drawn.normal(size=truth.shape)
        return truth, np.where(truth, norm.cdf(luck) < recall, norm.cdf(luck) < false)

    f1 = 2 * shares * recall / (shares + shares * recall + (1 - shares) * false)
    return Population(name, rows, f1, "multi_label", draw)


def _normed(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()
