"""Baselines of a run, computed once for the same rows and kept."""

import hashlib
import io
import time
from typing import Any

import numpy as np
import pandas as pd

from core import workspace
from core.data.store import DataSet
from core.evaluation.baselines import SENTENCES, Baseline, majority, tfidf


def cached_baselines(
    dataset: DataSet, train: pd.DataFrame, judged: pd.DataFrame, seed: int
) -> list[tuple[Baseline, float]]:
    """Majority class and TF-IDF, learnt on the rows the run learnt from and judged on the rows it is judged by.

    Returns:
        each baseline with the seconds it took when it was first computed.
    """
    key = _key(dataset, train, judged, seed)
    path = workspace.folder("cache", "baselines") / f"{key}.npz"
    if path.exists():
        with np.load(path) as kept:
            return [
                (Baseline(name, *SENTENCES[name], kept[name]), float(kept[f"{name}_seconds"])) for name in SENTENCES
            ]
    numbers = {label: index for index, label in enumerate(dataset.labels)}
    labels = train["label"].map(numbers).to_numpy(dtype=np.int64)
    classes = len(dataset.labels)
    found: list[tuple[Baseline, float]] = []
    arrays: dict[str, Any] = {}
    for name in SENTENCES:
        began = time.perf_counter()
        baseline = (
            majority(labels, len(judged), classes)
            if name == "majority"
            else tfidf(_texts(train), labels, _texts(judged), classes, seed)
        )
        seconds = time.perf_counter() - began
        found.append((baseline, seconds))
        arrays |= {name: baseline.probabilities, f"{name}_seconds": np.array(seconds)}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    workspace.write_bytes(path, content.getvalue())
    return found


def _texts(frame: pd.DataFrame) -> list[str]:
    if "text_pair" in frame:
        return (frame["text"] + " \n " + frame["text_pair"]).tolist()
    return frame["text"].tolist()


def _key(dataset: DataSet, train: pd.DataFrame, judged: pd.DataFrame, seed: int) -> str:
    parts: list[Any] = [dataset.fingerprint.encode(), str(seed).encode()]
    parts += [frame["row"].to_numpy(dtype=np.int64).tobytes() for frame in (train, judged)]
    return hashlib.sha256(b"|".join(parts)).hexdigest()[:24]
