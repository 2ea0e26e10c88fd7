"""Texts that say hardly anything, and texts far longer than the rest."""

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check, CheckGroup, Drop, counted, rows_of
from core.data.cleaning.material import Material
from core.data.cleaning.texts import WORDS

TIMES = 20  # times the typical length
LEAST_LONG = 5000  # characters below which no text counts as very long


def check_lengths(material: Material) -> list[Check]:
    """Very short and very long texts."""
    return [_short(material.frame), _long(material.frame)]


def short(frame: pd.DataFrame) -> np.ndarray:
    """(rows,) bool: texts without any word or, in scripts with blanks, of fewer than 3 characters."""
    mask = np.array(frame["text"].str.len() < 40)
    for position in np.flatnonzero(mask):
        text = frame["text"].iloc[position]
        words = WORDS.findall(text)
        mask[position] = not words or (len(text) < 3 and text.isascii())
    return mask


def long(frame: pd.DataFrame) -> np.ndarray:
    """(rows,) bool: texts of 20 times the median length and at least 5,000 characters."""
    lengths = frame["text"].str.len().to_numpy()
    return lengths > max(LEAST_LONG, TIMES * float(np.median(lengths)))


def _short(frame: pd.DataFrame) -> Check:
    mask = short(frame)
    count = int(mask.sum())
    if not count:
        return Check("very short texts", "ok", "Every text has at least one word.")
    message = f"{counted(count, 'text has', 'texts have')} no word or fewer than 3 characters."
    fix = SHORT.remedy(f"Remove {counted(count, 'text', 'texts')}")
    remedy = "Look whether they mean anything."
    return Check("very short texts", "note", message, rows_of(frame, mask), count, remedy, fix)


def _long(frame: pd.DataFrame) -> Check:
    mask = long(frame)
    count = int(mask.sum())
    if not count:
        return Check("very long texts", "ok", "No text is far longer than the rest.")
    lengths = frame["text"].str.len()
    are = counted(count, "text is", "texts are")
    message = (
        f"{are} over {TIMES} times as long as a typical one ({int(lengths.median()):,} characters); the longest "
        f"has {int(lengths.max()):,}. Most of such a text is never read."
    )
    fix = LONG.remedy(f"Remove {counted(count, 'text', 'texts')}")
    remedy = "Look whether several texts ended up in one row."
    return Check("very long texts", "note", message, rows_of(frame, mask), count, remedy, fix)


SHORT = Drop("short", "hold no word", lambda m: short(m.frame))
LONG = Drop("long", "are far longer than the rest", lambda m: long(m.frame))
LENGTHS = CheckGroup("lengths", "Looking at lengths", check_lengths, share=3, drops=(SHORT, LONG))
