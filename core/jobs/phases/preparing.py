"""The second phase of a run: its source is loaded and its texts become tokens."""

from dataclasses import dataclass

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.data.sets.store import DataSet
from core.jobs.phases.choosing import Chosen
from core.jobs.recorder import RunRecorder
from core.models.classifier import Classifier, load_classifier
from core.models.reach import bring_source
from core.models.sources import brought
from core.strategies.registry import STRATEGIES
from core.tasks import SCALE, Task, encode_targets, scale_of
from core.training.encoding import encode_once
from core.training.job import LabelledRows
from core.training.recipe import work_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can be trained now.

    Attributes:
        encoded: train, validation and test -> tokens and targets; each window of a long training text is a row.
        max_length: in tokens; what was asked for, or less where the source reads less.
    """

    classifier: Classifier
    encoded: dict[str, LabelledRows]
    max_length: int


def load_source(config: RunConfig, dataset: DataSet, task: Task) -> Classifier:
    """The run's source with a fresh head: always the same weights for the same config."""
    strategy = STRATEGIES[config.strategy]
    return load_classifier(
        config.model, dataset.labels, seed=config.seed, revision=config.revision,
        scratch=strategy.from_scratch, pooling=config.pooling,
        problem_type=task.problem_type, prefer_mean=strategy.prefers_mean,
    )  # fmt: skip


def prepare(chosen: Chosen, recorder: RunRecorder) -> Prepared:
    """Load the source and encode the chosen rows; tokens of earlier runs on the same texts are taken from the cache."""
    phase = "unpacking" if brought(chosen.config.model.rpartition("@")[2]) == "unpacked" else "downloading"
    bring_source(chosen.config.model, chosen.config.revision, lambda done, total: recorder.progress(phase, done, total))
    classifier, asked = load_source(chosen.config, chosen.dataset, chosen.task), chosen.config.max_length
    max_length = min(asked, classifier.max_length)
    if max_length < asked:
        recorder.warn(f"This source reads at most {max_length} tokens; the max length of {asked} was lowered.")
    encoded = encode_rows(chosen, classifier, max_length, recorder)
    rows = {name: len(part) for name, part in chosen.parts.items()}
    recorder.estimate.plan(
        chosen.config.strategy, work_of(chosen.config, rows["train"])[1] / rows["train"],
        {name: part.encoded.tokens for name, part in encoded.items()}, rows["train"] + rows["test"],
    )  # fmt: skip
    return Prepared(classifier, encoded, max_length)


def encode_rows(
    chosen: Chosen, classifier: Classifier, max_length: int, recorder: RunRecorder
) -> dict[str, LabelledRows]:
    """The rows of each part as tokens with their targets; each window of a long training text is a row. Of scores the model is told the
    scale."""
    encoded = {}
    for name, part in chosen.parts.items():
        pairs = part["text_pair"].tolist() if "text_pair" in part else None
        texts = encode_once(
            part["text"].tolist(), classifier.tokenizer, max_length, pairs, cache=ArrayCache("tokens"),
            progress=lambda done, total: recorder.progress("preparing", done, total), truncation=chosen.config.truncation,
        )  # fmt: skip
        encoded[name] = LabelledRows(texts, encode_targets(chosen.task, part["label"].tolist(), classifier.labels))
    encoded["train"] = encoded["train"].by_window()
    if chosen.task.kind == "regression":
        setattr(classifier.model.config, SCALE, scale_of(encoded["train"].labels))
    return encoded
