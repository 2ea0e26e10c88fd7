"""Graft beside three peers: the same rows, seeds, epochs, model and machine, one process each, taking turns.

    python -m benchmarks.bench [--work imdb emotion customer_reviews predict] [--seeds 42] [--peers tutorial trainer tuned]
                               [--train-size N] [--epochs N] [--test-size N] [--speed-only] [--paired] [--markdown FILE]

Graft goes through its real command line (`core train --no-wait`, then `core worker` in the environment that the scheduler
gives it), with batches of 32 and its defaults. benchmarks/peers.py says what the peers do. Seconds are of the training
loops; tokens are real ones, padding and evaluation not counted; memory is the process's own peak, from start to end.
`--paired` runs Graft and the tuned Trainer over five seeds and gives the difference in accuracy with its interval.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import PEERS
from benchmarks.prediction import WARM
from benchmarks.subprocesses import run_child
from benchmarks.workloads import BATCH, DATA, WORKS, Work, store

FIVE_SEEDS = [13, 42, 7, 2024, 99]
NAMES = {
    "graft": "Graft", "tutorial": "(a) tutorial loop", "trainer": "(b) Trainer, defaults", "tuned": "(c) Trainer, tuned",
    "pipeline": "transformers pipeline",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one contender did once: seconds of training, real tokens, peak MiB, and which test rows it got right."""

    who: str
    seed: int
    seconds: float
    tokens: int
    peak_mib: float
    right: dict[int, int]


def main() -> None:
    """Run every contender and print the tables."""
    asked = _arguments()
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"GRAFT_HOME": home, "GRAFT_NO_SCHEDULER": "1", "TOKENIZERS_PARALLELISM": "true"}
        for name in asked.work:
            found = _predict(asked) if name == "predict" else _train(_sized(WORKS[name], asked), asked)
            lines += [*found, ""]
            if asked.markdown:
                Path(asked.markdown).write_text("\n".join(lines) + "\n", encoding="utf-8")


def graft(work: Work, dataset: str, seed: int, *more: str) -> tuple[str, Outcome]:
    """One run through the command line; its id, and what it did. ``more`` are further flags."""
    from core.jobs.environment import WORKER_ENV
    from core.runs.folder import get_run

    words = ["--dataset", dataset, "--batch-size", str(BATCH), "--epochs", str(work.epochs), "--seed", str(seed)]
    words += ["--max-length", str(work.max_length), "--train-size", str(work.train_size), *more]
    words += ["--test-size", str(work.test_size or 50), *([] if work.test_size else ["--validation-size", "50"])]
    run = get_run(run_child(["-m", "core", "train", *words, "--no-wait", "--json"]).value["run"])
    ended = run_child(["-m", "core", "worker", str(run.path)], env=WORKER_ENV)
    result = run.result
    if result is None:
        sys.exit(f"The run did not finish: {run.status.get('error')}\n{run.log_tail()}")
    told = (result["seconds"], result["train_tokens"], ended.peak_mib)
    return run.id, Outcome(
        "graft", seed, *told, _right_rows(run.predictions(result["split"])) if work.test_size else {}
    )


def peer(who: str, work: Work, dataset: str, seed: int) -> Outcome:
    """One training of a peer on the same rows."""
    asked = {
        "dataset": dataset, "train_size": work.train_size, "test_size": work.test_size, "epochs": work.epochs,
        "max_length": work.max_length, "seed": seed,
    }  # fmt: skip
    ended = run_child(["-m", "benchmarks.peers", who, json.dumps(asked)])
    value = ended.value
    right = {int(row): int(hit) for row, hit in value["right"].items()}
    return Outcome(who, seed, value["seconds"], value["tokens"], ended.peak_mib, right)


