"""Words that files, folders and split columns use for the parts of a set."""

import re

PARTS = {
    "train": "train", "training": "train", "valid": "validation", "validation": "validation", "val": "validation",
    "dev": "validation", "eval": "validation", "test": "test", "testing": "test",
}  # fmt: skip


def part_of(name: str) -> str | None:
    """The part that the name of a folder, file or Hub split tells: train, 20news-bydate-train, test.csv."""
    words = re.split(r"[-_. ]", name.lower())
    return next((PARTS[word] for word in (words[-1], words[0]) if word in PARTS), None)
