"""IMDB, 2,000 training reviews, 2 epochs: Graft beside `transformers.Trainer` with the same settings on the same rows.

    python -m benchmarks.imdb_trainer [--rounds 1] [--train-size 2000] [--test-size 2000]

Each contender is a process of its own, one after the other; Graft goes through its real command line. Seconds are of
the training phase alone, as both report it, validation not counted. The data come from GRAFT_TEST_DATA.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")
SETTINGS = {"epochs": 2, "learning_rate": 1e-4, "batch_size": 16, "max_length": 256, "seed": 42}


def main() -> None:
    """Run every contender and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--train-size", type=int, default=2000)
    parser.add_argument("--test-size", type=int, default=2000)
    parser.add_argument("--peers", nargs="*", default=["trainer", "trainer-grouped"], help="whom to run beside Graft")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        print(json.dumps(trainer(arguments.run, grouped=arguments.peer == "trainer-grouped")))
        return
    if not (DATA / "imdb.parquet").exists():
        sys.exit(f"There is no imdb.parquet in {DATA}; set GRAFT_TEST_DATA to the folder that holds it.")
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["GRAFT_HOME"] = home
        dataset = call("-m", "core", "data", "add", str(DATA / "imdb.parquet"), "--json")["dataset"]
        for _ in range(arguments.rounds):
            run = graft(dataset, arguments.train_size, arguments.test_size)
            rows.append(run | {"who": "Graft"})
            for peer in arguments.peers:
                rows.append(call("-m", "benchmarks.imdb_trainer", "--peer", peer, "--run", run["run"]) | {"who": peer})
                report(rows)


def call(*words: str) -> dict[str, Any]:
    """A child Python; the last line it prints, as JSON."""
    done = subprocess.run([sys.executable, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed: {done.stdout}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def graft(dataset: str, train_size: int, test_size: int) -> dict[str, Any]:
    sizes = ["--train-size", str(train_size), "--test-size", str(test_size)]
    words = ["-m", "core", "train", "--dataset", dataset, *sizes]
    for name, value in SETTINGS.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    told = call(*words, "--json")
    metrics = told["metrics"]
    return {
        "run": told["run"], "seconds": told["seconds"], "tokens_per_second": told["tokens_per_second"],
        "accuracy": metrics["accuracy"], "macro_f1": metrics["macro_f1"], "interval": told["intervals"]["accuracy"],
        "tfidf": told["baselines"]["tfidf"],
    }  # fmt: skip


def trainer(run_id: str, grouped: bool) -> dict[str, Any]:
    """`transformers.Trainer` on exactly the rows of that run: AdamW, warm-up 10 %, linear decay, bf16, clip 1.0."""
    import numpy as np
    import pandas as pd
    import torch
    from torch.utils.data import Dataset
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

    from core.data.split import draw
    from core.data.store import get_dataset
    from core.evaluation.metrics import accuracy_interval, macro_f1
    from core.models.sources import locate
    from core.runs.folder import get_run
    from core.training.devices import default_device

    run = get_run(run_id)
    config = run.config
    dataset = get_dataset(config.dataset)
    train = dataset.part("train")
    train = train.iloc[draw(train["label"], config.train_size or len(train), config.seed)]
    test = pd.read_parquet(run.predictions("test"))
    where, _ = locate(config.model)
    tokenizer = AutoTokenizer.from_pretrained(where)
    numbers = {label: index for index, label in enumerate(dataset.labels)}

    class Rows(Dataset):  # type: ignore[type-arg]
        def __init__(self, frame: Any):
            self.encoded = tokenizer(frame["text"].tolist(), truncation=True, max_length=config.max_length)
            self.labels = [numbers[label] for label in frame["label"]]

        def __len__(self) -> int:
            return len(self.labels)

        def __getitem__(self, index: int) -> dict[str, Any]:
            return {key: value[index] for key, value in self.encoded.items()} | {"labels": self.labels[index]}

    torch.manual_seed(config.seed)
    model = AutoModelForSequenceClassification.from_pretrained(where, num_labels=len(numbers), dtype=torch.float32)
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainingArguments(
            folder, num_train_epochs=config.epochs, learning_rate=config.learning_rate or 0.0,
            per_device_train_batch_size=config.batch_size, per_device_eval_batch_size=32, warmup_steps=config.warmup,
            weight_decay=config.weight_decay, max_grad_norm=config.clip_norm, seed=config.seed, report_to="none",
            save_strategy="no", logging_steps=50, disable_tqdm=True, bf16=default_device().bf16,
            use_cpu=default_device().name == "cpu",
            train_sampling_strategy="group_by_length" if grouped else "random",
        )  # fmt: skip
        work = Trainer(model, settings, train_dataset=(rows := Rows(train)), processing_class=tokenizer)
        began = time.perf_counter()
        work.train()
        seconds = time.perf_counter() - began
        out = work.predict(Rows(test))
    truth, predicted = np.asarray(out.label_ids), np.asarray(out.predictions).argmax(axis=1)
    tokens = sum(len(row) for row in rows.encoded["input_ids"]) * config.epochs
    return {
        "seconds": seconds, "tokens_per_second": tokens / seconds, "accuracy": float(np.mean(truth == predicted)),
        "macro_f1": macro_f1(truth, predicted, len(numbers)), "interval": accuracy_interval(truth, predicted),
    }  # fmt: skip


def report(rows: list[dict[str, Any]]) -> None:
    base = [row["seconds"] for row in rows if row["who"] == "Graft"]
    print("| who | training seconds | real tokens/s | time against Graft | accuracy (95 % interval) | macro-F1 |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        low, high = row["interval"]
        print(
            f"| {row['who']} | {row['seconds']:.0f} | {row['tokens_per_second']:,.0f} | "
            f"{row['seconds'] / (sum(base) / len(base)):.2f} x | {100 * row['accuracy']:.1f} % "
            f"({100 * low:.1f} to {100 * high:.1f}) | {100 * row['macro_f1']:.1f} % |"
        )
    print(f"\nTF-IDF + logistic regression on the same rows: {100 * rows[0]['tfidf']:.1f} %.")


if __name__ == "__main__":
    main()
