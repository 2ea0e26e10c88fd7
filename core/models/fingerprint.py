"""What a model and a tokenizer are, as short names that change whenever they do."""

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

NAMES_ONLY = frozenset(
    {"_name_or_path", "id2label", "label2id", "num_labels", "problem_type", "architectures", "transformers_version",
     "dtype", "torch_dtype", "graft_scale", "graft_thresholds"}
)  # fmt: skip


def weights_fingerprint(tensors: "Iterable[tuple[str, torch.Tensor]]") -> str:
    """Name of some weights by their names and bytes; about a second for a gigabyte."""
    import torch

    digest = hashlib.blake2b(digest_size=16)
    for name, tensor in tensors:
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def architecture_fingerprint(config: "PretrainedConfig") -> str:
    """Name of all that a config says of how an encoder computes: kind, sizes, activation, pooling, epsilon ...

    What only names things (labels, files, versions) or belongs to another step (number format, thresholds) is left out.
    """
    settings = {key: value for key, value in config.to_dict().items() if key not in NAMES_ONLY}
    content = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def tokenizer_fingerprint(tokenizer: "PreTrainedTokenizerBase") -> str:
    """Name of a tokenizer by all that decides its tokens; how long a text it was last told to cut is no part of that."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        content = repr(sorted(tokenizer.get_vocab().items()))
    else:
        parts = json.loads(backend.to_str())
        content = json.dumps({name: part for name, part in parts.items() if name not in ("truncation", "padding")})
    return hashlib.blake2b(f"{type(tokenizer).__name__}{content}".encode(), digest_size=16).hexdigest()
