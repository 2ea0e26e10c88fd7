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


def join_sets(datasets: Sequence[DataSet], same: Mapping[str, str] | None = None, name: str | None = None) -> DataSet:
    """Store the rows of several sets as one, with the set that each came from in a column ``domain``; parts stay.

    Args:
        same: label -> the label that it is the same as, in whichever set it stands.
        name: of the new set; by default those of the sets, joined.

    Raises:
        DatasetError: when fewer than two sets are named, they differ in their task, or a label stands in one of them alone.
    """
    same = same or {}
    _check(datasets, same)
    names = _names(datasets)
    frames = []
    for dataset, domain in zip(datasets, names, strict=True):
        frame = dataset.frame()
        columns = [column for column in ("text", "text_pair", "label", "split") if column in frame]
        frames.append(frame[columns].assign(label=frame["label"].replace(same), domain=domain))
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
    labels = {dataset.name: {same.get(label, label) for label in dataset.labels} for dataset in datasets}
    for own, found in labels.items():
        for other, others in labels.items():
            if missing := sorted(others - found):
                raise DatasetError(
                    f"The label {missing[0]!r} of {other!r} does not stand in {own!r}, which has {', '.join(sorted(found))}.",
                    f"Say which labels are the same: `--same {sorted(found)[0]}={missing[0]}`.",
                )


def _names(datasets: Sequence[DataSet]) -> list[str]:
    """What each set is called as a domain: its name, with its id where two share one; never with the mark between domains."""
    names = [dataset.name.replace(SEPARATOR, "/") for dataset in datasets]
    shared = {name for name in names if names.count(name) > 1}
    return [dataset.id if name in shared else name for dataset, name in zip(datasets, names, strict=True)]
