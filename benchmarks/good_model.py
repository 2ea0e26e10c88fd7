"""How soon a good model is there: the accuracy that the tuned Trainer ends with, and when Graft first has a model that reaches it.

    python -m benchmarks.good_model [--sets imdb emotion customer_reviews] [--seeds 42 13 7] [--rows N] [--minutes 2]

In one round, taking turns: `transformers.Trainer`, tuned (see benchmarks/peers.py), and Graft with its default settings, with its
quickest training (the top three layers), and with `auto`; each in a workspace of its own that knows nothing yet, on the same training
rows. *Reached* is told by the same validation rows for all: the Trainer is judged by them at its end, Graft at each of its own
evaluations, and the model that Graft hands over is the best of them. Seconds count from the command to that moment, loading
and evaluating within; the Trainer's count from its start to the end of its training loop. The accuracy on test rows is that of the model
handed over at the end. The data come from GRAFT_TEST_DATA.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.bench import FIVE_SEEDS
from benchmarks.subprocesses import run_child
from benchmarks.workloads import WORKS, Work, store

VALIDATION_ROWS, TEST_ROWS = 300, 1000
PEER = "Trainer, tuned"
TOP = ("--strategy", "top_k", "--top-layers", "3")


def main() -> None:
    """Print a line for each contender on each set; a child that plays the Trainer comes here as well."""
    if sys.argv[1:2] == ["trainer"]:
        print(json.dumps(trainer(**json.loads(sys.argv[2]))))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=list(WORKS), choices=WORKS)
    parser.add_argument("--seeds", nargs="+", type=int, default=FIVE_SEEDS[:3])
    parser.add_argument("--rows", type=int, help="instead of the rows of each work")
    parser.add_argument("--minutes", type=float, default=2.0, help="that auto is given")
    asked = parser.parse_args()
    print(
        "| set | who | seconds until it reaches the Trainer's accuracy | sooner by | at the end: seconds | test accuracy |"
    )
    print("|---|---|---|---|---|---|")
    for name in asked.sets:
        told: dict[str, list[dict[str, Any]]] = {}
        for seed in asked.seeds:
            work = WORKS[name]
            rows = asked.rows or work.train_size
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
                env = {"GRAFT_HOME": home}
                words = {"name": name, "dataset": store(name, env), "rows": rows, "seed": seed}
                peer = run_child(["-m", "benchmarks.good_model", "trainer", json.dumps(words)], env).value
            told.setdefault(PEER, []).append(peer)
            for who, own in contenders(asked.minutes).items():
                told.setdefault(who, []).append(graft_until(own, work, rows, seed, peer["chosen_by"]))
        for who, outcomes in told.items():
            print(line_of(name, who, outcomes, told[PEER]), flush=True)


def contenders(minutes: float) -> dict[str, list[str]]:
    """Who -> the words of the command line."""
    return {
        "Graft, default": ["train"],
        "Graft, top 3 layers": ["train", *TOP],
        f"Graft, auto in {minutes:g} min": ["auto", "--minutes", str(minutes), "--sources", "minilm"],
    }


def shared_words(work: Work, rows: int, seed: int) -> list[str]:
    """The settings that all share; the training rows follow from the seed."""
    return [
        "--train-size", str(rows), "--max-length", str(work.max_length), "--validation-size", str(VALIDATION_ROWS),
        "--test-size", str(TEST_ROWS), "--seed", str(seed),
    ]  # fmt: skip


def graft_until(words: list[str], work: Work, rows: int, seed: int, aim: float) -> dict[str, Any]:
    """Seconds from the command until a model reaches ``aim`` on the validation rows (None: never), and what was handed over."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        env = {"GRAFT_HOME": home}
        dataset = store(work.name, env)
        began = time.time()
        told = run_child(
            ["-m", "core", *words, "--dataset", dataset, *shared_words(work, rows, seed), "--json"], env
        ).value
        seconds = time.time() - began
        moments = [
            moment - began for run in Path(home, "runs").iterdir() for moment, score in scores(run) if score >= aim
        ]
    return {"reached": min(moments, default=None), "seconds": seconds, "judged": told["metrics"]["accuracy"]}


def scores(run: Path) -> list[tuple[float, float]]:
    """The moments at which a run had a model, with its accuracy on the validation rows."""
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    found = [(event["time"], event["accuracy"]) for event in events if event["event"] == "evaluated"]
    result = json.loads((run / "result.json").read_text()) if (run / "result.json").exists() else {}
    if not found and (known := result.get("validation")):
        found = [(event["time"], known["accuracy"]) for event in events if event["event"] == "trained"]
    return found


def trainer(name: str, dataset: str, rows: int, seed: int) -> dict[str, Any]:
    """The tuned Trainer on the rows that Graft draws, judged by the same validation and test rows."""
    from benchmarks.peers import encoded_rows, run_trainer, source
    from core.config import RunConfig
    from core.jobs.phases.choosing import choose_rows

    work = WORKS[name]
    config = RunConfig(
        dataset=dataset, strategy="full", epochs=work.epochs, train_size=rows, validation_size=VALIDATION_ROWS, test_size=TEST_ROWS,
        max_length=work.max_length, seed=seed,
    )  # fmt: skip
    chosen = choose_rows(config, print)
    labels = list(chosen.dataset.labels)
    model, tokenizer = source("minilm", len(labels), seed)
    parts = {
        part: encoded_rows(
            tokenizer, frame["text"].tolist(), [labels.index(label) for label in frame["label"]], work.max_length
        )
        for part, frame in chosen.parts.items()
    }
    judges = parts["validation"] + parts["test"]
    done = run_trainer(model, tokenizer, parts["train"], judges, epochs=work.epochs, seed=seed, tuned=True)
    seconds = time.time() - psutil.Process().create_time() - done["test_seconds"]
    right = np.array([row["labels"] for row in judges]) == np.array(done["predicted"])
    chosen_by, judged = right[: len(parts["validation"])].mean(), right[len(parts["validation"]) :].mean()
    return {"reached": seconds, "seconds": seconds, "chosen_by": float(chosen_by), "judged": float(judged)}


def line_of(name: str, who: str, outcomes: list[dict[str, Any]], peers: list[dict[str, Any]]) -> str:
    """Means over the seeds; where one never reached it, how many did."""
    there = [
        (one["reached"], peer["reached"])
        for one, peer in zip(outcomes, peers, strict=True)
        if one["reached"] is not None
    ]
    reached, sooner = "never", ""
    if there:
        some = f" ({len(there)} of {len(outcomes)})" if len(there) < len(outcomes) else ""
        reached = f"{np.mean([own for own, _ in there]):.1f}{some}"
        times = float(np.exp(np.mean([np.log(peer / own) for own, peer in there])))
        sooner = f"{times:.1f} x" if outcomes is not peers else ""
    judged = [100 * one["judged"] for one in outcomes]
    spread = f"{np.mean(judged):.1f} ({min(judged):.1f} to {max(judged):.1f})"
    return f"| {name} | {who} | {reached} | {sooner} | {np.mean([one['seconds'] for one in outcomes]):.1f} | {spread} |"


if __name__ == "__main__":
    main()
