"""Lengths of a set's texts, counted once a tokenizer."""

import numpy as np
import streamlit as st

from core.data.sets.lengths import dataset_lengths
from core.data.sets.store import get_dataset
from core.models.sources import tokenizer_stamp


def lengths_of(dataset_id: str, model: str) -> np.ndarray:
    """Token lengths of a set's texts as a source reads them, (sampled rows,) int32.

    Raises:
        SourceError: when the tokenizer cannot be had.
    """
    return _counted(dataset_id, model, tokenizer_stamp(model))


@st.cache_data(max_entries=24, show_spinner="Counting tokens …")
def _counted(dataset_id: str, model: str, stamp: str | None) -> np.ndarray:
    return dataset_lengths(get_dataset(dataset_id), model)
