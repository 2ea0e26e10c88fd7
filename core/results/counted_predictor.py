"""A finished run that counts words, ready to score texts: no encoder, no device, nothing that runs code when it is loaded.

::

    model/counted_words.json    kind, labels, thresholds, what is counted
          counted_words.npz     idf, weights, bias, and what is answered where nothing was learnt
"""

import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import RunError
from core.evaluation.answers import decide, written
from core.evaluation.counted_words import CHUNK, CountedWords
from core.results.progress import Progress
from core.results.score_cache import ScoreCache
from core.runs.folder import Run
from core.tasks import Task, task_of

DESCRIBED, ARRAYS = "counted_words.json", "counted_words.npz"
DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, RecursionError, zipfile.BadZipFile, zlib.error)
BETWEEN = " \n "  # stands between the texts of a pair, as where the words were learnt


def whole(text: str, pair: str | None) -> str:
    """What is counted of one row."""
    return text if pair is None else f"{text}{BETWEEN}{pair}"


@dataclass(slots=True)
class CountedPredictor:
    """Counted words with the names of what they answer.

    Attributes:
        labels: the classes or labels in the order of the outputs; the name of the score for scores.
        thresholds: (labels,) the probability from which each of several labels is given; None for other tasks.
        known: remembers nothing: counting is quicker than looking up.
    """

    words: CountedWords
    labels: tuple[str, ...]
    thresholds: np.ndarray | None = None
    device: str = "cpu"
    known: ScoreCache | None = None

    @classmethod
    def load(cls, run: Run) -> "CountedPredictor":
        """The model of a run.

        Raises:
            RunError: when the run has no finished model, or one of its files is damaged.
        """
        if not (run.model / DESCRIBED).exists():
            raise RunError(f"Run {run.short_name} ({run.state}) has no finished model.", "Wait for it, or resume it.")
        try:
            return cls.read(run.model)
        except DAMAGE as error:
            raise RunError(
                f"The model of run {run.short_name} cannot be loaded: {error}",
                f"Its result is kept; train it again for a new model, or bring back the files in {run.model}.",
            ) from error

    @classmethod
    def read(cls, folder: Path) -> "CountedPredictor":
        """As ``save`` wrote it.

        Raises:
            one of DAMAGE: when a file is missing or damaged.
        """
        described = json.loads((folder / DESCRIBED).read_text(encoding="utf-8"))
        with (folder / ARRAYS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            words = CountedWords.from_parts(described, arrays)
        labels, thresholds = tuple(map(str, described["labels"])), described["thresholds"]
        given = None if thresholds is None else np.array(thresholds, dtype=np.float64)
        if len(labels) != len(words.always) or (given is not None and given.shape != (len(labels),)):
            raise ValueError("its labels are not those of its weights")
        return cls(words, labels, given)

    def save(self, folder: Path) -> None:
        """Write the two files into a folder that is there; numbers keep all their digits."""
        thresholds = None if self.thresholds is None else self.thresholds.astype(float).tolist()
        described = self.words.as_json() | {"labels": list(self.labels), "thresholds": thresholds}
        (folder / DESCRIBED).write_text(json.dumps(described), encoding="utf-8")
        np.savez(folder / ARRAYS, **self.words.arrays())  # type: ignore[arg-type]

    @property
    def task(self) -> Task:
        return task_of(self.words.kind)

    def predict(
        self, texts: Sequence[str], pairs: Sequence[str] | None = None, progress: Progress | None = None
    ) -> np.ndarray:
        """Probabilities (rows, classes) or (rows, labels), or scores (rows,), float64, in the order of ``texts``."""
        second = pairs if pairs is not None else [None] * len(texts)
        asked = [whole(text, pair) for text, pair in zip(texts, second, strict=True)]
        parts = [self.words([])]
        for start in range(0, len(asked), CHUNK):
            parts.append(self.words(asked[start : start + CHUNK]))
            if progress:
                progress(min(start + CHUNK, len(asked)), len(asked))
        return np.concatenate(parts)

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """(rows,) what the model says, as the data set writes it: a class, labels joined with ``|``, or a score."""
        return written(self.task, decide(self.task, outputs, self.thresholds), self.labels)
