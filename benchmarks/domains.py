"""The domain and language matrices: one training on each domain, judged on each, beside counted words.

    GRAFT_HOME=folder python -m benchmarks.domains --output domains.jsonl [--rows N] [--seeds 3] [--epochs 3] [--only amazon_blitzer]

amazon_blitzer: books, dvd, electronics, kitchen, by MiniLM and counted words, all-but-one trainings as well. tweet_sentiment_8lang:
eight languages by MiniLM, by multilingual-e5-small (out of the package index, its weights rounded to 4 bits) and by counted words.
Each line of the output file is a study; what it holds is not done again, and a study that was cut short takes up the runs that have
finished. The data come from GRAFT_TEST_DATA.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.kept_lines import Lines
from benchmarks.subprocesses import run_child
from benchmarks.workloads import store


@dataclass(frozen=True, slots=True)
class Question:
    """A study of domains: the set, the source, the strategies, and whether domains are left out as well."""

    dataset: str
    model: str
    strategies: str
    left_out: bool
    max_length: int


QUESTIONS = (
    Question("amazon_blitzer", "minilm", "full,tfidf", True, 128),
    Question("tweet_sentiment_8lang", "minilm", "full,tfidf", False, 64),
    Question("tweet_sentiment_8lang", "e5", "full", False, 64),
)


def main() -> None:
    """Carry out what is missing, and print each matrix with what the study says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rows", type=int, help="training rows of each domain; all where it is left out")
    parser.add_argument("--test-rows", type=int, help="of all domains together; all where it is left out")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--strategy", help="in place of full fine-tuning")
    parser.add_argument("--only", help="a data set")
    arguments = parser.parse_args()
    lines = Lines(arguments.output)
    for question in QUESTIONS:
        if arguments.only in (None, question.dataset):
            strategies = question.strategies.replace("full", arguments.strategy or "full")
            words = words_of(question, strategies, arguments)
            told = lines.get(
                f"{question.dataset} | {question.model} | {words}", lambda q=question, w=words: study(q, w)
            )
            print(f"\n## {question.dataset}, {question.model}\n\n{told['sentence']}\n")
            for matrix in told["matrices"]:
                print(f"{matrix['strategy']}\n\n{table(matrix, told['domains'])}\n", flush=True)


def words_of(question: Question, strategies: str, asked: argparse.Namespace) -> tuple[str, ...]:
    """The options of the study."""
    words = ["--model", question.model, "--strategies", strategies, "--seeds", str(asked.seeds)]
    words += [
        "--epochs",
        str(asked.epochs),
        "--max-length",
        str(question.max_length),
        "--test-size",
        str(asked.test_rows or "all"),
    ]
    words += ["--left-out"] if question.left_out else []
    return (*words, *(("--train-size", str(asked.rows)) if asked.rows else ()))


def study(question: Question, words: tuple[str, ...]) -> dict[str, Any]:
    """What the study says once its runs have finished."""
    dataset = store(question.dataset)
    told = run_child(["-m", "core", "study", "new", "domains", "--dataset", dataset, *words, "--json"]).value
    return {name: told[name] for name in ("study", "domains", "matrices", "distances", "foretold", "sentence")}


def table(matrix: dict[str, Any], domains: list[str]) -> str:
    """Markdown: what was learnt from by row, what judged by column, with the intervals."""
    rows = [f"| learnt from | {' | '.join(domains)} |", "|---" * (len(domains) + 1) + "|"]
    known = {(entry["learnt"], entry["tested"]): entry for entry in matrix["entries"]}
    for learnt in dict.fromkeys(entry["learnt"] for entry in matrix["entries"]):
        rows.append(f"| {learnt} | {' | '.join(cell(known.get((learnt, tested))) for tested in domains)} |")
    return "\n".join(rows)


def cell(entry: dict[str, Any] | None) -> str:
    """``83.1 (79.9 to 86.0)``."""
    if entry is None:
        return "–"
    span = f" ({100 * entry['interval'][0]:.1f} to {100 * entry['interval'][1]:.1f})" if entry["interval"] else ""
    return f"{100 * entry['value']:.1f}{span}"


if __name__ == "__main__":
    main()
