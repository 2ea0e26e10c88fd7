import numpy as np

from core.data.sets.lengths import dataset_lengths, length_summary


def test_lengths_are_told_in_tokens_with_the_share_that_is_cut(dataset):
    lengths = dataset_lengths(dataset, "minilm")
    summary = length_summary(lengths, 16)
    assert len(lengths) == dataset.rows and summary.longest == lengths.max()
    assert summary.share_cut == np.mean(lengths > 16)
