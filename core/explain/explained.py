"""What an explanation holds, however it was found."""

from dataclasses import dataclass

import numpy as np

from core.errors import SourceError
from core.explain.words import Word
from core.results.answerer import Answerer


@dataclass(frozen=True, slots=True)
class Explained:
    """What one text's answer rests on.

    Attributes:
        target: the class or label whose pull the weights tell; the name of the score for scores.
        words, second: the words of the text, and of its second text; empty without one.
        exact: whether the weights add up to the answer; else they are an approximation.
        note: what limits the explanation, in a sentence; empty where nothing does.
    """

    target: str
    words: tuple[Word, ...]
    second: tuple[Word, ...] = ()
    note: str = ""
    exact: bool = False


def which_output(model: Answerer, outputs: np.ndarray, target: str | None) -> int:
    """The number of the output to explain: the one that is named, else the likeliest.

    Args:
        outputs: (outputs,) of one text, logits or probabilities.

    Raises:
        SourceError: when the model has no class of this name.
    """
    if target is None or model.task.kind == "regression":
        return int(np.argmax(outputs)) if model.task.kind != "regression" else 0
    if target not in model.labels:
        raise SourceError(f"The model has no class {target[:80]!r}.", f"Classes: {', '.join(model.labels[:20])}.")
    return model.labels.index(target)
