"""One GPU, a BERT-base-sized encoder, 512 tokens: Graft beside the tuned Trainer on IMDB, 2 epochs and 25,000 test reviews.

    python -m benchmarks.gpu [--contenders graft tuned] [--train-size N] [--test-size N] [--json] [--markdown FILE] [--tiny]

Needs `core` alone: no Streamlit, no MLflow. The weights are random, which speed does not feel; the reviews are IMDB's where
GRAFT_TEST_DATA holds them, else made-up ones of like lengths. Without a CUDA card it says so and measures nothing; `--tiny`
tries the script itself on whatever is there.

The share of the peak counts the operations that the real tokens need: 6 a weight outside the embeddings and 12 a layer, width
and visible token for attention (Chowdhery et al., 2022, appendix B), against the fastest bf16 matrix product seen here.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.subprocesses import run_child
from benchmarks.workloads import DATA

LABELS = ("neg", "pos")
BASE = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
TINY = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}
NAMES = {"graft": "Graft", "tuned": "Trainer, tuned (bf16, grouped by length, batch 32, sdpa)"}


def main() -> None:
    """Run the contenders, each in a process of its own, and print what they did."""
    asked = _arguments()
    if asked.contender:
        print(json.dumps(contend(asked)))
        return
    why = None if asked.tiny else _why_not()
    if why:
        print(json.dumps({"measured": False, "why": f"not measured: {why}"}) if asked.json else f"Not measured: {why}")
        return
    with tempfile.TemporaryDirectory() as folder:
        run_child(["-m", "benchmarks.gpu", "--contender", "make", "--folder", folder, *_passed_on(asked)])
        found = {
            who: run_child(["-m", "benchmarks.gpu", "--contender", who, "--folder", folder, *_passed_on(asked)]).value
            for who in asked.contenders
        }
    lines = table(found)
    if asked.markdown:
        Path(asked.markdown).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(json.dumps({"measured": True, "contenders": found}) if asked.json else "\n".join(lines))


def contend(asked: argparse.Namespace) -> dict[str, Any]:
    """What a child does: make the model, or train and judge as one of the contenders."""
    import torch
    from transformers.utils import logging

    from core.models.classifier import load_classifier
    from core.training.devices import default_device, use_bf16

    logging.set_verbosity_error()
    if asked.contender == "make":
        make_encoder(asked.folder, TINY if asked.tiny else BASE)
        return {}
    texts = {part: reviews(part, size) for part, size in (("train", asked.train_size), ("test", asked.test_size))}
    classifier = load_classifier(asked.folder, LABELS, seed=42)
    place = default_device()
    began = time.perf_counter()
    told = (graft if asked.contender == "graft" else tuned)(classifier, texts, asked.max_length, asked.epochs)
    told["whole_seconds"] = time.perf_counter() - began
    peak = matrix_peak(place.name, use_bf16(place, "auto"), 1024 if asked.tiny else 8192)
    needed = told["operations"] / told["seconds"]
    memory = torch.cuda.max_memory_reserved() / 2**20 if torch.cuda.is_available() else 0.0
    return told | {
        "who": asked.contender, "device": place.title, "tokens_per_second": told["tokens"] / told["seconds"],
        "matrix_peak_tflops": peak / 1e12, "reached_tflops": needed / 1e12, "share_of_peak": needed / peak,
        "peak_memory_mib": memory, "data": "IMDB" if (DATA / "imdb.parquet").exists() else "made up",
        "loaded": sorted({"streamlit", "mlflow"} & set(sys.modules)),
    }  # fmt: skip


def graft(classifier: Any, texts: dict[str, Any], max_length: int, epochs: int) -> dict[str, Any]:
    """Graft's own loop and scoring, without anything around them."""
    from core.config import RunConfig
    from core.training.devices import default_device, use_bf16
    from core.training.encoding import encode
    from core.training.events import TrainingDone
    from core.training.job import LabelledRows, TrainingJob
    from core.training.loop import train
    from core.training.scoring import score

    place = default_device()
    config = RunConfig(dataset="imdb", epochs=epochs, batch_size=32, max_length=max_length)
    bf16 = use_bf16(place, config.precision)
    rows, encoding = _timed(
        lambda: {
            part: LabelledRows(encode(words, classifier.tokenizer, max_length), labels)
            for part, (words, labels) in texts.items()
        }
    )
    nothing = LabelledRows(encode([], classifier.tokenizer, max_length), np.zeros(0, dtype=np.int64))
    events = train(
        TrainingJob(config, classifier.model, rows["train"], nothing, lambda *_: (0.0, {}), place.name, bf16)
    )
    events, seconds = _timed(lambda: list(events))
    done = events[-1]
    if not isinstance(done, TrainingDone):
        raise AssertionError("a training ends with TrainingDone")
    logits, testing = _timed(lambda: score(classifier.model, rows["test"].encoded, place.name, bf16))
    operations = epochs * needed_operations(rows["train"].encoded.lengths, classifier.model.config)
    return {
        "seconds": seconds, "test_seconds": testing, "encoding_seconds": encoding, "tokens": done.tokens,
        "operations": operations, "accuracy": float(np.mean(logits.argmax(axis=1) == rows["test"].labels)),
    }  # fmt: skip


