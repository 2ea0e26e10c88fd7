"""Features of texts from a frozen encoder."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.models.classifier import load_tokenizer
from core.models.errors import explained
from core.models.pooling import without_averaging
from core.models.sources import locate_here
from core.training.batches import collate, scoring_order
from core.training.devices import default_device
from core.training.encoding import encode
from core.training.fetching import Fetched
from core.training.scoring import autocast, token_budget

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Progress = Callable[[int, int], None]


def load_encoder(source: str, revision: str | None = None) -> "PreTrainedModel":
    """The encoder of a source without any head, in float32 and evaluation mode.

    Raises:
        SourceError: when the source cannot be had.
    """
    import torch
    from transformers import AutoModel

    where, extra = locate_here(source, revision)
    with explained(source):
        return without_averaging(AutoModel.from_pretrained(where, dtype=torch.float32, **extra)).eval()


def text_features(
    encoder: "PreTrainedModel",
    source: str,
    texts: Sequence[str],
    *,
    pairs: Sequence[str] | None = None,
    max_length: int = 128,
    all_layers: bool = True,
    revision: str | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """(rows, width) float32: the mean over a text's tokens, of all layers together or of the last one alone.

    The mean of all layers predicts fine-tuned accuracy far better than the last (Garbas et al., 2024).
    """
    import torch

    device = default_device()
    encoder.to(device.name)  # type: ignore[arg-type]
    encoded = encode(texts, load_tokenizer(source, revision), max_length, pairs)
    features = np.zeros((encoded.rows, 1), dtype=np.float32)
    fetched = Fetched(features, device.name)
    done = 0
    for rows in scoring_order(encoded.lengths, *token_budget(device.name)):
        batch = collate(encoded, rows, device.name)
        with torch.inference_mode(), autocast(device.name, device.bf16, device.fp16):
            out = encoder(**batch, output_hidden_states=True)
        states = torch.stack(out.hidden_states).float().mean(0) if all_layers else out.last_hidden_state.float()
        mask = batch["attention_mask"].unsqueeze(-1)
        pooled = (states * mask).sum(1) / mask.sum(1)  # (rows, width)
        if not done:
            features = np.zeros((encoded.rows, pooled.shape[1]), dtype=np.float32)
            fetched = Fetched(features, device.name)
        fetched.put(rows, pooled)
        done += len(rows)
        if progress:
            progress(done, encoded.rows)
    fetched.fetch()
    return features
