"""Is a text of another kind told from those that were learnt from? Training texts of one set, new texts of it and of the others.

    GRAFT_TEST_DATA=… python -m benchmarks.novelty [--learnt 500] [--asked 300]

For each set: the area under the ROC curve of the distance for texts of each other set against new texts of its own (0.5 is chance), false
alarms among its own, and the share of the others that is found.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from core.explain.novelty import UNLIKE, know, strangeness
from core.explore.features import read_texts

SETS = ("airline_tweets", "customer_reviews", "emotion", "reuters_r8", "sms_spam", "ag_news")


def drawn(folder: Path, name: str, rows: int) -> list[str]:
    """Texts of a set, each once, the same ones every time."""
    texts = pd.read_parquet(folder / f"{name}.parquet")["text"].drop_duplicates()
    return [str(text) for text in texts.sample(min(rows, len(texts)), random_state=0)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learnt", type=int, default=500)
    parser.add_argument("--asked", type=int, default=300)
    arguments = parser.parse_args()
    folder = Path(os.environ.get("GRAFT_TEST_DATA", "../shared/data"))
    features = {
        name: read_texts(
            "minilm", drawn(folder, name, arguments.learnt + arguments.asked), None, lambda done, total: None
        )
        for name in SETS
    }
    for name, own in features.items():
        known = know(own[: arguments.learnt])
        if known is None:
            continue
        new = strangeness(known, own[arguments.learnt :])
        lines = []
        for other, theirs in features.items():
            if other != name:
                strange = strangeness(known, theirs[: arguments.asked])
                truth = np.r_[np.zeros(len(new)), np.ones(len(strange))]
                lines.append((other, roc_auc_score(truth, np.r_[new, strange]), float((strange >= UNLIKE).mean())))
        alarms = float((new >= UNLIKE).mean())
        told = ", ".join(f"{other} {area:.2f} ({found:.0%})" for other, area, found in lines)
        print(f"{name}: false alarms {alarms:.1%}; {told}")


if __name__ == "__main__":
    main()
