"""What the benchmarks do it on: data sets with their sizes and lengths, and the rows that every contender gets."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.subprocesses import ROOT, run_child

if TYPE_CHECKING:
    import pandas as pd

DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")
BATCH = 32


@dataclass(frozen=True, slots=True)
class Work:
    """One job: a data set, rows to train on, rows to judge by, epochs, and tokens kept of each text."""

    name: str
    train_size: int
    test_size: int
    epochs: int
    max_length: int


WORKS = {
    "imdb": Work("imdb", 2000, 2000, 2, 256),
    "emotion": Work("emotion", 2000, 2000, 3, 128),
    "customer_reviews": Work("customer_reviews", 2000, 2000, 3, 128),
}


def store(name: str, env: Mapping[str, str] | None = None) -> str:
    """Add the data set to the workspace, or to that of ``env``, through the command line; returns its id."""
    path = DATA / f"{name}.parquet"
    if not path.exists():
        sys.exit(f"There is no {path.name} in {DATA}; set GRAFT_TEST_DATA to the folder that holds it.")
    return str(run_child(["-m", "core", "data", "add", str(path), "--json"], env).value["dataset"])


def rows_of(
    dataset: str, train_size: int, test_size: int, seed: int
) -> tuple["pd.DataFrame", "pd.DataFrame", list[str]]:
    """Training rows, test rows and labels: the draws that a run of Graft with these settings makes."""
    from core.data.sets.store import get_dataset
    from core.data.splits.draw import draw

    stored = get_dataset(dataset)
    train, test = stored.part("train"), stored.part("test")
    train = train.iloc[draw(train["label"], train_size, seed, train["row"])]
    test = test.iloc[draw(test["label"], test_size, 0, test["row"])] if test_size else test.iloc[:0]
    return train, test, list(stored.labels)
