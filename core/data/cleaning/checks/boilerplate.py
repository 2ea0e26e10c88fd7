"""Lines and phrases that many texts share: signatures, headers, notices."""

from collections import Counter
from typing import TypeVar

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check, CheckGroup, Remedy, counted, rows_of
from core.data.cleaning.material import Material
from core.data.cleaning.texts import even_sample, words_of

PHRASE_ROWS = 20_000
COMMON_SHARE, LEAST_TEXTS = 0.01, 10  # a line or phrase is boilerplate from this share of the texts on
PHRASE = 8  # words
LINE = 12  # characters that a line has at least
T = TypeVar("T")


def check_boilerplate(material: Material) -> list[Check]:
    """Repeated lines and repeated phrases."""
    return [_lines(material), _phrases(material)]


def common_lines(frame: pd.DataFrame, keys: pd.Series) -> dict[str, int]:
    """Line -> distinct texts that hold it, commonest first, where that is 1 % of the texts and at least 10."""
    texts = _distinct(frame, keys)
    counts: Counter[str] = Counter()
    for text in texts:
        if "\n" in text:
            counts.update({line for line in map(str.strip, text.split("\n")) if len(line) >= LINE})
    return _common(counts, len(texts))


def _lines(material: Material) -> Check:
    frame = material.frame
    lines = common_lines(frame, material.keys)
    if not lines:
        return Check("repeated lines", "ok", "No line stands in many texts.")
    pattern = set(lines)
    mask = [bool(pattern & set(map(str.strip, text.split("\n")))) for text in frame["text"]]
    shown = "; ".join(f"“{line[:60]}” ({count:,})" for line, count in list(lines.items())[:3])
    message = f"{counted(len(lines), 'line stands', 'lines stand')} in many texts: {shown}.{_sampled(frame)}"
    fix = Remedy(f"Strip {counted(len(lines), 'line', 'lines')}", "strip_lines", {"lines": list(lines)})
    remedy = "Signatures, headers and notices cost tokens and may give the class away. Stripping keeps the rest of each text."
    return Check("repeated lines", "note", message, rows_of(frame, pd.Series(mask)), int(sum(mask)), remedy, fix)


def _phrases(material: Material) -> Check:
    texts = _distinct(material.frame, material.keys)
    counts: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        words = words_of(text[:4000])
        counts.update({tuple(words[start : start + PHRASE]) for start in range(len(words) - PHRASE + 1)})
        if len(counts) > 3_000_000:  # phrases met once so far are let go, so that memory stays bounded
            counts = Counter({phrase: count for phrase, count in counts.items() if count > 1})
    common = _common(counts, len(texts))
    apart = _apart(list(common))
    if not apart:
        return Check("repeated phrases", "ok", f"No phrase of {PHRASE} words stands in many texts.")
    shown = "; ".join(f"“{' '.join(phrase)}” ({common[phrase]:,})" for phrase in apart[:3])
    message = (
        f"{counted(len(apart), 'phrase stands', 'phrases stand')} in many texts: {shown}.{_sampled(material.frame)}"
    )
    whole = material.keys.str.replace(r"[\W_]+", " ", regex=True)
    mask = np.zeros(len(whole), dtype=bool)
    for phrase in apart[:20]:
        mask |= whole.str.contains(" ".join(phrase), regex=False).to_numpy()
    remedy = "Look whether it belongs to the text or to where the text comes from."
    return Check("repeated phrases", "note", message, rows_of(material.frame, mask), int(mask.sum()), remedy)


def _distinct(frame: pd.DataFrame, keys: pd.Series) -> list[str]:
    return even_sample(frame[~keys.duplicated().to_numpy()], PHRASE_ROWS)["text"].tolist()


def _common(counts: Counter[T], texts: int) -> dict[T, int]:
    least = max(LEAST_TEXTS, COMMON_SHARE * texts)
    return {item: count for item, count in counts.most_common(200) if count >= least}


def _apart(phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Phrases that are not one another moved by some words; the commonest of each family."""
    chosen: list[tuple[str, ...]] = []
    for phrase in phrases:
        if all(len(set(phrase) & set(other)) < PHRASE // 2 for other in chosen):
            chosen.append(phrase)
    return chosen


def _sampled(frame: pd.DataFrame) -> str:
    return f" Looked for in {PHRASE_ROWS:,} texts drawn evenly." if len(frame) > PHRASE_ROWS else ""


BOILERPLATE = CheckGroup("boilerplate", "Looking for repeated lines", check_boilerplate, share=7)
