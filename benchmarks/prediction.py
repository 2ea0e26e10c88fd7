"""Scoring many texts with one saved model: Graft's Predictor, or the pipeline of transformers; run as a child.

    python -m benchmarks.prediction graft|pipeline RUN TEXTS.json

Seconds are from texts to probabilities, tokenising included, loading the model not.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.workloads import BATCH

WARM = 64  # texts that are scored before the clock starts; they are not among those that count


def main() -> None:
    """Score the texts; the last line on stdout is the JSON."""
    who, run, texts = sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    print(json.dumps((graft if who == "graft" else pipeline)(run, texts)))


def graft(run_id: str, texts: list[str]) -> dict[str, Any]:
    from core.results.predictor import Predictor
    from core.runs.folder import get_run

    predictor = Predictor.load(get_run(run_id))
    predictor.predict(texts[:WARM])
    began = time.perf_counter()
    probabilities = predictor.predict(texts[WARM:])
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "labels": [predictor.labels[index] for index in probabilities.argmax(axis=1)]}


def pipeline(run_id: str, texts: list[str]) -> dict[str, Any]:
    from transformers import pipeline
    from transformers.utils import logging

    from core.runs.folder import get_run

    logging.set_verbosity_error()
    run = get_run(run_id)
    classify = pipeline("text-classification", model=str(run.model), batch_size=BATCH)
    length = {"truncation": True, "max_length": run.config.max_length}
    classify(texts[:WARM], **length)
    began = time.perf_counter()
    found = classify(texts[WARM:], **length)
    return {"seconds": time.perf_counter() - began, "labels": [each["label"] for each in found]}


if __name__ == "__main__":
    main()