def tuned(classifier: Any, texts: dict[str, Any], max_length: int, epochs: int) -> dict[str, Any]:
    """`transformers.Trainer` on the same rows."""
    from benchmarks.peers import encoded_rows, run_trainer

    rows, encoding = _timed(
        lambda: [encoded_rows(classifier.tokenizer, *texts[part], max_length) for part in ("train", "test")]
    )
    done = run_trainer(
        classifier.model, classifier.tokenizer, *rows, epochs=epochs, seed=42, tuned=True, test_batch=128
    )
    lengths = np.array([len(row["input_ids"]) for row in rows[0]])
    return {
        "seconds": done["seconds"], "test_seconds": done["test_seconds"], "encoding_seconds": encoding,
        "tokens": done["tokens"], "operations": epochs * needed_operations(lengths, classifier.model.config),
        "accuracy": float(np.mean(np.array(done["predicted"]) == texts["test"][1])),
    }  # fmt: skip


def table(found: dict[str, dict[str, Any]]) -> list[str]:
    """The measured numbers, one line a contender."""
    any_of = next(iter(found.values()))
    lines = [
        f"{any_of['device']}; {any_of['data']} reviews; fastest bf16 matrix product {any_of['matrix_peak_tflops']:,.1f} TFLOP/s",
        "",
        "| who | training and judging, seconds | training seconds | real tokens/s | share of the peak | judging seconds | "
        "tokenising seconds | peak memory MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for who, told in found.items():
        lines.append(
            f"| {NAMES[who]} | {told['seconds'] + told['test_seconds']:.1f} | {told['seconds']:.1f} | "
            f"{told['tokens_per_second']:,.0f} | {100 * told['share_of_peak']:.1f} % | {told['test_seconds']:.1f} | "
            f"{told['encoding_seconds']:.1f} | {told['peak_memory_mib']:,.0f} |"
        )
    if len(found) == 2:
        ratio = found["graft"]["tokens_per_second"] / found["tuned"]["tokens_per_second"]
        lines += ["", f"Graft trains {ratio:.2f} times as fast as the tuned Trainer."]
    return lines


def make_encoder(folder: str, sizes: dict[str, int]) -> None:
    """A BERT of these sizes with random weights and MiniLM's tokenizer."""
    import torch
    from transformers import BertConfig, BertModel

    from core.models.classifier import load_tokenizer

    torch.manual_seed(0)
    BertModel(BertConfig(vocab_size=30522, max_position_embeddings=512, **sizes)).save_pretrained(folder)
    load_tokenizer("minilm").save_pretrained(folder)


def reviews(part: str, size: int) -> tuple[list[str], np.ndarray]:
    """Texts and class numbers: IMDB's, or words at random with the spread of lengths that IMDB's reviews have."""
    if (DATA / "imdb.parquet").exists():
        import pandas as pd

        frame = pd.read_parquet(DATA / "imdb.parquet", columns=["text", "label", "split"])
        frame = frame[frame["split"] == part].sample(frac=1.0, random_state=0)[:size]
        return frame["text"].tolist(), (frame["label"] == LABELS[1]).to_numpy(dtype=np.int64)
    random = np.random.default_rng(len(part))
    words = np.array("the a film plot actor scene good bad slow bright long story never always quite music end".split())
    counts = np.exp(random.normal(np.log(174), 0.65, size)).astype(int).clip(10, 2500)  # median and spread in words
    return [" ".join(random.choice(words, count)) for count in counts], random.integers(0, 2, size)


def needed_operations(lengths: np.ndarray, config: Any) -> float:
    """Operations, forward and backward, that one pass over texts of these lengths (in tokens) cannot do without."""
    width, layers = config.hidden_size, config.num_hidden_layers
    weights = layers * (4 * width * width + 2 * width * config.intermediate_size)
    return float(6.0 * weights * lengths.sum() + 12.0 * layers * width * np.square(lengths, dtype=np.float64).sum())


def matrix_peak(device: str, bf16: bool, size: int) -> float:
    """Operations a second of the fastest of five rounds of square matrix products."""
    import torch

    dtype = torch.bfloat16 if bf16 else torch.float32
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    times = 20 if device.startswith("cuda") else 1
    best = 0.0
    for _ in range(5):
        _, seconds = _timed(lambda: [a @ b for _ in range(times)])
        best = max(best, times * 2 * size**3 / seconds)
    return best


def _timed(work: Any) -> tuple[Any, float]:
    import torch

    wait = torch.cuda.synchronize if torch.cuda.is_available() else lambda: None
    wait()
    began = time.perf_counter()
    value = work()
    wait()
    return value, time.perf_counter() - began


def _why_not() -> str | None:
    import torch

    return None if torch.cuda.is_available() else "this machine has no CUDA card."


def _passed_on(asked: argparse.Namespace) -> list[str]:
    words = ["--tiny"] if asked.tiny else []
    for name in ("train_size", "test_size", "max_length", "epochs"):
        words += [f"--{name.replace('_', '-')}", str(getattr(asked, name))]
    return words


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contenders", nargs="+", choices=tuple(NAMES), default=list(NAMES))
    parser.add_argument("--train-size", type=int)
    parser.add_argument("--test-size", type=int)
    parser.add_argument("--max-length", type=int)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--tiny", action="store_true", help="a very small job on any device, to try the script")
    parser.add_argument("--json", action="store_true", help="print exactly one JSON object")
    parser.add_argument("--markdown", metavar="FILE", help="write the table there as well")
    parser.add_argument("--contender", choices=(*NAMES, "make"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.train_size = asked.train_size or (48 if asked.tiny else 25_000)
    asked.test_size = asked.test_size or (32 if asked.tiny else 25_000)
    asked.max_length = asked.max_length or (64 if asked.tiny else 512)
    return asked


if __name__ == "__main__":
    main()
