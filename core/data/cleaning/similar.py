"""Near duplicates of a stored set, looked for once and kept: a set never changes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from core import workspace
from core.data.cleaning.near import THRESHOLD, NearPairs, near_pairs
from core.data.cleaning.texts import keep_order, text_keys, whole_texts
from core.data.sets.store import DataSet

MOST_ROWS = 300_000  # distinct texts that are compared; of more, an even sample
MOST_CHARACTERS = 20_000  # of each text


def similar_rows(
    dataset: DataSet, frame: pd.DataFrame, progress: Callable[[int, int], None] | None = None
) -> tuple[NearPairs, int]:
    """Pairs of positions in ``frame`` whose texts are near duplicates but not the same, and how many texts were compared.

    Of rows with exactly the same text only one takes part: the one that would be kept.
    """
    path = workspace.home() / "cache" / "similar" / f"{dataset.fingerprint[:24]}-{THRESHOLD}.npz"

    def look() -> tuple[NearPairs, int]:
        positions = first_of_each(frame)
        positions = positions[:: max(1, -(-len(positions) // MOST_ROWS))]
        texts = whole_texts(frame).iloc[positions].str.slice(0, MOST_CHARACTERS).tolist()
        near = near_pairs(texts, progress=progress)
        return NearPairs(positions[near.first], positions[near.second], near.similarity), len(texts)

    return workspace.kept(path, lambda path: _read(path, len(frame)), look, _write)


def _read(path: Path, rows: int) -> tuple[NearPairs, int]:
    with np.load(path) as stored:
        pairs = NearPairs(stored["first"], stored["second"], stored["similarity"])
        if len({len(side) for side in (pairs.first, pairs.second, pairs.similarity)}) > 1:
            raise ValueError("it holds no pairs")
        if (
            len(pairs.first)
            and not 0 <= min(pairs.first.min(), pairs.second.min()) <= max(pairs.first.max(), pairs.second.max()) < rows
        ):
            raise ValueError("it belongs to other rows")
        return pairs, int(stored["compared"])


def _write(path: Path, found: tuple[NearPairs, int]) -> None:
    pairs, compared = found
    np.savez_compressed(path, first=pairs.first, second=pairs.second, similarity=pairs.similarity, compared=compared)


def first_of_each(frame: pd.DataFrame, keys: pd.Series | None = None) -> np.ndarray:
    """Sorted positions of one row for each distinct text: the one that would be kept."""
    order = np.argsort(keep_order(frame))
    keys = text_keys(frame) if keys is None else keys
    return np.sort(order[~keys.iloc[order].duplicated().to_numpy()])
