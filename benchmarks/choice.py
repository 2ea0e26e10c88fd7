"""The measured table behind the rule of *Balanced*: sets x labels a class x ways to transfer, with hindsight's best.

    python -m benchmarks.choice --out cells.jsonl [--time 40m] [--draws 2] [--labels 8 32 128]
    python -m benchmarks.choice --out cells.jsonl --report

Texts are cut at 64 tokens and judged on the same 500 test rows for all; as many validation rows as training rows, at most
300. Cells go from cheap to dear and the first draw first, so that an early end leaves a table without holes in its cheap
part; what stands in the file is not run again. Cost is processor time of the training. The data come from GRAFT_TEST_DATA.
"""

import argparse
import json
import os
import time
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from benchmarks.few_shot import DATA, rows_of
from core.array_cache import ArrayCache
from core.config import RunConfig
from core.evaluation.baselines import tfidf
from core.evaluation.scores import validate
from core.models.adapters import attach, detach
from core.models.classifier import load_classifier
from core.strategies.registry import STRATEGIES
from core.training.devices import default_device
from core.training.encoding import encode
from core.training.events import Evaluated, Started
from core.training.job import TrainingJob
from core.training.scoring import score
from core.training.teachers import TEACHERS

SETS = (
    "emotion", "ag_news", "customer_reviews", "airline_tweets",
    "reuters_r8", "sms_spam", "twenty_newsgroups", "chnsenticorp_hotel",
)  # fmt: skip
WAYS: dict[str, tuple[str, int | None]] = {
    "tfidf": ("tfidf", None),
    "linear_probe": ("linear_probe", None),
    "full-6": ("full", 6),
    "lp_ft": ("lp_ft", None),
    "full": ("full", None),
    "lora": ("lora", None),
    "few_shot": ("few_shot", None),
}  # by what they cost; None: as many epochs as the product gives
MAX_LENGTH, TEST_ROWS, VALIDATION_ROWS = 64, 500, 300
UNEVEN = 3.0  # from here on the headline is macro-F1: the largest class has so many times the rows of the smallest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--time", default="40m", help="such as 40m or 90s")
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--labels", type=int, nargs="+", default=[8, 32, 128])
    parser.add_argument("--report", action="store_true", help="only show what was measured")
    asked = parser.parse_args()
    found = [json.loads(line) for line in asked.out.read_text().splitlines()] if asked.out.exists() else []
    if not asked.report:
        known = {(each["set"], each["labels"], each["draw"], each["way"]) for each in found}
        until = time.monotonic() + float(asked.time[:-1]) * {"s": 1, "m": 60, "h": 3600}[asked.time[-1]]
        for cell in design(asked.draws, asked.labels):
            if time.monotonic() > until:
                break
            if cell not in known:
                found.append(once(*cell))
                with asked.out.open("a") as file:
                    file.write(json.dumps(found[-1]) + "\n")
    report(found)


def design(draws: int, labels: list[int]) -> list[tuple[str, int, int, str]]:
    """Cells (set, labels a class, draw, way), the cheap ones of the first draw first."""
    rank = {way: 1 if way in ("tfidf", "linear_probe") else 8 for way in WAYS}
    cells = [(name, count, draw, way) for draw in range(draws) for count in labels for way in WAYS for name in SETS]
    return sorted(cells, key=lambda cell: (cell[2], rank[cell[3]] * cell[1], list(WAYS).index(cell[3])))


@cache
def drawn(name: str, labels: int, draw: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, bool]:
    """Training, validation and test rows, and whether the classes are uneven in the whole set."""
    frame = pd.read_parquet(DATA / f"{name}.parquet").reset_index(drop=True)
    if "split" not in frame:
        frame["split"] = np.where(frame.index % 3 == 0, "test", "train")
    frame["label"] = frame["label"].astype(str)
    pool, test = frame[frame["split"] == "train"].sample(frac=1, random_state=draw), frame[frame["split"] == "test"]
    training = pool.groupby("label").head(labels)
    validation = pool.drop(training.index).groupby("label").head(labels)
    validation = validation.sample(min(VALIDATION_ROWS, len(validation)), random_state=draw)
    counts = frame["label"].value_counts()
    uneven = bool(counts.max() > UNEVEN * counts.min())
    return training, validation, test.sample(min(TEST_ROWS, len(test)), random_state=0), uneven


