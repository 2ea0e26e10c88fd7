"""Which counted words pulled an answer. Exact: the answer is a sum over terms of weight times tf-idf, and here it is taken apart.

The sum is the log-odds of a class against the other where there are two, or of a label; the score; else what softmax takes of the
class. What all texts get, the bias, belongs to no word. A pair of words pulls half through each, characters in a row by equal parts.
"""

import re
from collections.abc import Iterator

import numpy as np

from core.explain.explained import Explained, which_output
from core.explain.words import gather
from core.results.counted_predictor import BETWEEN, CountedPredictor, whole

WORD = re.compile(r"(?u)\b\w+\b")
BLANKS = re.compile(r"\s\s+")  # become one blank where characters are counted
Span = tuple[int, int]


def explain_counted(
    model: CountedPredictor, text: str, pair: str | None = None, target: str | None = None
) -> Explained:
    """The pull of each word towards one answer; a word that no training text had is not read.

    Raises:
        SourceError: when the model has no class of the name ``target``.
    """
    asked = whole(text, pair)
    which = which_output(model, np.atleast_1d(model.predict([text], None if pair is None else [pair])[0]), target)
    pulls = _pull_of_terms(model, asked, which)
    spans: list[Span] = []
    weights: list[float] = []
    for term, parts in _places(asked, model.words.by_characters):
        if term in pulls:
            spans += parts
            weights += [pulls[term] / len(parts)] * len(parts)
    told = [
        gather(part, *_inside(spans, weights, begin, begin + len(part)))
        for begin, part in ((0, text), *(() if pair is None else ((len(text) + len(BETWEEN), pair),)))
    ]
    note = ""
    if which not in model.words.learnt:
        note = "Nothing could be learnt from words about this answer: every text gets it alike."
    elif not pulls and text.strip():
        note = "No word of this text stands in the training texts."
    return Explained(model.labels[which], tuple(told[0]), tuple(told[1]) if pair is not None else (), note, exact=True)


def _pull_of_terms(model: CountedPredictor, asked: str, which: int) -> dict[str, float]:
    """What one occurrence of each known term of the text adds."""
    words = model.words
    if which not in words.learnt:
        return {}
    at = int(np.flatnonzero(words.learnt == which)[0])
    weights = words.weights[at]
    if words.kind == "single_label" and len(words.learnt) == 2:
        weights = weights - words.weights[1 - at]
    row = words.counts([asked])
    times: dict[str, int] = {}
    for term, _ in _places(asked, words.by_characters):
        times[term] = times.get(term, 0) + 1
    return {
        words.terms[place]: float(value * weights[place]) / times[words.terms[place]]
        for place, value in zip(row.indices, row.data, strict=True)
    }


def _places(text: str, by_characters: bool) -> Iterator[tuple[str, list[Span]]]:
    """Every term of a text as it is counted, with the parts of the text that it is made of, blanks left out."""
    lower = text.lower()
    origin = [at for at, letter in enumerate(text) for _ in letter.lower()]  # a letter may become two
    if not by_characters:
        words = [
            (match.group(), (origin[match.start()], origin[match.end() - 1] + 1)) for match in WORD.finditer(lower)
        ]
        for at, (word, span) in enumerate(words):
            yield word, [span]
            if at:
                yield f"{words[at - 1][0]} {word}", [words[at - 1][1], span]
        return
    gone = {at for match in BLANKS.finditer(lower) for at in range(match.start() + 1, match.end())}
    kept = [at for at in range(len(lower)) if at not in gone]
    first = {match.start() for match in BLANKS.finditer(lower)}
    letters = [" " if at in first else lower[at] for at in kept]
    for length in (1, 2, 3):
        for start in range(len(letters) - length + 1):
            term = "".join(letters[start : start + length])
            parts = [origin[kept[at]] for at in range(start, start + length) if not letters[at].isspace()]
            yield term, [(at, at + 1) for at in parts] or [(0, 0)]


def _inside(spans: list[Span], weights: list[float], begin: int, end: int) -> tuple[list[Span], list[float]]:
    """The spans between two places, counted from the first of them."""
    own = [at for at, (start, stop) in enumerate(spans) if begin <= start and stop <= end and stop > start]
    return [(spans[at][0] - begin, spans[at][1] - begin) for at in own], [weights[at] for at in own]
