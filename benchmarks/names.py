"""How names of classes alone are read best: wordings and ways to take off what all texts share, on real sets.

Run `python -m benchmarks.names`; sets come from GRAFT_TEST_DATA, and the sample messages from Graft itself where they are there.
No label is used but to count what was right.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.covariance import ledoit_wolf

from core.data.sets.samples import SAMPLES
from core.evaluation.by_names import FRAME, nearest, readable_name
from core.results.names_alone import CENTRE
from core.training.features import load_encoder, text_features

SETS = (
    "ag_news", "airline_tweets", "customer_reviews", "emotion", "imdb", "reuters_r8", "sms_spam", "twenty_newsgroups",
)  # fmt: skip
ROWS, LENGTH = 700, 128


def main() -> None:
    """Print a table: share answered right by each way, and of the commonest class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default="minilm")
    source = parser.parse_args().source
    encoder = load_encoder(source)

    def read(texts: list[str]) -> np.ndarray:
        return text_features(encoder, source, texts, max_length=LENGTH, all_layers=False)

    rows = {}
    for name, others, test in parts():
        labels = sorted(set(test["label"]))
        truth = test["label"].map(labels.index).to_numpy()
        texts, centre = read(test["text"].tolist()), read(others["text"].tolist())
        bare, framed = (
            read([frame.format(readable_name(label)) for label in labels]) for frame in ("{}", FRAME)
        )  # fmt: skip
        shares = {
            "commonest class": np.bincount(truth).max() / len(truth),
            "bare name": right(unit(texts) @ unit(bare).T, truth),
            "bare name, centred": right(nearest(texts, centre, bare, bare), truth),
            "sentence": right(unit(texts) @ unit(framed).T, truth),
            "sentence, centred": right(nearest(texts, centre, framed, framed), truth),
            "sentence, whitened": right(whitened(texts, centre, framed), truth),
        }
        rows[f"{name}, {len(labels)}"] = shares
        print(name, {way: f"{100 * share:.1f}" for way, share in shares.items()}, flush=True)
    table = pd.DataFrame(rows).T
    table.loc["mean"] = table.mean()
    print((100 * table).round(1).to_string())


def parts() -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Name, texts to centre on, and rows to judge; drawn by a fixed seed, and never the same row in both."""
    data = Path(os.environ.get("GRAFT_TEST_DATA", ""))
    for name in SETS:
        frame = pd.read_parquet(data / f"{name}.parquet")
        own = frame[frame["split"] == "test"] if "split" in frame and (frame["split"] == "test").any() else frame
        test = own.sample(min(ROWS, len(own)), random_state=0)
        yield name, frame.drop(test.index).sample(CENTRE, random_state=1), test
    if "support" in SAMPLES:
        frame = pd.read_csv(SAMPLES["support"].path)
        yield "support messages", frame[frame["split"] == "train"].head(CENTRE), frame[frame["split"] == "test"]


def whitened(texts: np.ndarray, centre: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(rows, classes) cosines after whitening with the texts' covariance, shrunk as Ledoit and Wolf (2004) do."""
    mean, classes = unit(centre).mean(axis=0), unit(classes)
    values, vectors = np.linalg.eigh(ledoit_wolf(unit(centre))[0])
    white = vectors @ np.diag(values**-0.5) @ vectors.T
    return unit((unit(texts) - mean) @ white) @ unit((classes - classes.mean(axis=0)) @ white).T


def right(scores: np.ndarray, truth: np.ndarray) -> float:
    """Share of rows whose class scores highest."""
    return float(np.mean(scores.argmax(axis=1) == truth))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Each row at length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
