"""Texts of a stored set as one looks at them: whole, and as keys that say which are the same."""

import re

import numpy as np
import pandas as pd

from core.data.sets.apart import even

WORDS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0002fa1f]|[^\W_]+")


def words_of(text: str) -> list[str]:
    """Lower-case words; Chinese, Japanese, Korean and Thai by characters."""
    return WORDS.findall(text.lower())


def whole_texts(frame: pd.DataFrame) -> pd.Series:
    """The text of each row, both texts of a pair with a line between them."""
    return frame["text"] + " \n " + frame["text_pair"] if "text_pair" in frame else frame["text"]


def text_keys(frame: pd.DataFrame) -> pd.Series:
    """Texts with case and blanks evened out: equal keys count as the same text."""
    return even(whole_texts(frame))


def keep_order(frame: pd.DataFrame) -> np.ndarray:
    """(rows,) int64 rank of each row, lower is kept first where rows repeat: test, validation, train, then as in the file.

    What judges stays as it is, so that scores of different versions can be compared.
    """
    part = frame["split"].map({"test": 0, "validation": 1}).fillna(2).to_numpy(dtype=np.int64)
    rank = np.empty(len(frame), dtype=np.int64)
    rank[np.lexsort((np.arange(len(frame)), part))] = np.arange(len(frame))
    return rank


def even_sample(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most ``most`` rows, spread evenly over the file."""
    return frame.iloc[:: max(1, -(-len(frame) // most))]
