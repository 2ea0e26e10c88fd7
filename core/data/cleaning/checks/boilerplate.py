"""What the texts are made of: languages, and lines or phrases that many of them share."""

from collections import Counter
from typing import TypeVar

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check, Material, Remedy, counted, rows_of
from core.data.cleaning.languages import UNSURE, language_name, languages_of
from core.data.cleaning.texts import even_sample, words_of

LANGUAGE_ROWS = 2000
PHRASE_ROWS = 20_000
SMALL_SHARE = 0.02  # languages below this share of the texts are not told: single texts are often misread
COMMON_SHARE, LEAST_TEXTS = 0.01, 10  # a line or phrase is boilerplate from this share of the texts on
PHRASE = 8  # words
LINE = 12  # characters that a line has at least
T = TypeVar("T")


def check_content(material: Material) -> list[Check]:
    """Languages, repeated lines and repeated phrases."""
    return [_languages(material.frame), _lines(material), _phrases(material)]


def language_shares(frame: pd.DataFrame) -> dict[str, float]:
    """Language code -> share of the texts that could be told, largest first; of an even sample of 2,000 rows."""
    found = pd.Series(languages_of(even_sample(frame, LANGUAGE_ROWS)["text"].tolist()))
    known = found[found != UNSURE]
    return {str(code): float(share) for code, share in known.value_counts(normalize=True).items()}


def other_languages(frame: pd.DataFrame) -> np.ndarray:
    """(rows,) bool: texts that are surely not in the main language of the set."""
    main = next(iter(language_shares(frame)), UNSURE)
    found = languages_of(frame["text"].tolist())
    return (found != main) & (found != UNSURE)


def common_lines(frame: pd.DataFrame, keys: pd.Series) -> dict[str, int]:
    """Line -> distinct texts that hold it, commonest first, where that is 1 % of the texts and at least 10."""
    texts = _distinct(frame, keys)
    found: Counter[str] = Counter()
    for text in texts:
        if "\n" in text:
            found.update({line for line in map(str.strip, text.split("\n")) if len(line) >= LINE})
    return _common(found, len(texts))


def _languages(frame: pd.DataFrame) -> Check:
    shares = {code: share for code, share in language_shares(frame).items() if share >= SMALL_SHARE}
    if not shares:
        return Check("languages", "ok", "The texts are too short to tell their language.")
    told = ", ".join(f"{100 * share:.0f} % {language_name(code)}" for code, share in shares.items())
    sampled = f" (told from {LANGUAGE_ROWS:,} texts drawn evenly)" if len(frame) > LANGUAGE_ROWS else ""
    if len(shares) == 1:
        return Check("languages", "ok", f"The texts are in {language_name(next(iter(shares)))}{sampled}.")
    main = next(iter(shares))
    sample = even_sample(frame, LANGUAGE_ROWS)
    found = languages_of(sample["text"].tolist())
    mask = np.isin(found, [code for code in shares if code != main])
    message = f"Several languages: {told}{sampled}."
    fix = Remedy(f"Keep {language_name(main)} only", "drop", {"what": "other_languages"})
    remedy = "A source that knows one language learns little from the others: take one that knows all, or keep one."
    level = "warning" if shares[main] < 0.9 else "note"
    return Check("languages", level, message, rows_of(sample, mask), int(mask.sum()), remedy, fix)


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


def _common(found: Counter[T], texts: int) -> dict[T, int]:
    least = max(LEAST_TEXTS, COMMON_SHARE * texts)
    return {each: count for each, count in found.most_common(200) if count >= least}


def _apart(phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Phrases that are not one another moved by some words; the commonest of each family."""
    kept: list[tuple[str, ...]] = []
    for phrase in phrases:
        if all(len(set(phrase) & set(other)) < PHRASE // 2 for other in kept):
            kept.append(phrase)
    return kept


def _sampled(frame: pd.DataFrame) -> str:
    return f" Looked for in {PHRASE_ROWS:,} texts drawn evenly." if len(frame) > PHRASE_ROWS else ""
