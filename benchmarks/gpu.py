"""One GPU: what the card's path is worth, checked on the card first. Graft beside the tuned Trainer on IMDB.

    python -m benchmarks.gpu [--parts checks base minilm batches profile] [--json] [--markdown FILE] [--tiny]

Needs `core` alone: no Streamlit, no MLflow. A BERT of base size has random weights, which speed does not feel; MiniLM is the
real one, from the folder `minilm` beside the test data or the installed package. The reviews are IMDB's where GRAFT_TEST_DATA
holds them, else made-up ones of like lengths. The Trainer, many times slower, sees a part of the rows, once: its tokens a
second do not depend on how many. A part that fails is named, and the others go on; what failed stands at the end once more. All
of it ends within eight minutes; what there was no time for is named like what failed. Without a CUDA card it says so and
measures nothing; `--tiny` tries the script itself on whatever is there.

The share of the peak counts the operations that the real tokens need: 6 a weight outside the embeddings and 12 a layer, width
and visible token for attention (Chowdhery et al., 2022, appendix B), against the fastest bf16 matrix product seen here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.subprocesses import ROOT
from benchmarks.workloads import DATA

LABELS = ("neg", "pos")
BASE = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
TINY = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}
NAMES = {"graft": "Graft", "tuned": "Trainer, tuned (bf16, grouped by length, batch 32, sdpa, 4 loaders)"}
PARTS = ("checks", "base", "minilm", "batches", "profile")
FAILED = "FAILED:"  # what the line of a check says that found something wrong
PEER_ROWS = 2000  # that the Trainer is timed on
LIMIT = 240  # seconds after which a part is given up
WHOLE = 470  # seconds after which nothing more is begun or waited for: such a machine is lent for minutes


def main() -> None:
    """Run the parts, each contender in a process of its own, and print what they did."""
    asked = _arguments()
    if asked.contender:
        print(json.dumps(contend(asked)))
        return
    why = None if asked.tiny else _why_not()
    if why:
        print(json.dumps({"measured": False, "why": f"not measured: {why}"}) if asked.json else f"Not measured: {why}")
        return
    asked.ends = time.monotonic() + WHOLE
    with tempfile.TemporaryDirectory() as folder:
        sources = {"base": folder, "minilm": _minilm()}
        found: dict[str, Any] = {"make": _child(asked, "make", folder)}
        lines: list[str] = []
        for part in asked.parts:
            began = time.perf_counter()
            found[part], told = _part(asked, part, sources)
            lines += [f"### {part} ({time.perf_counter() - began:.0f} s)", "", *told, ""]
            if not asked.json:
                print("\n".join(lines[-len(told) - 3 :]), flush=True)
    failed = failures(found)
    lines += [f"Failed: {'; '.join(failed)}." if failed else "Nothing failed."]
    if asked.markdown:
        Path(asked.markdown).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(json.dumps({"measured": True, "parts": found, "failed": failed}) if asked.json else lines[-1])
    if failed:
        raise SystemExit(1)


def failures(found: dict[str, Any]) -> list[str]:
    """What did not go well, as "part, child" or "part, child, check"."""
    named = []
    for part, children in found.items():
        for child, told in {part: children}.items() if "failed" in children else children.items():
            if not isinstance(told, dict):
                continue
            broken = [line.split(" ")[1] for line in told.get("lines", []) if FAILED in line]
            named += [f"{part}, {child}"] if "failed" in told else [f"{part}, {child}, {check}" for check in broken]
    return named


def _part(asked: argparse.Namespace, part: str, sources: dict[str, str]) -> tuple[Any, list[str]]:
    """What a part found, and its lines."""
    if part in ("base", "minilm"):
        done = {who: _child(asked, who, sources[part]) for who in asked.contenders}
        return done, table(done)
    done = {source: _child(asked, part, sources[source]) for source in ("base", "minilm")}
    return done, [line for each in done.values() for line in each.get("lines", [each.get("failed", "")])]


def _child(asked: argparse.Namespace, who: str, folder: str) -> dict[str, Any]:
    """What a child printed on its last line; {"failed": what it said} where it did not end well."""
    words = [
        sys.executable,
        "-m",
        "benchmarks.gpu",
        "--contender",
        who,
        "--folder",
        folder,
        *_passed_on(asked),
    ]
    patience = min(LIMIT, asked.ends - time.monotonic())
    if patience <= 0:
        return {"failed": f"{who} on {Path(folder).name}: not begun, the {WHOLE} s of the whole script are over"}
    try:
        child = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return {"failed": f"{who} on {Path(folder).name}: given up after {patience:.0f} s"}
    if child.returncode:
        return {"failed": f"{who} on {Path(folder).name} failed: {child.stderr.strip()[-1500:]}"}
    last = (child.stdout.strip().splitlines() or ["{}"])[-1]
    return json.loads(last) if last.startswith("{") else {}


def contend(asked: argparse.Namespace) -> dict[str, Any]:
    """What a child does: make the model, check, profile, or train and judge as one of the contenders."""
    from transformers.utils import logging

    from core.models.classifier import load_classifier

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    if asked.contender == "make":
        make_encoder(asked.folder, TINY if asked.tiny else BASE)
        return {}
    if asked.contender in ("checks", "batches", "profile"):
        from benchmarks import gpu_checks

        work = {"checks": gpu_checks.checks, "batches": batches, "profile": gpu_checks.profile}[asked.contender]
        return {
            "lines": [f"**{Path(asked.folder).name if 'minilm' in asked.folder else 'base'}**", "", *work(asked), ""]
        }
    if asked.contender == "tuned":
        asked.train_size, asked.test_size, asked.epochs = (
            min(asked.train_size, PEER_ROWS),
            min(asked.test_size, PEER_ROWS),
            1,
        )
    texts = {part: reviews(part, size) for part, size in (("train", asked.train_size), ("test", asked.test_size))}
    classifier = load_classifier(asked.folder, LABELS, seed=42)
    began = time.perf_counter()
    told = (graft if asked.contender == "graft" else tuned)(classifier, texts, asked)
    told["whole_seconds"] = time.perf_counter() - began
    return told | _of_the_card(told, asked)


def _of_the_card(told: dict[str, Any], asked: argparse.Namespace) -> dict[str, Any]:
    import torch

    from core.training.devices import default_device, use_bf16

    place = default_device()
    memory = torch.cuda.max_memory_reserved() / 2**20 if torch.cuda.is_available() else 0.0
    peak = matrix_peak(place.name, use_bf16(place, "auto"), 1024 if asked.tiny else 8192)
    needed = told["operations"] / told["seconds"]
    return {
        "who": asked.contender, "device": place.title, "tokens_per_second": told["tokens"] / told["seconds"],
        "matrix_peak_tflops": peak / 1e12, "reached_tflops": needed / 1e12, "share_of_peak": needed / peak,
        "peak_memory_mib": memory, "data": "IMDB" if (DATA / "imdb.parquet").exists() else "made up",
        "loaded": sorted({"streamlit", "mlflow"} & set(sys.modules)),
    }  # fmt: skip


def graft(classifier: Any, texts: dict[str, Any], asked: argparse.Namespace) -> dict[str, Any]:
    """Graft's own loop and scoring, without anything around them."""
    from core.config import RunConfig
    from core.training.devices import default_device, use_bf16
    from core.training.encoding import encode
    from core.training.events import TrainingDone
    from core.training.job import LabelledRows, TrainingJob
    from core.training.loop import train
    from core.training.scoring import score

    place, max_length, epochs = default_device(), asked.max_length, asked.epochs
    config = RunConfig(dataset="imdb", epochs=epochs, batch_size=asked.batch_size, max_length=max_length)
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
    events, seconds = _timed(
        lambda: list(events)
    )  # with the copy to the card and the recording of all sizes of batches
    done = events[-1]
    if not isinstance(done, TrainingDone):
        raise AssertionError("a training ends with TrainingDone")
    logits, testing = _timed(lambda: score(classifier.model, rows["test"].encoded, place.name, bf16))
    operations = epochs * needed_operations(rows["train"].encoded.lengths, classifier.model.config)
    return {
        "seconds": seconds, "test_seconds": testing, "encoding_seconds": encoding, "tokens": done.tokens,
        "own_seconds": done.seconds, "operations": operations, "test_rows": len(logits),
        "accuracy": float(np.mean(logits.argmax(axis=1) == rows["test"].labels)),
    }  # fmt: skip


