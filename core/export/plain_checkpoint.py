"""A checkpoint answered as others load it: by transformers alone, without the shortcuts that Graft takes when it reads its own."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.evaluation.answers import outputs_of
from core.export.measured import Predict
from core.runs.folder import Run
from core.tasks import task_of
from core.training.encoding import encode
from core.training.scoring import score


def plain_predict(run: Run, folder: Path) -> Predict:
    """What answers texts by the checkpoint in ``folder``, which reads as much of a text as the run does."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config, task = run.config, task_of(str(model.config.problem_type))
    length = min(config.max_length, tokenizer.model_max_length)
    tokenizer.model_max_length = 10**9  # cutting is ours

    def predict(texts: Sequence[str], pairs: Sequence[str] | None) -> np.ndarray:
        encoded = encode(texts, tokenizer, length, pairs, truncation=config.truncation)
        return outputs_of(task, score(model, encoded, "cpu", bf16=False))

    return predict
