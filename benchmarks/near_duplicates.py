"""Near duplicates in 100,000 real texts: seconds by number of rows, and how many planted copies are found.

    python -m benchmarks.near_duplicates [--rows 25000 50000 100000]

The texts are Chinese shop reviews and English sentences out of IMDB reviews, mixed. Into each round 1,000 copies are planted,
with one word in twenty taken out; counted are those that still agree with their original to four fifths of words and
word pairs. The data come from GRAFT_TEST_DATA.
"""

import argparse
import os
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.cleaning.near import THRESHOLD, near_pairs
from core.data.cleaning.texts import text_keys, words_of

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")
PLANTED = 1000


def main() -> None:
    """Measure each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    arguments = parser.parse_args()
    if not (DATA / "imdb.parquet").exists():
        sys.exit(f"There is no imdb.parquet in {DATA}; set GRAFT_TEST_DATA to the folder that holds it.")
    texts = real_texts(max(arguments.rows))
    print("| rows | seconds | CPU seconds | peak MiB | pairs | planted copies found |")
    print("|---|---|---|---|---|---|")
    for rows in arguments.rows:
        mixed, planted = with_copies(texts.iloc[: rows - PLANTED].tolist())
        began, worked = time.perf_counter(), time.process_time()
        keys = text_keys(pd.DataFrame({"text": mixed}))
        distinct = np.flatnonzero(~keys.duplicated().to_numpy())
        pairs = near_pairs([mixed[place] for place in distinct])
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        first, second = distinct[pairs.first], distinct[pairs.second]
        found = set(zip(first.tolist(), second.tolist(), strict=True))
        due = [pair for pair in planted if similarity(mixed[pair[0]], mixed[pair[1]]) >= THRESHOLD]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        hit = sum(pair in found for pair in due)
        print(
            f"| {rows:,} | {seconds:.1f} | {cpu:.1f} | {peak:,} | {len(found):,} | {hit:,} of {len(due):,} |",
            flush=True,
        )


def real_texts(rows: int) -> pd.Series:
    """Shop reviews and IMDB sentences of at least 40 characters, shuffled; half and half as far as they go."""
    shop = pd.read_parquet(DATA / "online_shopping_zh.parquet", columns=["text"])["text"]
    films = pd.read_parquet(DATA / "imdb.parquet", columns=["text"])["text"].head(20_000)
    sentences = films.str.replace("<br />", " ").str.split(r"(?<=[.!?])\s+", regex=True).explode().str.strip()
    sentences = sentences[sentences.str.len() >= 40]
    half = rows // 2
    return pd.concat([shop.head(half), sentences.sample(rows - min(half, len(shop)), random_state=0)]).sample(
        frac=1, random_state=1
    )


def with_copies(texts: list[str]) -> tuple[list[str], list[tuple[int, int]]]:
    """The texts with copies at their end, and the places (original, copy)."""
    random = np.random.default_rng(2)
    long = [place for place, text in enumerate(texts) if len(text.split()) >= 20]
    chosen = random.choice(long, PLANTED, replace=False)
    copies = []
    for place in chosen:
        words = texts[place].split()
        gone = set(random.choice(len(words), max(1, len(words) // 20), replace=False).tolist())
        copies.append(" ".join(word for number, word in enumerate(words) if number not in gone))
    return texts + copies, [(int(place), len(texts) + number) for number, place in enumerate(chosen)]


def similarity(one: str, two: str) -> float:
    """Jaccard similarity of words and word pairs, counted the plain way."""
    first, second = (set(words) | set(pairwise(words)) for words in (words_of(one), words_of(two)))  # type: ignore[operator]
    return len(first & second) / len(first | second)


if __name__ == "__main__":
    main()