def training_table(work: Work, outcomes: list[Outcome]) -> list[str]:
    """One line a contender: means over the seeds; the interval is that of one seed's rows (Wilson)."""
    by_who = {who: [each for each in outcomes if each.who == who] for who in dict.fromkeys(o.who for o in outcomes)}
    base = _mean_speed(by_who["graft"])
    seeds = len(by_who["graft"])
    lines = [
        f"{work.name}: {work.train_size:,} training rows at most, {work.epochs} epochs, {work.max_length} tokens, {seeds} seed"
        f"{'s' if seeds > 1 else ''}",
        "",
        "| who | training seconds | real tokens/s | Graft is faster by | peak memory MiB | accuracy (95 % interval) |",
        "|---|---|---|---|---|---|",
    ]
    for who, all_of in by_who.items():
        speed = _mean_speed(all_of)
        lines.append(
            f"| {NAMES[who]} | {np.mean([each.seconds for each in all_of]):.1f} | {speed:,.0f} | {base / speed:.2f} x | "
            f"{max(each.peak_mib for each in all_of):,.0f} | {_accuracy(all_of)} |"
        )
    return lines


def paired_difference(ours: list[Outcome], theirs: list[Outcome], draws: int = 10_000) -> tuple[float, float, float]:
    """Mean difference in accuracy over seeds and its 95 % interval.

    Seeds are drawn with replacement, and inside each draw the rows, the same ones for both and for every seed
    (a bootstrap of two levels: Davison and Hinkley, 1997, section 3.8).

    Raises:
        ValueError: when the two were not judged on the same rows and seeds.
    """
    pairs = {each.seed: each for each in theirs}
    rows = sorted(ours[0].right)
    if any(sorted(each.right) != rows for each in [*ours, *theirs]) or {o.seed for o in ours} != set(pairs):
        raise ValueError("The contenders were judged on different rows or seeds.")
    gains = np.array(
        [[each.right[row] - pairs[each.seed].right[row] for row in rows] for each in ours]
    )  # (seeds, rows)
    return paired_bootstrap(gains, draws)