def once(name: str, labels: int, draw: int, way: str) -> dict[str, Any]:
    """One cell: the score on the test rows in per cent, and processor seconds of the training."""
    training, validation, test, uneven = drawn(name, labels, draw)
    classes = sorted(training["label"].unique())
    answered = _tfidf if way == "tfidf" else _trained
    predicted, seconds, last = answered(training, validation, test, classes, draw, *WAYS[way])
    truth = test["label"].to_numpy()

    def judged(answers: np.ndarray) -> float:
        share = f1_score(truth, answers, average="macro") if uneven else np.mean(answers == truth)
        return round(100 * float(share), 2)

    return {
        "set": name, "classes": len(classes), "labels": labels, "draw": draw, "way": way, "score": judged(predicted),
        "last": None if last is None else judged(last), "cpu_seconds": round(seconds, 2), "rows": len(training),
        "validation_rows": len(validation), "metric": "macro_f1" if uneven else "accuracy",
    }  # fmt: skip


def _tfidf(
    training: pd.DataFrame, validation: pd.DataFrame, test: pd.DataFrame, classes: list[str], draw: int, *_: Any
) -> tuple[np.ndarray, float, None]:
    numbers = training["label"].map({label: index for index, label in enumerate(classes)}).to_numpy(dtype=np.int64)
    began = time.process_time()
    made = tfidf(training["text"].tolist(), numbers, test["text"].tolist(), len(classes), draw)
    return np.array(classes)[made.outputs.argmax(axis=1)], time.process_time() - began, None


def _trained(
    training: pd.DataFrame, validation: pd.DataFrame, test: pd.DataFrame, classes: list[str], draw: int,
    strategy: str, epochs: int | None,
) -> tuple[np.ndarray, float, np.ndarray | None]:  # fmt: skip
    """Answers, processor seconds, and the answers of the weights after the last epoch where epochs were trained."""
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or torch.get_num_threads()))
    known = STRATEGIES[strategy]
    config = RunConfig("x", strategy=strategy, epochs=epochs, seed=draw, max_length=MAX_LENGTH)
    classifier, device = load_classifier("minilm", classes, seed=draw, prefer_mean=known.prefers_mean), default_device()
    parts = [rows_of(part, classifier, MAX_LENGTH) for part in (training, validation)]
    encoded = encode(test["text"].tolist(), classifier.tokenizer, MAX_LENGTH)
    model, last, seconds = classifier.model, None, 0.0
    judge = partial(validate, model.config, best_by=config.best_by)
    job = TrainingJob(config, model, *parts, judge, device.name, device.bf16, cache=ArrayCache("features"))
    attach(model, config)
    began = time.process_time()
    total = -1
    for event in TEACHERS[known.teacher.name](job):
        if isinstance(event, Started):
            total = event.total_steps
        if isinstance(event, Evaluated) and event.step == total and strategy == "full":
            seconds += time.process_time() - began
            last = _answers(model, encoded, device, classes)
            began = time.process_time()
    seconds += time.process_time() - began
    if known.adapter:
        detach(model)
    return _answers(model, encoded, device, classes), seconds, last


def _answers(model: Any, encoded: Any, device: Any, classes: list[str]) -> np.ndarray:
    return np.array(classes)[score(model, encoded, device.name, device.bf16).argmax(axis=1)]


def report(found: list[dict[str, Any]]) -> None:
    """Scores by labels and way, and how often the last weights beat those that validation chose."""
    if not found:
        return
    table = pd.DataFrame(found)
    shown = table.pivot_table(index=["labels", "set", "classes"], columns="way", values="score").round(1)
    print(shown[[way for way in WAYS if way in shown]].to_string())
    print("\nprocessor seconds, mean")
    print(table.pivot_table(index="labels", columns="way", values="cpu_seconds").round(1).to_string())
    both = table.dropna(subset=["last"])
    if len(both):
        print("\nlast weights less chosen weights, points:")
        print((both["last"] - both["score"]).groupby([both["labels"], both["way"]]).agg(["mean", "count"]).round(2))


if __name__ == "__main__":
    main()
