"""Sets that are learnt at once, kept apart by their texts: what measures one of them teaches none of the others."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from core.data.sets.domains import within
from core.data.sets.store import DataSet, get_dataset
from core.errors import DatasetError

TEXTS = ("text", "text_pair")
MEASURED_BY = {
    "train": ("validation", "test"),
    "validation": ("test",),
}  # a part -> parts of others whose texts it does without
KNOWN = 16  # sets whose measuring texts are kept in memory, 8 bytes each


def even(texts: pd.Series) -> pd.Series:
    """Texts with case and blanks evened out: equal ones count as the same text."""
    return texts.str.lower().str.split().str.join(" ")


def keys_of(texts: Iterable[str]) -> np.ndarray:
    """(texts,) uint64, equal for texts that count as the same."""
    keys: np.ndarray = pd.util.hash_array(even(pd.Series(list(texts), dtype=object)).to_numpy(dtype=object))
    return keys


def measuring_keys(dataset: DataSet, parts: Sequence[str] = ("validation", "test")) -> np.ndarray:
    """(texts,) uint64 keys of the texts in these parts of a set, also of rows that no run draws; both texts of a pair, one by one."""
    known = _measuring(dataset.id, dataset.fingerprint)
    return np.unique(np.concatenate([known[part] for part in parts]))


@lru_cache(maxsize=KNOWN)
def _measuring(dataset_id: str, fingerprint: str) -> dict[str, np.ndarray]:
    frame = get_dataset(dataset_id).frame()
    return {
        part: np.setdiff1d(_keys_in(frame[frame["split"] == part]), keys_of([""])) for part in ("validation", "test")
    }


def learnable(
    frame: pd.DataFrame, dataset: DataSet, part: str, domains: str | None = None, apart: Sequence[str] = ()
) -> pd.DataFrame:
    """The rows of a part that a run may learn from, or choose its checkpoint by, before any are drawn.

    A text that judges one of the other sets neither teaches here nor chooses, and one that chooses there does not teach. A text
    that chooses here and there may stay: nothing is learnt from it, and it judges nothing.

    Args:
        frame: all rows of the set.
        part: train or validation.
        domains: as in ``within``.
        apart: ids of the other sets.

    Raises:
        DatasetError: when one of the sets is gone, there is no such domain, or the other sets leave no row.
    """
    rows = within(frame[frame["split"] == part], dataset, domains)
    if not apart or not len(rows):
        return rows
    sets = [get_dataset(name) for name in apart]
    taken = np.unique(np.concatenate([measuring_keys(other, MEASURED_BY[part]) for other in sets]))
    left = rows[~np.isin(_keys_in(rows), taken).any(axis=1)]
    if not len(left):
        raise DatasetError(
            f"Of {dataset.name!r} no {'training' if part == 'train' else part} row is left: the texts of all {len(rows):,} measure "
            f"{' or '.join(repr(other.name) for other in sets)}, which it is kept apart from.",
            "Leave that set out, or split both files alike (--split COLUMN), so that a text stands in the same part of each.",
        )
    return left


def _keys_in(rows: pd.DataFrame) -> np.ndarray:
    """(rows, 1 or 2) uint64 keys of each row's texts."""
    return np.stack([keys_of(rows[name]) for name in TEXTS if name in rows], axis=1)
