"""A finished model, ready to score texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RunError, SourceError
from core.evaluation.answers import decide, outputs_of, written
from core.models.classifier import Classifier, load_saved
from core.results.progress import Progress
from core.results.score_cache import ScoreCache
from core.runs.folder import Run
from core.tasks import Task, task_of
from core.training.devices import default_device, find_device, out_of_memory, use_bf16, use_fp16
from core.training.encoding import encode
from core.training.scoring import score

CHUNK = 2000  # texts that are scored together, so that progress moves and memory stays low


@dataclass(slots=True)
class Predictor:
    """A finished model, ready to score texts; keep one and use it again."""

    classifier: Classifier
    device: str
    bf16: bool
    max_length: int
    truncation: str = "head"
    known: ScoreCache | None = None
    fp16: bool = False

    @classmethod
    def load(cls, run: Run, device: str = "auto") -> "Predictor":
        """The model of a run.

        Raises:
            RunError: when the run has no finished model, or one of its files is damaged.
        """
        if not run.config.source:
            raise RunError(f"Run {run.short_name} counts words: it has no encoder.", "Load it with `load_model`.")
        if not (run.model / "config.json").exists():
            raise RunError(f"Run {run.short_name} ({run.state}) has no finished model.", "Wait for it, or resume it.")
        compute = find_device(device) if device != "auto" else default_device()
        config = run.config
        try:
            classifier = load_saved(run.model)
        except SourceError as error:
            reason = error.message.partition(" could not be loaded: ")[2] or error.message
            raise RunError(
                f"The model of run {run.short_name} cannot be loaded: {reason}",
                f"Its result is kept; train it again for a new model, or bring back the files in {run.model}.",
            ) from error
        classifier.model.to(compute.name)  # type: ignore[arg-type]
        length = min(config.max_length, classifier.max_length)
        bf16, fp16 = use_bf16(compute, config.precision), use_fp16(compute, config.precision)
        weights = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(run.model.iterdir())]
        known = ScoreCache(f"{run.id}|{weights}|{length}|{config.truncation}|{'fp16' if fp16 else bf16}")
        return cls(classifier, compute.name, bf16, length, config.truncation, known, fp16)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.classifier.labels

    @property
    def task(self) -> Task:
        return task_of(str(self.classifier.model.config.problem_type))

    @property
    def thresholds(self) -> np.ndarray | None:
        """(labels,) the probability from which each of several labels is given; None for other tasks."""
        thresholds = getattr(self.classifier.model.config, "graft_thresholds", None)
        return None if thresholds is None else np.asarray(thresholds, dtype=np.float64)

    def predict(
        self, texts: Sequence[str], pairs: Sequence[str] | None = None, progress: Progress | None = None
    ) -> np.ndarray:
        """Probabilities (rows, classes) or (rows, labels), or scores (rows,), float64, in the order of ``texts``.

        Raises:
            DeviceError: when memory runs out.
        """
        parts = []
        try:
            for start in range(0, len(texts), CHUNK):
                stop = min(start + CHUNK, len(texts))
                second = None if pairs is None else pairs[start:stop]
                parts.append(outputs_of(self.task, self._scores(texts[start:stop], second)))
                if progress:
                    progress(stop, len(texts))
        except (RuntimeError, MemoryError) as error:
            explained = out_of_memory(error)
            if explained:
                raise explained from error
            raise
        finally:
            if self.known:  # once: a write for each chunk would take time by the square of the texts
                self.known.save()
        empty = np.zeros(0) if self.task.kind == "regression" else np.zeros((0, len(self.labels)))
        return np.concatenate(parts) if parts else empty

    def _scores(self, texts: Sequence[str], pairs: Sequence[str] | None) -> np.ndarray:
        """Raw scores (rows, outputs): remembered for texts that were read before, the others read now."""
        rows = self.known.recall(texts, pairs) if self.known else [None] * len(texts)
        new = [index for index, scores in enumerate(rows) if scores is None]
        if new:
            new_texts = [texts[index] for index in new]
            second = None if pairs is None else [pairs[index] for index in new]
            encoded = encode(new_texts, self.classifier.tokenizer, self.max_length, second, truncation=self.truncation)
            new_scores = score(self.classifier.model, encoded, self.device, self.bf16, fp16=self.fp16)
            for index, scores in zip(new, new_scores, strict=True):
                rows[index] = scores
            if self.known:
                self.known.learn(new_texts, new_scores, second)
        return np.stack(rows)  # type: ignore[arg-type]

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """(rows,) what the model says, as the data set writes it: a class, labels joined with ``|``, or a score."""
        return written(self.task, decide(self.task, outputs, self.thresholds), self.labels)
