"""What is kept of a first task while a second is learnt, by every way to keep it, and what that costs the second.

    GRAFT_HOME=folder python -m benchmarks.retention --output retention.jsonl [--rows 2000] [--seeds 3] [--first emotion]
        [--second airline_tweets] [--ways "plain,EWC 10"]

MiniLM is fine-tuned on the first set, then on the second: plainly, by LoRA, with each ``keep`` at several strengths, and as the best
point of the way between both models, chosen by validation rows. The first task is judged by the share of its own test rows that are
right, before and after, the second by its headline metric. Each line of the output file is one training; what it holds is not done
again. The data come from GRAFT_TEST_DATA.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kept_lines import Lines
from benchmarks.subprocesses import run_child
from benchmarks.workloads import store
from core.results.ways import judged
from core.runs.folder import get_run
from core.tasks import headline_of

PLAIN, BETWEEN = "plain", "best point between"
WAYS: dict[str, tuple[str, ...]] = {
    PLAIN: (),
    "LoRA": ("--strategy", "lora"),
    "layer-wise rates": ("--strategy", "llrd"),
    **{f"L2-SP {s:g}": ("--keep", "l2sp", "--keep-strength", str(s)) for s in (1, 10, 100)},
    **{f"EWC {s:g}": ("--keep", "ewc", "--keep-strength", str(s)) for s in (1, 10, 100, 1000)},
    **{f"replay {s:g}": ("--keep", "replay", "--keep-strength", str(s)) for s in (0.5, 1, 2)},
    **{f"distillation {s:g}": ("--keep", "distil", "--keep-strength", str(s)) for s in (0.5, 1, 2)},
}


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--first", default="emotion")
    parser.add_argument("--second", default="airline_tweets")
    parser.add_argument("--rows", type=int, default=2000, help="training rows of either task")
    parser.add_argument("--test-rows", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--ways", help="some of them, separated by commas")
    arguments = parser.parse_args()
    wanted = arguments.ways.split(",") if arguments.ways else [*WAYS, BETWEEN]
    lines, found = Lines(arguments.output), {}
    sets = [store(name) for name in (arguments.first, arguments.second)]
    size = ("--train-size", str(arguments.rows), "--test-size", str(arguments.test_rows), "--validation-size", "500")
    common = (*size, "--epochs", str(arguments.epochs), "--max-length", "64")
    first = lines.get(f"first {common}", lambda: {"run": train(sets[0], *common)})["run"]
    for seed in range(42, 42 + arguments.seeds):
        for way in wanted:
            told = lines.get(
                f"{way} | seed {seed} | {common}",
                lambda way=way, seed=seed: line(way, seed, sets[1], first, common, found),
            )
            found[way, seed] = told
            print(
                f"{way}, seed {seed}: target {told['target']:.4f}, source {told['source_after']:.4f}, {told['verdict']}",
                flush=True,
            )
    print(table(wanted, found, arguments.seeds))


def line(
    way: str, seed: int, dataset: str, first: str, common: tuple[str, ...], found: dict[tuple[str, int], dict[str, Any]]
) -> dict[str, Any]:
    """One training and what it kept; the point between needs the plain one of the same seed."""
    if way == BETWEEN:
        told = graft("retention", found[PLAIN, seed]["run"], "--save", "best")
        run, extra = told["saved"], {"alpha": told["curve"]["best"]}
    else:
        run, extra = train(dataset, *common, "--init-from", first, "--seed", str(seed), *WAYS[way]), {}
    kept = graft("retention", run)
    names = ("target", "source_before", "source_after", "difference", "interval", "verdict")
    return (
        {"run": run, "seconds": (get_run(run).result or {})["seconds"]} | {name: kept[name] for name in names} | extra
    )


def table(ways: list[str], found: dict[tuple[str, int], dict[str, Any]], seeds: int) -> str:
    """Both tasks by way: means over seeds, the target tested against plain, the source kept as a share of before.

    Beside the mean change of the source stand the lowest and the highest end of the seeds' own 95 % intervals.
    """
    rows = [
        "| way | target | beside plain | source after | change (seeds' intervals) | kept | words | s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for way in ways:
        own = [found[way, seed] for seed in range(42, 42 + seeds)]
        before, after = (np.mean([one[name] for one in own]) for name in ("source_before", "source_after"))
        words = ", ".join(dict.fromkeys(one["verdict"] for one in own))
        rows.append(
            f"| {way} | {100 * np.mean([one['target'] for one in own]):.1f} | {beside(way, found, seeds)} | {100 * after:.1f} "
            f"(before {100 * before:.1f}) | {change(own)} | {100 * after / before:.1f} % | {words} | "
            f"{np.mean([one['seconds'] for one in own]):.0f} |"
        )
    return "\n".join(rows)


def change(own: list[dict[str, Any]]) -> str:
    """What the source gained or lost, in points: the mean over seeds, and between which ends their intervals lie."""
    mean = 100 * np.mean([one["difference"] for one in own])
    ends = [end for one in own if one["interval"] for end in one["interval"]]
    return f"{mean:+.1f} ({100 * min(ends):+.1f} to {100 * max(ends):+.1f})" if ends else f"{mean:+.1f}"


def beside(way: str, found: dict[tuple[str, int], dict[str, Any]], seeds: int) -> str:
    """The target less that of plain fine-tuning, in points, over rows and seeds."""
    if way == PLAIN or (PLAIN, 42) not in found:
        return ""
    sides = [[get_run(found[name, seed]["run"]) for seed in range(42, 42 + seeds)] for name in (way, PLAIN)]
    together = judged([run for side in sides for run in side])
    test = together.compare(*(together.way(side) for side in sides), headline_of(sides[0][0].result or {}))
    if test.interval is None:
        return f"{100 * test.difference:+.1f}"
    return f"{100 * test.difference:+.1f} ({100 * test.interval[0]:+.1f} to {100 * test.interval[1]:+.1f})"


def train(dataset: str, *words: str) -> str:
    """Id of a finished run."""
    return str(graft("train", "--dataset", dataset, "--strategy", "full", *words)["run"])


def graft(*words: str) -> dict[str, Any]:
    """A command of the project in a process of its own."""
    value: dict[str, Any] = run_child(["-m", "core", *words, "--json"]).value
    return value


if __name__ == "__main__":
    main()
