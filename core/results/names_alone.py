"""The baseline without labels beside a run: its own source, before any training, reads texts and names of classes."""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from core import workspace
from core.config import RunConfig
from core.data.sets.store import DataSet
from core.evaluation.baselines import Baseline
from core.evaluation.by_names import FRAME, names_baseline, nearest, sentences_to_read, unreadable
from core.models.classifier import position_limit
from core.models.fingerprint import weights_fingerprint
from core.tasks import task_of
from core.training.features import load_encoder, text_features

CENTRE = 128  # training texts whose mean is taken off; more of them hardly move it


def why_not(dataset: DataSet, descriptions: Mapping[str, str]) -> str:
    """Why nothing can be told from the names of these classes, in a sentence; empty where it can."""
    if task_of(dataset.task).kind != "single_label" or dataset.text_pair is not None:
        return "Names of classes alone answer only where each row has one text and one class."
    return unreadable(dataset.labels, descriptions)


def names_alone(
    dataset: DataSet, config: RunConfig, train: pd.DataFrame, judged: pd.DataFrame, descriptions: Mapping[str, str]
) -> tuple[Baseline, float]:
    """What the run's source says of the judged rows before it has seen a label, and the seconds it took when first computed.

    Args:
        train: rows whose texts, at most ``CENTRE`` of them and never their labels, show what all texts have in common.
        judged: the rows that the run is judged by.
        descriptions: class -> what describes it, for those that have a description.

    Raises:
        SourceError: when the source cannot be had.
    """
    encoder = load_encoder(config.model, config.revision)
    length = min(config.max_length, position_limit(encoder.config))
    centre = train.iloc[:: max(1, -(-len(train) // CENTRE))]
    by_name, by_description = sentences_to_read(dataset.labels, descriptions)

    def compute() -> tuple[np.ndarray, float]:
        began = time.perf_counter()
        texts = [*judged["text"], *centre["text"], *by_name, *by_description]
        vectors = text_features(
            encoder, config.model, texts, max_length=length, all_layers=False, revision=config.revision
        )
        ends = np.cumsum([len(judged), len(centre), len(by_name)])
        return nearest(*np.split(vectors, ends)), time.perf_counter() - began

    weights = weights_fingerprint(encoder.named_parameters())
    words = [FRAME, weights, str(length), dataset.fingerprint, *by_name, *by_description]
    rows = [part["row"].to_numpy(dtype=np.int64).tobytes() for part in (judged, centre)]
    key = hashlib.sha256(b"|".join([*(word.encode() for word in words), *rows])).hexdigest()[:24]
    outputs, seconds = workspace.kept(
        workspace.home() / "cache" / "baselines" / f"names-{key}.npz",
        lambda path: _read(path, (len(judged), len(dataset.labels))), compute,
        lambda path, found: np.savez_compressed(path, outputs=found[0], seconds=found[1]),
    )  # fmt: skip
    described = sum(bool(descriptions.get(label, "").strip()) for label in dataset.labels)
    return names_baseline(outputs, described), seconds


def _read(path: Path, shape: tuple[int, int]) -> tuple[np.ndarray, float]:
    with path.open("rb") as file, np.load(file) as arrays:
        outputs = arrays["outputs"]
        if outputs.shape != shape or not np.isfinite(outputs).all():
            raise ValueError("it is not of these rows")
        return outputs, float(arrays["seconds"])
