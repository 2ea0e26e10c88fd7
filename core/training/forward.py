"""One forward pass over some rows: padded, or as one flat row where the device and the model allow it."""

from typing import TYPE_CHECKING

import numpy as np

from core.models.flat import first_position, flat_logits, runs_flat
from core.training.batches import collate, collate_flat
from core.training.encoding import Encoded

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


def logits_of(
    model: "PreTrainedModel", encoded: Encoded, rows: np.ndarray, device: str, padded: bool = False
) -> "torch.Tensor":
    """Raw scores (rows, classes) on ``device``, in the precision that autocast is set to.

    Args:
        padded: pad in any case, as a trunk that feeds padded vectors needs it.
    """
    if not padded and runs_flat(model, device):
        return flat_logits(model, collate_flat(encoded, rows, device, first_position(model.config)))
    return model(**collate(encoded, rows, device)).logits
