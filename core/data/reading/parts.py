"""Words that files, folders and split columns use for the parts of a set."""

import re
from collections import Counter
from collections.abc import Sequence

PARTS = {
    "train": "train", "training": "train", "valid": "validation", "validation": "validation", "val": "validation",
    "dev": "validation", "eval": "validation", "test": "test", "testing": "test",
}  # fmt: skip


def part_of(name: str) -> str | None:
    """The part that the name of a folder, file or Hub split tells: train, 20news-bydate-train, test.csv."""
    words = re.split(r"[-_. ]", name.lower())
    return next((PARTS[word] for word in (words[-1], words[0]) if word in PARTS), None)


_SHARD = re.compile(r"(.*?)[-_.]?(?:(\d{3,6})[-_]of[-_]\d{3,6}|part[-_]?\d{2,6}|\d{4,6})$", re.IGNORECASE)


def part_of_file(path: str) -> str | None:
    """The part that a file in an archive belongs to: by its name without the number of its piece, else by its folders."""
    *folders, file = path.split("/")
    stem, _ = _stem_and_shard(file)
    return part_of(stem) or next((part for folder in reversed(folders) if (part := part_of(folder))), None)


def pieces_of_one_set(paths: Sequence[str]) -> dict[str, str | None]:
    """Files that belong together -> the part each is; nothing where they are separate tables.

    They are one file for each part, or several numbered pieces of it (train-00000-of-00002), or the pieces of one table.
    """
    parts = {path: part_of_file(path) for path in sorted(paths)}
    named = {path: part for path, part in parts.items() if part}
    if len(set(named.values())) > 1 and len({path.rsplit(".", 1)[-1] for path in named}) == 1:
        counts = Counter(named.values())
        if all(counts[part] == 1 or _stem_and_shard(path.rsplit("/", 1)[-1])[1] for path, part in named.items()):
            order = ("train", "validation", "test")
            return dict(sorted(named.items(), key=lambda item: (order.index(item[1]), item[0])))
    folders = {path.rpartition("/")[0] for path in paths}
    stems = {_stem_and_shard(path.rpartition("/")[2]) for path in paths}
    is_one_table = len(folders) == 1 and len({stem for stem, _ in stems}) == 1 and all(shard for _, shard in stems)
    return dict.fromkeys(sorted(paths)) if is_one_table else {}


def _stem_and_shard(file: str) -> tuple[str, bool]:
    """The name of a file without its ending and without the number of its piece, and whether it has one."""
    stem = file.rsplit(".", 1)[0]
    shard = _SHARD.fullmatch(stem)
    return (shard[1], True) if shard else (stem, False)