def paired_bootstrap(gains: np.ndarray, draws: int = 10_000) -> tuple[float, float, float]:
    """Mean of ``gains``, (seeds, rows), and its 95 % interval: seeds and then rows are drawn with replacement."""
    random = np.random.default_rng(0)
    drawn = [
        gains[random.integers(0, len(gains), len(gains))]
        .mean(axis=0)[random.integers(0, gains.shape[1], gains.shape[1])]
        .mean()
        for _ in range(draws)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(gains.mean()), float(low), float(high)


def _train(work: Work, asked: argparse.Namespace) -> list[str]:
    """Every contender once a seed; who begins changes from seed to seed."""
    dataset = store(work.name)
    contenders = ["graft", *asked.peers]
    outcomes: list[Outcome] = []
    lines: list[str] = []
    for turn, seed in enumerate(asked.seeds):
        shift = turn % len(contenders)
        for who in contenders[shift:] + contenders[:shift]:
            one = graft(work, dataset, seed)[1] if who == "graft" else peer(who, work, dataset, seed)
            print(f"{work.name}, seed {seed}, {NAMES[who]}: {one.seconds:.1f} s", file=sys.stderr, flush=True)
            outcomes.append(one)
    outcomes.sort(key=lambda each: contenders.index(each.who))
    lines = training_table(work, outcomes)
    ours, tuned = ([each for each in outcomes if each.who == who] for who in ("graft", "tuned"))
    if len(asked.seeds) > 1 and tuned and work.test_size:
        mean, low, high = (100 * value for value in paired_difference(ours, tuned))
        lines += ["", f"Accuracy, Graft minus the tuned Trainer, same rows, {len(ours)} seeds: {mean:+.2f} points"]
        lines[-1] += f" (95 % interval {low:+.2f} to {high:+.2f})."
    print("\n".join(lines), flush=True)
    return lines


def _predict(asked: argparse.Namespace) -> list[str]:
    """One quick run, whose model then scores the same texts in Graft and in a pipeline, in turns."""
    import pandas as pd

    texts = asked.test_size or 5000
    work = replace(WORKS["imdb"], train_size=min(asked.train_size or 500, 500), epochs=1, test_size=0)
    # read by the first token: the averaging layer is one more for the pipeline, and none for Graft
    run, _ = graft(work, store("imdb"), asked.seeds[0], "--pooling", "cls")
    frame = pd.read_parquet(DATA / "imdb.parquet", columns=["text", "split"])
    drawn = frame[frame["split"] == "test"]["text"].sample(WARM + texts, random_state=0).tolist()
    path = Path(os.environ["GRAFT_HOME"]) / "texts.json"
    path.write_text(json.dumps(drawn), encoding="utf-8")
    found: dict[str, list[Any]] = {"graft": [], "pipeline": []}
    for turn in range(len(asked.seeds)):
        for who in ("graft", "pipeline") if turn % 2 == 0 else ("pipeline", "graft"):
            shutil.rmtree(
                Path(os.environ["GRAFT_HOME"]) / "cache" / "scores", ignore_errors=True
            )  # nothing is known yet
            found[who].append(run_child(["-m", "benchmarks.prediction", who, run, str(path)]))
    seconds = {who: float(np.mean([each.value["seconds"] for each in all_of])) for who, all_of in found.items()}
    same = np.mean([a == b for a, b in zip(*(found[who][0].value["labels"] for who in found), strict=True)])
    lines = [
        f"Predicting {texts:,} IMDB reviews with one saved model, {work.max_length} tokens", "",
        "| who | seconds | texts/s | Graft is faster by | peak memory MiB |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for who, all_of in found.items():
        peak = max(each.peak_mib for each in all_of)
        lines.append(
            f"| {NAMES[who]} | {seconds[who]:.1f} | {texts / seconds[who]:,.1f} | "
            f"{seconds[who] / seconds['graft']:.2f} x | {peak:,.0f} |"
        )
    lines += ["", f"Both give the same label to {100 * same:.2f} % of the texts."]
    print("\n".join(lines), flush=True)
    return lines


def _right_rows(path: Path) -> dict[int, int]:
    import pandas as pd

    table = pd.read_parquet(path)
    return {int(row): int(hit) for row, hit in zip(table["row"], table["correct"], strict=True)}


def _mean_speed(outcomes: list[Outcome]) -> float:
    return float(np.mean([each.tokens / each.seconds for each in outcomes]))


def _accuracy(outcomes: list[Outcome]) -> str:
    from scipy.stats import binomtest

    rows = len(outcomes[0].right)
    if not rows:
        return "not judged"
    mean = float(np.mean([np.mean(list(each.right.values())) for each in outcomes]))
    found = binomtest(round(mean * rows), rows).proportion_ci(0.95, method="wilson")
    return f"{100 * mean:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})"


def _sized(work: Work, asked: argparse.Namespace) -> Work:
    given = {name: getattr(asked, name) for name in ("train_size", "test_size", "epochs")}
    if asked.speed_only:
        given = {"train_size": given["train_size"] or 640, "epochs": given["epochs"] or 1, "test_size": 0}
    return replace(work, **{name: value for name, value in given.items() if value is not None})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", nargs="+", choices=[*WORKS, "predict"], default=[*WORKS, "predict"])
    parser.add_argument("--seeds", nargs="+", type=int)
    parser.add_argument("--peers", nargs="*", choices=PEERS)
    parser.add_argument("--train-size", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--test-size", type=int, help="rows to judge by; with predict, texts to score")
    parser.add_argument("--speed-only", action="store_true", help="640 rows, one epoch, nothing is judged")
    parser.add_argument("--paired", action="store_true", help="five seeds, Graft and the tuned Trainer alone")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there as well")
    asked = parser.parse_args()
    asked.seeds = asked.seeds or (FIVE_SEEDS if asked.paired else [42])
    asked.peers = asked.peers if asked.peers is not None else (["tuned"] if asked.paired else list(PEERS))
    return asked


if __name__ == "__main__":
    main()
