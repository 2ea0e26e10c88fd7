"""What a model and a tokenizer are, as short names that change whenever they do."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

NAMES_ONLY = frozenset(
    {"_name_or_path", "id2label", "label2id", "num_labels", "problem_type", "architectures", "transformers_version",
     "dtype", "torch_dtype", "graft_scale", "graft_thresholds"}
)  # fmt: skip
TOKENIZER_FILES = frozenset({".json", ".txt", ".model"})  # weights are in none of them


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


def folder_fingerprint(folder: Path) -> str:
    """Name of a source's tokenizer by the content of the small files beside its weights; they need not be loaded for it."""
    files = sorted(file for file in folder.iterdir() if file.suffix in TOKENIZER_FILES and file.is_file())
    content = "|".join(f"{file.name}={file_digest(file)}" for file in files)
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def file_digest(file: Path) -> str:
    """Names the content of a file; a file that did not change since is not read again."""
    stat = file.stat()
    return _digest_of(str(file.resolve()), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=128)
def _digest_of(file: str, changed: int, size: int) -> str:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:20]
