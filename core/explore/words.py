"""The words most typical of each class: weighted log-odds with an informative Dirichlet prior.

Source: Monroe, Colaresi, Quinn: Fightin' Words, Political Analysis 16 (4), 2008, section 3.5.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from core.evaluation.baselines import reads_by_characters

PRIOR = 500.0  # the prior weighs as much as so many words drawn from all classes together
SURE = 1.96  # standard errors by which a listed word must stand out
CHARACTERS = 5000  # of each text
VOCABULARY = 50_000
COLUMNS = ("label", "word", "score", "share", "share_elsewhere", "rows")


@dataclass(frozen=True, slots=True)
class TypicalWords:
    """``table`` has a line for each class and word, most typical first.

    Its columns: label; word; score (log-odds in standard errors); share and share_elsewhere (0..1, of the class's texts
    and of all other texts that hold the word); rows (texts of the class that hold it).

    Attributes:
        by_characters: whether the texts were counted by short sequences of characters, not by words.
    """

    table: pd.DataFrame
    by_characters: bool


def typical_words(texts: Sequence[str], members: np.ndarray, names: Sequence[str], most: int = 12) -> TypicalWords:
    """The ``most`` words that set each group apart from all other rows; a text counts a word once.

    Args:
        texts: (rows,)
        members: (rows, groups) bool; a row may be in several groups.
        names: (groups,)
    """
    from sklearn.feature_extraction.text import CountVectorizer

    by_characters = reads_by_characters(list(texts))
    empty = TypicalWords(pd.DataFrame(columns=list(COLUMNS)), by_characters)
    counter = CountVectorizer(
        binary=True, dtype=np.int32, analyzer=_pieces if by_characters else _words, max_features=VOCABULARY,
        min_df=1 if len(texts) < 50 else 3,
    )  # fmt: skip
    try:
        held = counter.fit_transform(text[:CHARACTERS] for text in texts)
    except ValueError as error:  # no word in any text, or none that comes back
        if "vocabulary" not in str(error) and "no terms remain" not in str(error).lower():
            raise
        return empty
    vocabulary = counter.get_feature_names_out()
    inside = np.asarray((held.T @ members.astype(np.int32)).T)  # (groups, words)
    total = np.asarray(held.sum(axis=0)).ravel()
    tables = []
    for group, name in enumerate(names):
        rows = int(members[:, group].sum())
        if not rows or rows == len(members):
            continue
        scores = log_odds(inside[group], total - inside[group], PRIOR * total / total.sum())
        best = _apart(vocabulary, scores, most, by_characters)
        tables.append(
            pd.DataFrame(
                {
                    "label": name, "word": vocabulary[best], "score": scores[best], "share": inside[group][best] / rows,
                    "share_elsewhere": (total - inside[group])[best] / (len(members) - rows), "rows": inside[group][best],
                }
            )
        )  # fmt: skip
    return TypicalWords(pd.concat(tables, ignore_index=True), by_characters) if tables else empty


def log_odds(inside: np.ndarray, outside: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """(words,) how much more likely a word is inside than outside: log-odds ratio over its standard error.

    Args:
        inside, outside: (words,) counts.
        prior: (words,) pseudo-counts, above 0 (the alphas of equations 16 to 22).
    """
    a, b = inside + prior, outside + prior
    difference = np.log(a / (a.sum() - a)) - np.log(b / (b.sum() - b))
    return difference / np.sqrt(1 / a + 1 / b)


def _apart(vocabulary: np.ndarray, scores: np.ndarray, most: int, by_characters: bool) -> list[int]:
    """Numbers of the best words; of pieces that lie in one another only the best."""
    best: list[int] = []
    for number in np.argsort(-scores, kind="stable"):
        if scores[number] < SURE or len(best) == most:
            break
        piece = vocabulary[number]
        if not by_characters or not any(piece in vocabulary[other] or vocabulary[other] in piece for other in best):
            best.append(int(number))
    return best


def _words(text: str) -> list[str]:
    return _pattern().findall(text.lower())


def _pieces(text: str) -> list[str]:
    """Two and three characters in a row, without blanks and signs between; Latin words and numbers whole."""
    pieces = []
    for run in _pattern().findall(text.lower()):
        if run.isascii():
            pieces.append(run)
        else:
            pieces += [run[start : start + size] for size in (2, 3) for start in range(len(run) - size + 1)]
    return pieces


@cache
def _pattern() -> re.Pattern[str]:
    """A word in any script: letters and digits, with the marks that many scripts write on or after a letter."""
    marks = _spans([code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith("M")])
    return re.compile(rf"[^\W_](?:[^\W_]|[{marks}]|['’](?=[^\W_]))*")


def _spans(codes: list[int]) -> str:
    """Code points as the inside of a character class."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)
