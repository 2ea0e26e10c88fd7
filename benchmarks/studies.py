"""What the project's own studies say about real sets: the ladder, the labels that are needed, the ways to transfer.

    GRAFT_HOME=folder python -m benchmarks.studies KIND [--sets emotion imdb] [--rows 300] [--seeds 3] [--minutes 60]

KIND is ladder, labels, strategies, adapting (with and without reading the set's texts first) or together (the first set with the others at
once, and each alone). Each set gets one study; its table and its sentence are printed as they stand on its page. What has
run is not run again, so a cut-off evening goes on where it ended. Seconds are those of the machine and of whatever ran beside.
The data come from GRAFT_TEST_DATA.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

from benchmarks.sources import graft, stored

SETS = ("customer_reviews", "emotion", "ag_news", "airline_tweets", "reuters_r8", "imdb")
SIZES = "8,32,128"  # labelled rows a class of a labels curve
METHODS = "full,linear_probe,scratch"
WAYS = "full,linear_probe,lp_ft,top_k,lora,bitfit,few_shot"
SHARED = ("--validation-size", "100", "--test-size", "500", "--max-length", "64")


def main() -> None:
    """Print the table of each set as it is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--rows", type=int, default=300, help="labelled rows to learn from; a labels curve has its own")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=600.0, help="no new set is begun after this long")
    parser.add_argument(
        "--more", default="", help="further settings of the runs, such as '--model e5 --truncation windows'"
    )
    arguments = parser.parse_args()
    start = time.monotonic()
    for name in arguments.sets[: 1 if arguments.kind == "together" else None]:
        if time.monotonic() - start > 60 * arguments.minutes:
            print(f"\n{name}: left for another time", flush=True)
            continue
        asked, table = KINDS[arguments.kind]
        words = [*asked(arguments), "--seeds", str(arguments.seeds), *SHARED, *arguments.more.split()]
        told = study(
            STUDY.get(arguments.kind, arguments.kind),
            stored(name),
            f"{arguments.kind} {name} {arguments.more}".strip(),
            words,
        )
        print(f"\n**{name}**\n\n{table(told)}\n\n{told['sentence']}", flush=True)


def study(kind: str, dataset: str, title: str, words: list[str]) -> dict[str, Any]:
    """What a study says that has run to its end; one of this title that is there already is gone on with."""
    known = next((one["study"] for one in graft("study", "list")["studies"] if one["name"] == title), None)
    if known is None:
        return graft("study", "new", kind, "--dataset", dataset, "--name", title, *words)
    told = graft("study", "show", known)
    return told if told["state"] == "finished" else graft("study", "resume", known)


def ladder_table(told: dict[str, Any]) -> str:
    """A line for each rung."""
    lines = ["| rung | reached (95 % interval) | labels | seconds | trained weights |", "|---|---|---|---|---|"]
    for rung in told["rungs"]:
        if rung["value"] is None:
            lines.append(f"| {rung['title']} | {rung['state']} | | | |")
            continue
        weights = f"{rung['trained_weights']:,}" if rung["trained_weights"] is not None else ""
        lines.append(
            f"| {rung['title']} | {reached(rung['value'], rung['interval'])} | {rung['labels_used']} | {rung['seconds']:.1f} | {weights} |"
        )
    return "\n".join(lines)


def curve_table(told: dict[str, Any]) -> str:
    """A column for each size, a line for each method."""
    sizes = sorted({point["labels"] for one in told["series"] for point in one["points"]})
    lines = ["| method | " + " | ".join(f"{size} labels" for size in sizes) + " |", "|---" * (1 + len(sizes)) + "|"]
    for one in told["series"]:
        at = {point["labels"]: point for point in one["points"]}
        cells = [reached(at[size]["mean"], at[size]["interval"]) if size in at else "" for size in sizes]
        lines.append(f"| {one['title']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def ways_table(told: dict[str, Any]) -> str:
    """A line for each way; those for which no other is both better and quicker are marked."""
    lines = ["| way | reached (95 % interval) | seconds | trained weights | MiB | Wh | front |", "|---" * 7 + "|"]
    for line in told["lines"]:
        if line["mean"] is None:
            continue
        figures = [
            "" if line[name] is None else f"{line[name]:{form}}"
            for name, form in (
                ("seconds", ".1f"),
                ("trained_weights", ",.0f"),
                ("memory_mib", ",.0f"),
                ("energy_wh", ".3f"),
            )
        ]
        mark = "yes" if line["name"] in told["front"] else ""
        lines.append(f"| {line['name']} | {reached(line['mean'], line['interval'])} | {' | '.join(figures)} | {mark} |")
    return "\n".join(lines)


def together_table(told: dict[str, Any]) -> str:
    """A line for each task, together and alone."""
    lines = ["| set | together | alone | together less alone | verdict |", "|---|---|---|---|---|"]
    for task in told["tasks"]:
        test = task["test"]
        gap = (
            f"{100 * test['difference']:+.1f} ({100 * test['interval'][0]:+.1f} to {100 * test['interval'][1]:+.1f})"
            if test and test["interval"]
            else ""
        )
        own = [reached(task[way]["mean"], task[way]["interval"]) for way in ("together", "alone")]
        lines.append(
            f"| {task['name']}, {task['metric']} | {' | '.join(own)} | {gap} | {test['verdict'] if test else ''} |"
        )
    return "\n".join(lines)


def reached(value: float, interval: list[float] | None) -> str:
    """``84.2 (81.0 to 87.1)``."""
    return f"{100 * value:.1f}" + (f" ({100 * interval[0]:.1f} to {100 * interval[1]:.1f})" if interval else "")


STUDY = {"adapting": "settings"}  # where the kind of study has another name
Asks = Callable[[argparse.Namespace], list[str]]
KINDS: dict[str, tuple[Asks, Callable[[dict[str, Any]], str]]] = {
    "ladder": (lambda asked: ["--train-size", str(asked.rows)], ladder_table),
    "labels": (lambda asked: ["--sizes", SIZES, "--strategies", METHODS], curve_table),
    "adapting": (
        lambda asked: ["--train-size", str(asked.rows), "--vary", "adapt=none,own", "--strategy", "full"],
        ways_table,
    ),
    "together": (
        lambda asked: [
            "--train-size",
            str(asked.rows),
            "--strategy",
            "full",
            "--tasks",
            ",".join(stored(name) for name in asked.sets[1:]),
        ],
        together_table,
    ),
    "strategies": (lambda asked: ["--train-size", str(asked.rows), "--strategies", WAYS], ways_table),
}


if __name__ == "__main__":
    main()
