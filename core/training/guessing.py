"""What a masked-language model guesses of texts: one hidden word of each."""

from collections.abc import Sequence

import numpy as np

from core.models.classifier import load_tokenizer
from core.models.masked import MaskedModel, one_word_each
from core.training.batches import collate
from core.training.encoding import encode

ROWS = 32  # that are guessed at once


def guessed_words(
    model: MaskedModel, source: str, revision: str | None, texts: Sequence[str], max_length: int
) -> np.ndarray:
    """Whether the model guesses the hidden word of each text; the same words are hidden each time.

    Args:
        source, revision: whose tokenizer reads the texts.
        max_length: tokens of a text that are read.

    Returns:
        (texts,) bool; a text without any word counts as not guessed.
    """
    import torch

    encoded = encode(texts, load_tokenizer(source, revision), max_length)
    draws = torch.from_numpy(np.random.default_rng(0).random(len(texts)))
    right = np.zeros(len(texts), dtype=bool)
    with torch.inference_mode():
        for start in range(0, len(texts), ROWS):
            rows = np.arange(start, min(start + ROWS, len(texts)))
            batch = collate(encoded, rows, "cpu")
            hidden = one_word_each(batch["input_ids"], model.continued, model.special, draws[start : start + ROWS])
            right[rows] = (
                model.guesses(batch["input_ids"], batch["attention_mask"], hidden) & hidden.any(dim=1)
            ).numpy()
    return right
