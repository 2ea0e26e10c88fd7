"""Rows whose text occurs more than once: exactly, nearly, with different labels, or on both sides of a split."""

import numpy as np
import pandas as pd

from core.data.cleaning.near import NearPairs, repeats
from core.data.cleaning.texts import keep_order

JUDGED = ("validation", "test")


def repeated(frame: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """(rows,) bool: rows with the text and the label of a row that is kept."""
    order = np.argsort(keep_order(frame))
    both = pd.DataFrame({"key": keys.to_numpy()[order], "label": frame["label"].to_numpy()[order]})
    mask = np.zeros(len(frame), dtype=bool)
    mask[order] = both.duplicated().to_numpy()
    return mask


def nearly_repeated(frame: pd.DataFrame, keys: pd.Series, pairs: NearPairs) -> np.ndarray:
    """(rows,) bool: rows whose text is nearly that of a kept row with the same label; their exact copies too."""
    labels = frame["label"].to_numpy()
    same = labels[pairs.first] == labels[pairs.second]
    alike = NearPairs(pairs.first[same], pairs.second[same], pairs.similarity[same])
    dropped = keys[repeats(alike, keep_order(frame))]
    return keys.isin(set(dropped)).to_numpy()


def conflicting(frame: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """(rows,) bool: rows whose text occurs with another label as well."""
    labels = frame["label"].groupby(keys.to_numpy()).nunique()
    return keys.isin(set(labels[labels > 1].index)).to_numpy()


def leaking(frame: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """(rows,) bool: rows to learn or choose from whose text is judged in a later part. The judged row stays."""
    part = frame["split"].to_numpy()
    judged, test = set(keys[np.isin(part, JUDGED)]), set(keys[part == "test"])
    train = (part == "train") & keys.isin(judged).to_numpy()
    return train | ((part == "validation") & keys.isin(test).to_numpy())


def nearly_leaking(frame: pd.DataFrame, keys: pd.Series, pairs: NearPairs) -> np.ndarray:
    """(rows,) bool: rows to learn or choose from whose text is nearly one that a later part judges."""
    rank = frame["split"].map({"test": 0, "validation": 1}).fillna(2).to_numpy()
    first, second = rank[pairs.first], rank[pairs.second]
    early = np.concatenate([pairs.first[first > second], pairs.second[second > first]])
    # a key's first row stands for its copies, and a copy in an earlier part leaks as well
    least = pd.Series(rank).groupby(keys.to_numpy()).transform("min").to_numpy()
    return keys.isin(set(keys.iloc[early])).to_numpy() & (rank > 0) & (rank >= least)
