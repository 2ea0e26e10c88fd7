"""Predictions of a finished run: for a sentence, and for whole files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core import workspace
from core.data.columns.guess import choose_roles
from core.data.reading.cells import cell_text
from core.data.reading.read import read_table
from core.data.sets.store import get_dataset
from core.errors import DatasetError, GraftError, RunError
from core.evaluation.judge import confidence, decide, outputs_of
from core.evaluation.result import said
from core.models.classifier import Classifier, load_saved
from core.results.score_cache import ScoreCache
from core.runs.folder import Run
from core.tasks import Task, task_of
from core.training.batches import encode
from core.training.devices import default_device, find_device, out_of_memory, use_bf16
from core.training.scoring import score

CHUNK = 2000  # texts that are scored together, so that progress moves and memory stays low
WRITERS = (".csv", ".tsv", ".jsonl", ".parquet")

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Predictor:
    """A finished model, ready to score texts; keep one and use it again."""

    classifier: Classifier
    device: str
    bf16: bool
    max_length: int
    truncation: str = "head"
    known: ScoreCache | None = None

    @classmethod
    def load(cls, run: Run, device: str = "auto") -> "Predictor":
        """The model of a run.

        Raises:
            RunError: when the run has no finished model.
        """
        if not (run.model / "config.json").exists():
            raise RunError(f"Run {run.name} ({run.state}) has no finished model.", "Wait for it, or resume it.")
        place = find_device(device) if device != "auto" else default_device()
        classifier = load_saved(run.model)
        classifier.model.to(place.name)  # type: ignore[arg-type]
        config = run.config
        length = min(config.max_length, classifier.max_length)
        bf16 = use_bf16(place, config.precision)
        weights = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(run.model.iterdir())]
        known = ScoreCache(f"{run.id}|{weights}|{length}|{config.truncation}|{bf16}")
        return cls(classifier, place.name, bf16, length, config.truncation, known)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.classifier.labels

    @property
    def task(self) -> Task:
        return task_of(str(self.classifier.model.config.problem_type))

    @property
    def thresholds(self) -> np.ndarray | None:
        """(labels,) the probability from which each of several labels is given; None for other tasks."""
        kept = getattr(self.classifier.model.config, "graft_thresholds", None)
        return None if kept is None else np.asarray(kept, dtype=np.float64)

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
            known = out_of_memory(error)
            if known:
                raise known from error
            raise
        empty = np.zeros(0) if self.task.kind == "regression" else np.zeros((0, len(self.labels)))
        return np.concatenate(parts) if parts else empty

    def _scores(self, texts: Sequence[str], pairs: Sequence[str] | None) -> np.ndarray:
        """Raw scores (rows, outputs): remembered for texts that were read before, the others read now."""
        found = self.known.recall(texts, pairs) if self.known else [None] * len(texts)
        new = [place for place, row in enumerate(found) if row is None]
        if new:
            fresh = [texts[place] for place in new]
            second = None if pairs is None else [pairs[place] for place in new]
            encoded = encode(fresh, self.classifier.tokenizer, self.max_length, second, truncation=self.truncation)
            scores = score(self.classifier.model, encoded, self.device, self.bf16)
            for place, row in zip(new, scores, strict=True):
                found[place] = row
            if self.known:
                self.known.learn(fresh, scores, second)
                self.known.save()
        return np.stack(found)  # type: ignore[arg-type]

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """(rows,) what the model says, as the data set writes it: a class, labels joined with ``|``, or a score."""
        return said(self.task, decide(self.task, outputs, self.thresholds), self.labels)


def predict_table(
    predictor: Predictor,
    frame: pd.DataFrame,
    text: str,
    text_pair: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """``frame`` with prediction, confidence and ``p.<label>`` added (for scores the prediction alone); rows without text
    keep these empty.

    New columns get a trailing underscore where the file already has one of that name.
    """
    texts = pd.Series([cell_text(cell).strip() for cell in frame[text]])
    filled = np.flatnonzero(texts != "")
    pairs = [cell_text(cell).strip() for cell in frame[text_pair].iloc[filled]] if text_pair else None
    outputs = predictor.predict(texts.iloc[filled].tolist(), pairs, progress)
    found: dict[str, np.ndarray] = {"prediction": predictor.answers(outputs)}
    sure = confidence(predictor.task, outputs, predictor.thresholds)
    if sure is not None:
        found |= {"confidence": sure} | {f"p.{label}": outputs[:, at] for at, label in enumerate(predictor.labels)}
    added = {}
    for name, values in found.items():
        empty = None if values.dtype == object else np.nan
        added[name] = np.full(len(frame), empty, dtype=values.dtype if values.dtype == object else np.float64)
        added[name][filled] = values
    out = frame.copy()
    for name, values in added.items():
        while name in out.columns:
            name += "_"
        out[name] = values
    return out


def predict_file(
    run: Run,
    input_path: Path,
    output_path: Path,
    *,
    text: str | None = None,
    text_pair: str | None = None,
    device: str = "auto",
    progress: Progress | None = None,
) -> int:
    """Score a file and write it again with the predictions added; order and columns are kept.

    Returns:
        the number of rows written.

    Raises:
        DatasetError: when the file cannot be read or written, or its text column is not clear.
    """
    if output_path.suffix.lower() not in WRITERS:
        raise DatasetError(f"{output_path.name} has no known ending.", f"Use one of: {', '.join(WRITERS)}.")
    table = read_table(input_path)
    text, text_pair = text_columns(run, table.frame, text, text_pair)
    scored = predict_table(Predictor.load(run, device), table.frame, text, text_pair, progress)
    write_table(scored, output_path)
    return len(scored)


def text_columns(
    run: Run, frame: pd.DataFrame, text: str | None = None, text_pair: str | None = None
) -> tuple[str, str | None]:
    """The columns to score: as asked, else those the run was trained on, else the likeliest.

    Raises:
        DatasetError: when a column is not there or nothing looks like text.
    """
    for asked in (text, text_pair):
        if asked and asked not in frame.columns:
            raise DatasetError(f"There is no column {asked!r}.", f"The columns are: {', '.join(frame.columns[:30])}.")
    try:
        trained = get_dataset(run.config.dataset)
    except GraftError:
        trained = None  # the set may have been deleted; the model still works
    if not text and trained and trained.text in frame.columns:
        text = trained.text
    wants_pair = bool(trained and trained.text_pair)
    if wants_pair and not text_pair and trained.text_pair in frame.columns:  # type: ignore[union-attr]
        text_pair = trained.text_pair  # type: ignore[union-attr]
    if not text:
        roles = choose_roles(frame, {})
        text, text_pair = roles.text, text_pair or (roles.text_pair if wants_pair else None)
    if wants_pair and not text_pair:
        raise DatasetError("This run reads pairs of texts and the file has one text column.", "Name the second one.")
    return text, text_pair


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in the format of the path's ending, aside and then in one move.

    Raises:
        DatasetError: when the place cannot be written.
    """
    kind = path.suffix.lower()
    try:
        with workspace.replace_file(path) as aside:
            if kind == ".parquet":
                mixed = [name for name in frame.columns if frame[name].dtype == object]
                frame.assign(**{name: frame[name].map(cell_text) for name in mixed}).to_parquet(aside, index=False)
            elif kind == ".jsonl":
                frame.to_json(aside, orient="records", lines=True, force_ascii=False)
            else:
                frame.to_csv(aside, index=False, sep="\t" if kind == ".tsv" else ",")
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error
