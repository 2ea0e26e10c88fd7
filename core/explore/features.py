"""Features of a set's texts for the map and for search by meaning: computed aside, once, and kept on disk."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.array_cache import ArrayCache
from core.data.sets.store import DataSet
from core.explore.background import Background, Progress, Work
from core.explore.nearness import neighbour_plane
from core.explore.rows import SEED

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MOST_ROWS = 2000  # of a larger set, so many are drawn
MAX_LENGTH = 128  # tokens of each text that are read

_background = Background()


def map_key(dataset: DataSet, source: str, frame: pd.DataFrame) -> str:
    """Names the features of these rows of this set by this source."""
    rows = np.ascontiguousarray(frame["row"].to_numpy(dtype=np.int64)).tobytes()
    words = f"explore|{dataset.fingerprint}|{source}|{_stamp(source)}|{MAX_LENGTH}|".encode()
    return hashlib.blake2b(words + rows, digest_size=16).hexdigest()


def ask_features(dataset: DataSet, source: str, frame: pd.DataFrame) -> Work:
    """(rows, width) float32 features of ``frame``, or how far their computation is."""
    texts = frame["text"].tolist()
    pairs = frame["text_pair"].tolist() if "text_pair" in frame else None
    return _ask(
        "features", map_key(dataset, source, frame), lambda progress: read_texts(source, texts, pairs, progress)
    )


def ask_neighbour_plane(key: str, features: np.ndarray) -> Work:
    """(rows, 2) float32 t-SNE positions of the features named ``key``, or that they are being computed."""
    return _ask("features", f"{key}-tsne-{SEED}", lambda progress: neighbour_plane(features, SEED))


def try_again(dataset: DataSet, source: str, frame: pd.DataFrame) -> None:
    """Forget an error, so that the next look computes anew."""
    key = map_key(dataset, source, frame)
    for name in (key, f"{key}-tsne-{SEED}"):
        _background.forget(name)


def read_texts(source: str, texts: list[str], pairs: list[str] | None, progress: Progress) -> np.ndarray:
    """(rows, width) float32: the mean over each text's tokens in the last layer, as sentence encoders are read.

    Raises:
        SourceError: when the source cannot be had.
    """
    from core.models.classifier import position_limit
    from core.training.features import load_encoder, text_features

    encoder = load_encoder(source)
    length = min(MAX_LENGTH, position_limit(encoder.config))
    return text_features(encoder, source, texts, pairs=pairs, max_length=length, all_layers=False, progress=progress)


def read_sentence(encoder: "PreTrainedModel", source: str, sentence: str) -> np.ndarray:
    """(width,) float32 features of one text, by an encoder that is already loaded."""
    from core.models.classifier import position_limit
    from core.training.features import text_features

    length = min(MAX_LENGTH, position_limit(encoder.config))
    return text_features(encoder, source, [sentence], max_length=length, all_layers=False)[0]


def _ask(kind: str, key: str, compute: Callable[[Progress], np.ndarray]) -> Work:
    """From disk, or computed aside and then kept on disk."""
    cache = ArrayCache(kind)  # made here: the thread must not look for the workspace
    cached = cache.get(key)
    if cached is not None:
        array = cached["features"]
        return Work(len(array), len(array), result=np.array(array))

    def computed(progress: Progress) -> np.ndarray:
        array = compute(progress)
        cache.put(key, {"features": array})
        return array

    return _background.ask(key, computed)


def _stamp(source: str) -> str:
    """Changes when the files of a local folder do; a run's model and the built-in one never change."""
    folder = Path(source).expanduser()
    if source.startswith("run:") or not folder.is_dir():
        return ""
    return str(max((path.stat().st_mtime_ns for path in folder.glob("*") if path.is_file()), default=0))