def tuned(classifier: Any, texts: dict[str, Any], asked: argparse.Namespace) -> dict[str, Any]:
    """`transformers.Trainer` on the same rows."""
    from benchmarks.peers import encoded_rows, run_trainer

    max_length, epochs = asked.max_length, asked.epochs
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
        "test_rows": len(done["predicted"]),
        "accuracy": float(np.mean(np.array(done["predicted"]) == texts["test"][1])),
    }  # fmt: skip


def table(found: dict[str, dict[str, Any]]) -> list[str]:
    """The measured numbers, one line a contender."""
    failed = [told["failed"] for told in found.values() if "failed" in told]
    found = {who: told for who, told in found.items() if "failed" not in told}
    if not found:
        return failed
    any_of = next(iter(found.values()))
    lines = [
        f"{any_of['device']}; {any_of['data']} reviews; fastest bf16 matrix product {any_of['matrix_peak_tflops']:,.1f} TFLOP/s",
        "",
        "| who | tokens trained on | training seconds | real tokens/s | share of the peak | judging rows/s | tokenising seconds | "
        "whole seconds | accuracy | peak memory MiB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for who, told in found.items():
        lines.append(
            f"| {NAMES[who]} | {told['tokens']:,} | {told['seconds']:.1f} | {told['tokens_per_second']:,.0f} | "
            f"{100 * told['share_of_peak']:.1f} % | {told['test_rows'] / told['test_seconds']:,.0f} | "
            f"{told['encoding_seconds']:.1f} | {told['whole_seconds']:.1f} | {100 * told['accuracy']:.1f} % | "
            f"{told['peak_memory_mib']:,.0f} |"
        )
    if len(found) == 2:
        ratio = found["graft"]["tokens_per_second"] / found["tuned"]["tokens_per_second"]
        lines += ["", f"Graft trains {ratio:.2f} times as fast as the tuned Trainer."]
    return lines + failed


def batches(asked: argparse.Namespace) -> list[str]:
    """Speed by the number of rows in a batch, one epoch of some thousand rows each."""
    from core.models.classifier import load_classifier

    asked.epochs, asked.train_size, lines = 1, min(asked.train_size, 6400), []
    texts = {"train": reviews("train", asked.train_size), "test": reviews("test", 16)}
    for size in (16, 32, 64, 128):
        asked.batch_size = size
        told = graft(load_classifier(asked.folder, LABELS, seed=42), texts, asked)
        told |= _of_the_card(told, asked)
        lines.append(
            f"- {size} rows: {told['tokens_per_second']:,.0f} tokens/s, {100 * told['share_of_peak']:.1f} % of the peak, "
            f"{told['seconds']:.1f} s, {told['peak_memory_mib']:,.0f} MiB"
        )
    return lines


def make_encoder(folder: str, sizes: dict[str, int]) -> None:
    """A BERT of these sizes with random weights and MiniLM's tokenizer."""
    import torch
    from transformers import BertConfig, BertModel

    from core.models.classifier import load_tokenizer

    torch.manual_seed(0)
    BertModel(BertConfig(vocab_size=30522, max_position_embeddings=512, **sizes)).save_pretrained(folder)
    load_tokenizer(_minilm()).save_pretrained(folder)


def _minilm() -> str:
    return str(DATA / "minilm") if (DATA / "minilm").is_dir() else "minilm"


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
    for name in ("train_size", "test_size", "max_length", "epochs", "batch_size"):
        words += [f"--{name.replace('_', '-')}", str(getattr(asked, name))]
    return words


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--contenders", nargs="+", choices=tuple(NAMES), default=list(NAMES))
    parser.add_argument("--train-size", type=int)
    parser.add_argument("--test-size", type=int)
    parser.add_argument("--max-length", type=int)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--tiny", action="store_true", help="a very small job on any device, to try the script")
    parser.add_argument("--json", action="store_true", help="print exactly one JSON object")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there as well")
    parser.add_argument("--contender", choices=(*NAMES, "make", "checks", "batches", "profile"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.train_size = asked.train_size or (48 if asked.tiny else 25_000)
    asked.test_size = asked.test_size or (32 if asked.tiny else 25_000)
    asked.max_length = asked.max_length or (64 if asked.tiny else 512)
    return asked


if __name__ == "__main__":
    main()
