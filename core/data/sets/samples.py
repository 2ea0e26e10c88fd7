"""Sample data that ships with Graft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data.sets.add import add_dataset
from core.data.sets.store import DataSet
from core.errors import DatasetError

FOLDER = Path(__file__).resolve().parent / "sample_files"


@dataclass(frozen=True, slots=True)
class Sample:
    """A shipped file and what to say of it.

    Attributes:
        roles: what ``add_dataset`` is told of its columns; the rest is guessed.
    """

    key: str
    title: str
    sentence: str
    path: Path
    roles: Mapping[str, Any] = field(default_factory=dict)


SAMPLES = {
    "support": Sample(
        "support", "Support messages",
        "728 messages to a shop with a bank card, 14 kinds of request, as people write them; 10 of each kind to learn from. "
        "Written for Graft.",
        FOLDER / "support.csv", {"text": "text", "label": "label", "split": "split"},
    ),
    "support_more": Sample(
        "support_more", "Support messages, with more to learn from",
        "The same messages to judge by, and 601 to learn from instead of 140, at least 34 of each kind: what more labels bring. "
        "Written for Graft.",
        FOLDER / "support_more.csv", {"text": "text", "label": "label", "split": "split"},
    ),
    "reviews": Sample(
        "reviews", "Reviews",
        "796 short English reviews of films, restaurants and gadgets, half of them positive: a hard case, since verdicts are told by "
        "irony or bare facts. Written for Graft.",
        FOLDER / "reviews.csv", {"text": "text", "label": "label", "split": "split"},
    ),
    "inbox": Sample(
        "inbox", "Help desk inbox, as exported",
        "A help desk's Excel file as people have them, 184 tickets: a title above the table, subject and body apart, misspelt "
        "classes, copies, and a column that gives the answer away. See what Graft finds, and mend it by clicks.",
        FOLDER / "inbox.xlsx", {"text": ["Subject", "Body"], "label": "Category"},
    ),
    "notes": Sample(
        "notes", "Notes on a tracker, several labels",
        "295 short notes of people who wear a fitness tracker, each about one or several of eight things; written for Graft.",
        FOLDER / "notes.csv", {"text": "text", "label": "labels", "split": "split"},
    ),
    "urgency": Sample(
        "urgency", "Messages by urgency, a score",
        "300 messages to the caretaker of a house with a score from 0 (can wait) to 10 (now); written for Graft.",
        FOLDER / "urgency.csv", {"text": "text", "label": "urgency", "split": "split"},
    ),
}  # fmt: skip


def add_sample(key: str) -> DataSet:
    """Store a sample, or find it where it is stored already.

    Raises:
        DatasetError: when there is no such sample.
    """
    if key not in SAMPLES:
        raise DatasetError(f"There is no sample {key!r}.", f"Samples: {', '.join(SAMPLES)}.")
    sample = SAMPLES[key]
    return add_dataset(sample.path, name=sample.title, **sample.roles)[0]
