"""An exported model at work: onnxruntime, tokenizers and numpy, and neither torch nor transformers.

This file is handed on with each export, together with the functions that it takes from Graft: see
``core.export.self_contained``. What reads an export there is therefore what was measured here.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from core.evaluation.answers import decide, outputs_of, written
from core.training.batches import padded, scoring_order
from core.training.truncation import mean_by_owner, pieces

DESCRIBED, WEIGHTS, TOKENS = "graft.json", "model.onnx", "tokenizer.json"


class ExportedModel:
    """A model in a folder of its own, ready to answer texts; calls from several threads are fine.

    Args:
        folder: with model.onnx, tokenizer.json and graft.json.
        threads: of one answer; 0 takes one for each core.
    """

    def __init__(self, folder: Path, threads: int = 0):
        self.described: dict[str, Any] = json.loads((folder / DESCRIBED).read_text(encoding="utf-8"))
        self.labels = tuple(self.described["labels"])
        thresholds = self.described["thresholds"]
        self.thresholds = None if thresholds is None else np.array(thresholds, dtype=np.float64)
        self.task: Any = SimpleNamespace(kind=self.described["kind"])
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENS))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        if self.described["truncation"] == "head":
            self.tokenizer.enable_truncation(self.described["max_length"], direction=self.described["side"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # threads that wait leave the core
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(folder / WEIGHTS), options, providers=["CPUExecutionProvider"])

    def predict(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> np.ndarray:
        """Probabilities (rows, classes) or (rows, labels), or scores (rows,), float64, in the order of ``texts``.

        Args:
            pairs: (rows,) second texts, where the model reads pairs.
        """
        if not len(texts):
            return np.zeros(0) if self.task.kind == "regression" else np.zeros((0, len(self.labels)))
        return outputs_of(self.task, self._logits(texts, pairs))

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """(rows,) what the model says: a class, labels joined with ``|`` by their thresholds, or a score."""
        return written(self.task, decide(self.task, outputs, self.thresholds), self.labels)

    def _logits(self, texts: Sequence[str], pairs: Sequence[str] | None) -> np.ndarray:
        """Raw scores (rows, outputs) float32; of a text that is read in windows their mean."""
        rows = self.tokenizer.encode_batch(list(texts) if pairs is None else list(zip(texts, pairs, strict=True)))
        found, types, owners = self._pieces(rows)
        lengths = np.array([len(piece) for piece in found])
        logits = np.zeros((len(found), len(self.labels)), dtype=np.float32)
        for batch in scoring_order(lengths, 4096):
            fed = {
                "input_ids": self._padded(found, batch, lengths, self.described["pad"]),
                "attention_mask": self._padded([np.ones_like(piece) for piece in found], batch, lengths, 0),
                "token_type_ids": self._padded(types, batch, lengths, 0),
            }
            logits[batch] = self.session.run(None, {name: fed[name] for name in self.described["inputs"]})[0]
        return mean_by_owner(logits, owners)

    def _pieces(self, rows: Sequence[Any]) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray | None]:
        """Token numbers and segment numbers of whatever is read, and which text each piece is of (None: its own)."""
        length, truncation = self.described["max_length"], self.described["truncation"]
        ids = [np.array(row.ids, dtype=np.int64) for row in rows]
        if truncation == "head":
            return ids, [np.array(row.type_ids, dtype=np.int64) for row in rows], None
        cut = [pieces(row, length, truncation, *self.described["special"]) for row in ids]
        found = [piece for parts in cut for piece in parts]
        owners = np.repeat(np.arange(len(cut)), [len(parts) for parts in cut])
        return found, [np.zeros_like(piece) for piece in found], owners

    def _padded(self, values: list[np.ndarray], batch: np.ndarray, lengths: np.ndarray, fill: int) -> np.ndarray:
        return padded(np.concatenate([values[row] for row in batch]), lengths[batch], fill)
