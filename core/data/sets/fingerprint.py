"""Fingerprints: what makes two stored sets the same, computed while the rows pass by."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


class Fingerprint:
    """SHA-256 over columns, whatever the batches in which they come: of each column its bytes and its lengths."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[Any, Any]] = {}

    def update(self, name: str, column: pa.Array | pa.ChunkedArray) -> None:
        """Add the next values of a column: strings without missing ones, or whole numbers."""
        content, lengths = self._columns.setdefault(name, (hashlib.sha256(), hashlib.sha256()))
        for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            if not len(chunk):
                continue
            if not pa.types.is_string(chunk.type):
                content.update(np.ascontiguousarray(chunk.to_numpy(zero_copy_only=False), dtype=np.int64))
                continue
            _, buffer, data = chunk.buffers()
            offsets = np.frombuffer(buffer, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            if data is not None:
                content.update(memoryview(data)[offsets[0] : offsets[-1]])
            lengths.update(np.diff(offsets).astype(np.int32))

    def value(self, order: list[str], task: str = "") -> str:
        """The fingerprint of the columns in this order; the same answers, read as classes or as a score, are two sets."""
        whole = hashlib.sha256(task.encode() if task in ("multi_label", "regression") else b"")
        for name in order:
            content, lengths = self._columns[name]
            whole.update(f"\x1d{name}\x1d".encode() + content.digest() + lengths.digest())
        return whole.hexdigest()


def fingerprint_of(frame: pd.DataFrame, task: str = "") -> str:
    """The fingerprint of the rows of a set, as ``DataSet.frame`` gives them."""
    fingerprint = Fingerprint()
    for name in frame.columns:
        if name == "row":
            fingerprint.update(name, pa.array(frame[name].to_numpy(dtype=np.int64)))
        else:
            strings = [str(cell).encode("utf-8", "replace").decode() for cell in frame[name]]
            fingerprint.update(name, pc.cast(pa.chunked_array([pa.array(strings, pa.string())]), pa.string()))
    return fingerprint.value(list(frame.columns), task)
