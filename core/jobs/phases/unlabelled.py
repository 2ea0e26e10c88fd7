"""Texts that a run may use without their labels: of its own set or of another, and never one that measures it."""

import numpy as np
import pandas as pd

from core.config import ADAPT_OWN, RunConfig
from core.data.sets.apart import keys_of, measuring_keys
from core.data.sets.store import get_dataset
from core.errors import DatasetError
from core.training.recipe import MOST_TEXTS


def unlabelled_texts(config: RunConfig, named: str) -> list[str]:
    """All training texts of a set, of a set without labels every text; first and second texts of pairs one by one.

    Labels are not looked at, and texts that judge the run, or choose its checkpoint, are left out wherever they stand.

    Args:
        named: "own", or the id of another set.

    Raises:
        DatasetError: when the set is gone, or nothing is left of it.
    """
    frame = candidates(config, named)
    found = _texts(frame)
    measures = np.isin(keys_of(found), measuring_keys(get_dataset(config.dataset)))
    texts = [text for text, leaves in zip(found, measures, strict=True) if not leaves]
    if len(texts) < 2:
        raise DatasetError(
            f"The set {get_dataset(_id(config, named)).name!r} has {len(texts)} texts that could be read without labels"
            + (f"; {len(found) - len(texts):,} of it measure this run." if len(found) > len(texts) else "."),
            "Name another set, or none.",
        )
    if len(texts) <= MOST_TEXTS:
        return texts
    return [texts[number] for number in np.sort(np.random.default_rng(0).permutation(len(texts))[:MOST_TEXTS])]


def candidates(config: RunConfig, named: str) -> pd.DataFrame:
    """The training rows of a set, or every row of one without labels."""
    dataset = get_dataset(_id(config, named))
    return dataset.part("train") if dataset.size("train") and dataset.task != "unlabelled" else dataset.frame()


def _id(config: RunConfig, named: str) -> str:
    return config.dataset if named == ADAPT_OWN else named


def _texts(frame: pd.DataFrame) -> list[str]:
    texts: list[str] = frame["text"].tolist() + (frame["text_pair"].tolist() if "text_pair" in frame else [])
    return texts
