import shutil

import numpy as np

from core.data.cleaning.checks.tokenisation import known_shares
from core.data.sets.lengths import dataset_lengths, length_summary


def test_lengths_are_told_in_tokens_with_the_share_that_is_cut(dataset):
    lengths = dataset_lengths(dataset, "minilm")
    summary = length_summary(lengths, 16)
    assert len(lengths) == dataset.rows and summary.longest == lengths.max()
    assert summary.share_cut == np.mean(lengths > 16)


def other_tokenizer(folder):
    """Puts another tokenizer under the same name: it knows letters alone."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = {
        piece: place for place, piece in enumerate(["[UNK]", "[PAD]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz"])
    }
    backend = Tokenizer(models.WordLevel(letters, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made = PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="[UNK]", pad_token="[PAD]")
    for file in folder.glob("vocab*"):
        file.unlink()
    made.save_pretrained(folder)


def test_a_tokenizer_that_changed_under_the_same_name_counts_anew(dataset, tiny_encoder, tmp_path):
    folder = shutil.copytree(tiny_encoder, tmp_path / "source")
    words, known = dataset_lengths(dataset, str(folder)), known_shares(dataset, str(folder))
    assert known["known"].iloc[0] > 0.99
    assert np.array_equal(words, dataset_lengths(dataset, str(shutil.copytree(folder, tmp_path / "copy"))))
    other_tokenizer(folder)
    letters, now_known = dataset_lengths(dataset, str(folder)), known_shares(dataset, str(folder))
    assert letters.mean() > 2 * words.mean() and now_known["known"].iloc[0] < 0.99
