"""8, 16 and 64 labels a class: few-shot training beside full fine-tuning and the linear probe, on the same rows.

    python -m benchmarks.few_shot [--sets customer_reviews emotion] [--labels 8 16 64] [--seeds 3] [--out FILE]

As many validation rows as training rows, drawn anew with each seed; nothing else is looked at to choose by. The test
rows are the same for all. The data come from GRAFT_TEST_DATA. With --out the results are kept line by line, and what
stands there already is not run again.
"""

import argparse
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import pandas as pd

from core.config import RunConfig
from core.evaluation.scores import validate
from core.models.classifier import Classifier, load_classifier
from core.strategies.registry import STRATEGIES
from core.training.devices import default_device
from core.training.encoding import encode
from core.training.job import LabelledRows, TrainingJob
from core.training.scoring import score
from core.training.teachers import TEACHERS

DATA = Path(os.environ.get("GRAFT_TEST_DATA") or Path(__file__).resolve().parent.parent.parent / "shared" / "data")
COMPARED = ("linear_probe", "full", "few_shot")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=["customer_reviews", "emotion"])
    parser.add_argument("--labels", nargs="+", type=int, default=[8, 16, 64])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--test-size", type=int, default=1000)
    parser.add_argument("--max-length", type=int, default=64)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found = (
        [json.loads(line) for line in asked.out.read_text().splitlines()] if asked.out and asked.out.exists() else []
    )
    known = {(each["set"], each["labels"], each["seed"], each["strategy"]) for each in found}
    for seed in range(asked.seeds):
        for name in asked.sets:
            for labels in asked.labels:
                for strategy in COMPARED:
                    if (name, labels, seed, strategy) in known:
                        continue
                    result = once(name, labels, seed, strategy, asked.test_size, asked.max_length)
                    found.append(result)
                    print(json.dumps(result), flush=True)
                    if asked.out:
                        with asked.out.open("a") as file:
                            file.write(json.dumps(result) + "\n")
    report(found)


def once(name: str, labels: int, seed: int, strategy: str, test_size: int, max_length: int) -> dict[str, Any]:
    """Accuracy on the test rows, and the seconds of the whole training."""
    import torch

    frame = pd.read_parquet(DATA / f"{name}.parquet")
    if "split" not in frame:
        frame["split"] = np.where(frame.index % 3 == 0, "test", "train")
    frame["label"] = frame["label"].astype(str)
    classes = sorted(frame["label"].unique())
    pool, test = frame[frame["split"] == "train"], frame[frame["split"] == "test"]
    test = test.sample(min(test_size, len(test)), random_state=0)
    training = pool.groupby("label").sample(labels, random_state=seed)
    validation = pool.drop(training.index).groupby("label").sample(labels, random_state=seed)
    config = RunConfig(name, strategy=strategy, seed=seed, max_length=max_length)
    classifier = load_classifier("minilm", classes, seed=seed, prefer_mean=True)
    device = default_device()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or torch.get_num_threads()))
    parts = [rows_of(part, classifier, max_length) for part in (training, validation, test)]
    began = time.perf_counter()
    judge = partial(validate, classifier.model.config, best_by=config.best_by)
    job = TrainingJob(config, classifier.model, *parts[:2], judge, device.name, device.bf16)
    for _ in TEACHERS[STRATEGIES[strategy].teacher.name](job):
        pass
    seconds = time.perf_counter() - began
    logits = score(classifier.model, parts[2].encoded, device.name, device.bf16)
    right = float(np.mean(logits.argmax(axis=1) == parts[2].labels))
    return {
        "set": name, "labels": labels, "seed": seed, "strategy": strategy, "accuracy": right, "seconds": seconds,
        "test_rows": len(test),
    }  # fmt: skip


def rows_of(frame: pd.DataFrame, classifier: Classifier, max_length: int) -> LabelledRows:
    numbers = {label: index for index, label in enumerate(classifier.labels)}
    encoded = encode(frame["text"].tolist(), classifier.tokenizer, max_length)
    return LabelledRows(encoded, frame["label"].map(numbers).to_numpy(dtype=np.int64))


def report(found: list[dict[str, Any]]) -> None:
    table = pd.DataFrame(found)
    print("\n| set | labels a class | " + " | ".join(COMPARED) + " |")
    print("|---|---|" + "---|" * len(COMPARED))
    for (name, labels), part in table.groupby(["set", "labels"], sort=True):
        cells = []
        for strategy in COMPARED:
            values = 100 * part.loc[part["strategy"] == strategy, "accuracy"]
            seconds = part.loc[part["strategy"] == strategy, "seconds"].mean()
            cells.append(f"{values.mean():.1f} % ({values.min():.1f} to {values.max():.1f}; {seconds:.0f} s)")
        print(f"| {name} | {labels} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
