"""The peers of Graft, each trained on the rows that Graft gets; run as a child by the benchmarks.

    python -m benchmarks.peers tutorial|trainer|tuned '{"dataset": …, "train_size": …, "test_size": …, "seed": …, …}'

* tutorial: the loop that articles teach. One text tokenised at a time, padded to the max length, fp32, Adam, batches of 32.
* trainer: `transformers.Trainer` with its defaults: fp32, batches of 8, padded to the longest of the batch.
* tuned: `transformers.Trainer` as an expert sets it up: bf16, batches of 32 grouped by length, warm-up, Graft's learning rate.

Seconds are those of the training loop alone: texts are tokenised before it (by the tutorial inside it, as it does), nothing
is validated or saved in it. Tokens are real ones, padding not counted.
"""

import json
import sys
import tempfile
import time
from typing import Any

from benchmarks.workloads import BATCH, rows_of

PEERS = ("tutorial", "trainer", "tuned")


def main() -> None:
    """Train and judge one peer; the last line on stdout is its JSON."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    who, asked = sys.argv[1], json.loads(sys.argv[2])
    print(json.dumps((tutorial if who == "tutorial" else trainer)(tuned=who == "tuned", **asked)))


def tutorial(
    dataset: str, train_size: int, test_size: int, epochs: int, max_length: int, seed: int, tuned: bool
) -> dict[str, Any]:
    """The loop of the tutorials; its learning rate is that of the preset that bears their name."""
    import torch
    from torch.utils.data import DataLoader

    from core.config import PRESETS
    from core.training.devices import default_device

    train, test, labels = rows_of(dataset, train_size, test_size, seed)
    model, tokenizer = source("minilm", len(labels), seed)
    device = default_device().name
    model.to(device).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=PRESETS["classic"].settings["learning_rate"])

    class Texts(torch.utils.data.Dataset):  # type: ignore[type-arg]
        def __init__(self, frame: Any):
            self.texts, self.labels = frame["text"].tolist(), [labels.index(label) for label in frame["label"]]

        def __len__(self) -> int:
            return len(self.texts)

        def __getitem__(self, index: int) -> dict[str, Any]:
            one = tokenizer(
                self.texts[index], padding="max_length", truncation=True, max_length=max_length, return_tensors="pt"
            )
            return {name: value[0] for name, value in one.items()} | {"labels": self.labels[index]}

    began, tokens = time.perf_counter(), 0
    for _epoch in range(epochs):
        for batch in DataLoader(Texts(train), batch_size=BATCH, shuffle=True):
            tokens += int(batch["attention_mask"].sum())
            loss = model(**{name: value.to(device) for name, value in batch.items()}).loss
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    seconds = time.perf_counter() - began
    predicted: list[int] = []
    model.eval()
    with torch.no_grad():
        for batch in DataLoader(Texts(test), batch_size=BATCH):
            inputs = {name: value.to(device) for name, value in batch.items() if name != "labels"}
            predicted += model(**inputs).logits.argmax(dim=1).tolist()
    return _told(seconds, tokens, test, [labels[index] for index in predicted])


def trainer(
    dataset: str, train_size: int, test_size: int, epochs: int, max_length: int, seed: int, tuned: bool,
    model: str = "minilm",
) -> dict[str, Any]:  # fmt: skip
    """`transformers.Trainer`, with its defaults or tuned."""
    train, test, labels = rows_of(dataset, train_size, test_size, seed)
    encoder, tokenizer = source(model, len(labels), seed)
    texts = [
        encoded_rows(tokenizer, frame["text"].tolist(), [labels.index(label) for label in frame["label"]], max_length)
        for frame in (train, test)
    ]
    done = run_trainer(encoder, tokenizer, *texts, epochs=epochs, seed=seed, tuned=tuned)
    return _told(done["seconds"], done["tokens"], test, [labels[index] for index in done["predicted"]])


def run_trainer(
    model: Any, tokenizer: Any, train: list[dict[str, Any]], test: list[dict[str, Any]], *, epochs: int, seed: int,
    tuned: bool, test_batch: int = BATCH,
) -> dict[str, Any]:  # fmt: skip
    """Train and predict with `transformers.Trainer`.

    Args:
        train, test: a dict with input_ids, attention_mask and labels for each row.

    Returns:
        seconds of training, real tokens seen, ``predicted`` class numbers in the order of ``test``, ``test_seconds``.
    """
    import numpy as np
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

    from core.training.devices import default_device
    from core.training.optimiser import fitting_rate

    place = default_device()
    expert = {
        "per_device_train_batch_size": BATCH, "bf16": place.bf16, "train_sampling_strategy": "group_by_length",
        "dataloader_num_workers": 4 if place.name.startswith("cuda") else 0,
        "warmup_steps": 0.1, "weight_decay": 0.01, "learning_rate": fitting_rate(int(model.config.hidden_size)),
    }  # fmt: skip
    shared: dict[str, Any] = {
        "num_train_epochs": epochs, "seed": seed, "use_cpu": place.name == "cpu", "report_to": "none",
        "save_strategy": "no", "disable_tqdm": True, "per_device_eval_batch_size": test_batch,
        "dataloader_pin_memory": place.name.startswith("cuda"),
    }  # fmt: skip
    parts: dict[str, Any] = {"data_collator": DataCollatorWithPadding(tokenizer), "processing_class": tokenizer}
    with tempfile.TemporaryDirectory() as folder:
        work = Trainer(
            model, TrainingArguments(folder, **shared, **(expert if tuned else {})), train_dataset=train, **parts
        )
        seconds = float(work.train().metrics["train_runtime"])  # its own count, which leaves its preparations out
        predicted = np.zeros((0, 1))
        began = time.perf_counter()
        if test:  # with other arguments, since grouping by length would reorder these rows as well
            judge = Trainer(model, TrainingArguments(folder, **shared, bf16=tuned and place.bf16), **parts)
            predicted = np.asarray(judge.predict(test).predictions)
    test_seconds = time.perf_counter() - began
    return {
        "seconds": seconds, "tokens": sum(len(row["input_ids"]) for row in train) * epochs,
        "predicted": predicted.argmax(axis=1).tolist(), "test_seconds": test_seconds,
    }  # fmt: skip


def source(model: str, classes: int, seed: int) -> tuple[Any, Any]:
    """A pretrained classifier with a fresh head, and its tokenizer, as transformers alone loads them."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    from core.models.sources import locate

    where, _ = locate(model)
    torch.manual_seed(seed)
    encoder = AutoModelForSequenceClassification.from_pretrained(where, num_labels=classes, dtype=torch.float32)
    return encoder, AutoTokenizer.from_pretrained(where)


def encoded_rows(tokenizer: Any, texts: list[str], labels: Any, max_length: int) -> list[dict[str, Any]]:
    """Each row as the Trainer takes it."""
    if not texts:
        return []
    out = tokenizer(texts, truncation=True, max_length=max_length)
    return [
        {name: out[name][index] for name in ("input_ids", "attention_mask")} | {"labels": int(label)}
        for index, label in enumerate(labels)
    ]


def _told(seconds: float, tokens: int, test: Any, predicted: list[str]) -> dict[str, Any]:
    right = {
        int(row): int(label == said) for row, label, said in zip(test["row"], test["label"], predicted, strict=True)
    }
    return {"seconds": seconds, "tokens": tokens, "right": right}


if __name__ == "__main__":
    main()
