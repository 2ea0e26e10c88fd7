"""Several sets with the same labels as one, in which each is a domain."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from core.data.sets.add import add_dataset
from core.data.sets.domains import SEPARATOR
from core.data.sets.store import DataSet
from core.errors import DatasetError

JOINABLE = ("single_label", "text_pair")
LEFT_OUT = ""  # what a label is the same as whose rows are left out


def join_sets(datasets: Sequence[DataSet], same: Mapping[str, str] | None = None, name: str | None = None) -> DataSet:
    """Store the rows of several sets as one, with the set that each came from in a column ``domain``; parts stay.

    Args:
        same: label -> the label that it is the same as, in whichever set it stands; rows of a label that is the same as none (an empty
            text) are left out.
        name: of the new set; by default those of the sets, joined.

    Raises:
        DatasetError: when fewer than two sets are named, they differ in their task or in the parts that have rows, a label stands in one
            of them alone, or fewer than two are left.
    """
    same = same or {}
    _check(datasets, same)
    names = _names(datasets)
    frames = []
    for dataset, domain in zip(datasets, names, strict=True):
        frame = dataset.frame()
        columns = [column for column in ("text", "text_pair", "label", "split") if column in frame]
        frame = frame[columns].assign(label=frame["label"].replace(same), domain=domain)
        frames.append(frame[frame["label"] != LEFT_OUT])
    joined = pd.concat(frames, ignore_index=True)
    pair = "text_pair" if "text_pair" in joined else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joined.parquet"
        joined.to_parquet(path, index=False)
        return add_dataset(
            path, name=name or " + ".join(names), source_name=" + ".join(names), text="text", text_pair=pair, label="label",
            split="split", domain="domain", task="single_label", guess=False,
        )[0]  # fmt: skip


def _check(datasets: Sequence[DataSet], same: Mapping[str, str]) -> None:
    if len({dataset.id for dataset in datasets}) < 2:
        raise DatasetError("Fewer than two different sets were named.", "Name two or more that `data list` shows.")
    for dataset in datasets:
        if dataset.task not in JOINABLE:
            raise DatasetError(f"The rows of {dataset.name!r} do not have one class each.", "Join sets of classes.")
    if len({dataset.task for dataset in datasets}) > 1:
        raise DatasetError("Some of these sets hold pairs of texts and others single texts.", "Join sets of one kind.")
    known = {label for dataset in datasets for label in dataset.labels}
    if unknown := sorted(set(same) - known):
        raise DatasetError(f"None of these sets has the label {unknown[0]!r}.", f"Labels: {', '.join(sorted(known))}.")
    _check_labels(datasets, same)
    _check_parts(datasets)


def _check_labels(datasets: Sequence[DataSet], same: Mapping[str, str]) -> None:
    """Refuse labels that stand in one set alone, and sets of which fewer than two are left."""
    labels = [{same.get(label, label) for label in dataset.labels} - {LEFT_OUT} for dataset in datasets]
    for own, found in zip(datasets, labels, strict=True):
        for other, others in zip(datasets, labels, strict=True):
            if missing := sorted(others - found):
                label, instead = missing[0], sorted(found)[0] if found else "LABEL"
                raise DatasetError(
                    f"The label {label!r} of {other.name!r} does not stand in {own.name!r}, which has {', '.join(sorted(found))}.",
                    f"Say which labels are the same (`--same {label}={instead}`), or leave its rows out (`--same {label}=`).",
                )
    if len(labels[0]) < 2:
        raise DatasetError(
            f"{len(labels[0])} of the labels would be left.", "A set to learn from needs two classes at least."
        )


def _check_parts(datasets: Sequence[DataSet]) -> None:
    """Refuse sets of which some have rows in a part and others none: the latter would silently be no domain to judge by."""
    for part in ("train", "validation", "test"):
        without = [dataset.name for dataset in datasets if not dataset.size(part)]
        if without and len(without) < len(datasets):
            raise DatasetError(
                f"{without[0]!r} has no {part} rows, and another of these sets has some.",
                f"Split {without[0]!r} again with other fractions, so that every set is judged alike.",
            )


def _names(datasets: Sequence[DataSet]) -> list[str]:
    """What each set is called as a domain: its name, with its id where two share one; never with the mark between domains."""
    names = [dataset.name.replace(SEPARATOR, "/") for dataset in datasets]
    shared = {name for name in names if names.count(name) > 1}
    return [dataset.id if name in shared else name for dataset, name in zip(datasets, names, strict=True)]
