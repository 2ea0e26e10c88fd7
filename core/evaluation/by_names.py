"""A baseline without any label: each text is given the class whose name, or description, lies nearest to it.

What reads the texts is elsewhere; here are the words to read and the geometry. How it was chosen, and what was tried beside it,
stands in docs/benchmarks.md (*Names of the classes alone*).
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from core.evaluation.answers import softmax
from core.evaluation.baselines import Baseline

NAME, TITLE = "names", "Names of the classes alone, no labels"
FRAME = "This text is about {}."  # centred, better than the bare name on 7 of 8 sets
SHARPNESS = (
    20.0  # by which cosines become probabilities: the scale that sentence encoders of this kind are trained with
)
SHORT = {"neg": "negative", "pos": "positive", "neu": "neutral"}  # written out, since labels are often cut to these
_LETTERS = re.compile(r"[^\W\d_]{3,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def readable_name(label: str) -> str:
    """A class name as words: ``card_notArrived`` as "card not arrived", ``neg`` as "negative"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", re.sub(r"[\W_]+", " ", label))
    return " ".join(SHORT.get(word.lower(), word.lower()) for word in spaced.split())


def says_nothing(label: str) -> bool:
    """Whether a class name holds no word: a number, a letter, a code such as C2."""
    return not _LETTERS.search(label)


def unreadable(labels: Sequence[str], descriptions: Mapping[str, str]) -> str:
    """Why the names of these classes cannot be read, in a sentence; empty where each has a word or a description."""
    mute = [label for label in labels if says_nothing(label) and not descriptions.get(label, "").strip()]
    if not mute:
        return ""
    shown = ", ".join(f"'{label}'" for label in mute[:3]) + (" and others" if len(mute) > 3 else "")
    return f"Class names such as {shown} hold no word, so nothing can be told from the names alone; descriptions of the classes would help."


def sentences_to_read(labels: Sequence[str], descriptions: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """For each class a sentence with its name, and what describes it: the sentence again where nothing does."""
    framed = [FRAME.format(readable_name(label) or label) for label in labels]
    told = [descriptions.get(label, "").strip() for label in labels]
    by_name = [
        text if says_nothing(label) and text else frame for label, text, frame in zip(labels, told, framed, strict=True)
    ]
    return by_name, [text or frame for text, frame in zip(told, by_name, strict=True)]


def nearest(texts: np.ndarray, centre: np.ndarray, by_name: np.ndarray, by_description: np.ndarray) -> np.ndarray:
    """(rows, classes) probabilities by cosine, softmax with ``SHARPNESS``.

    The direction that all texts share is taken off the texts and the one that all classes share off the classes: both are large
    and say nothing about which class is meant.

    Args:
        texts: (rows, width) vectors, of any length.
        centre: (other rows, width) vectors of texts of the same kind, whose mean is taken off.
        by_name, by_description: (classes, width) vectors; a class lies at the mean of its two directions.

    Source of the step: Mu and Viswanath, 2018, All-but-the-top. Whitening with a shrunk covariance as well was tried and cost 14
    points on the mean.
    """
    rows, classes = _unit(texts), _unit(_unit(by_name) + _unit(by_description))
    rows = _unit(rows - _unit(centre).mean(axis=0))
    return softmax(SHARPNESS * rows @ _unit(classes - classes.mean(axis=0)).T)


def names_baseline(outputs: np.ndarray, described: int) -> Baseline:
    """The baseline of these probabilities, and its sentence.

    Args:
        described: classes that had a description.
    """
    read = "name and description" if described else "name"
    sentence = (
        f"The source before any training: each text gets the class whose {read} it lies nearest to. It saw no label; it does use "
        "the pretrained model."
    )
    return Baseline(NAME, TITLE, sentence, outputs)


def _unit(vectors: np.ndarray) -> np.ndarray:
    wide = np.asarray(vectors, dtype=np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-12)
