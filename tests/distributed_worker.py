"""What each process of tests/training/test_distributed.py does: train a tiny model; the first one saves what came out."""

import sys
from pathlib import Path

import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification

from core.config import RunConfig
from core.training import distributed
from core.training.encoding import Encoded
from core.training.events import Evaluated
from core.training.job import LabelledRows
from core.training.loop import train
from tests.training.jobs import job_of


def rows(count: int, seed: int) -> LabelledRows:
    """Texts of 4 to 12 random tokens; one token decides the class."""
    random = np.random.default_rng(seed)
    lengths = random.integers(4, 13, count)
    ids = random.integers(5, 30, lengths.sum()).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    labels = random.integers(0, 2, count)
    ids[offsets[:-1]] = 3 + labels
    return LabelledRows(Encoded(ids, None, offsets, 0, 0), labels.astype(np.int64))


def main(out: Path) -> list[float]:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = RunConfig("x", epochs=2, batch_size=8, learning_rate=3e-3, dropout="none")
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=30, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
            max_position_embeddings=16, num_labels=2,
        )
    )  # fmt: skip
    with distributed.joined("cpu"):
        # 41 rows: the last batch has one row, so that one process has none of its own
        events = list(train(job_of(config, model, rows(41, 0), rows(20, 1))))
    if distributed.rank() == 0:
        torch.save(model.state_dict(), out)
    return [event.scores["loss"] for event in events if isinstance(event, Evaluated)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
