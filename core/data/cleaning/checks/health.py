"""All checks of a set, computed once: a set never changes, so neither do its findings."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pandas as pd

from core import workspace
from core.data.cleaning.checks.check import LEVELS, Check, Material, Remedy
from core.data.cleaning.checks.content import check_content
from core.data.cleaning.checks.duplicates import check_duplicates
from core.data.cleaning.checks.labels import check_labels
from core.data.cleaning.checks.lengths import check_lengths
from core.data.cleaning.checks.reading import check_reading
from core.data.cleaning.checks.shift import check_shift
from core.data.cleaning.similar import similar_rows
from core.data.cleaning.texts import text_keys
from core.data.sets.store import DataSet

VERSION = 1  # of the checks: raised when they find other things, so that kept findings are not shown
Progress = Callable[[str, float], None]  # what is looked at, and how far (0..1)


def check_dataset(
    dataset: DataSet, model: str | None = None, max_length: int = 256, progress: Progress | None = None
) -> list[Check]:
    """All checks of a stored set, the gravest first; with a model also what it makes of the texts.

    Raises:
        SourceError: when the model's tokenizer cannot be had.
    """
    found = [_set_aside(dataset), *_kept(dataset, progress)]
    if model:
        found += check_reading(dataset, model, max_length)
    return sorted(found, key=lambda check: LEVELS.index(check.level))


def is_checked(dataset: DataSet) -> bool:
    """Whether the findings of this set are kept already, so that they are had at once."""
    return _path(dataset).exists()


def check_frame(dataset: DataSet, frame: pd.DataFrame, progress: Progress | None = None) -> list[Check]:
    """The checks that need only the rows, as ``DataSet.frame`` describes them."""
    say = progress or (lambda what, share: None)
    say("Comparing texts", 0.0)
    material = material_of(dataset, frame, lambda done, total: say("Comparing texts", 0.6 * done / max(1, total)))
    found = check_duplicates(material)
    say("Looking at labels", 0.65)
    found += check_labels(material) if material.classes else []
    say("Looking at lengths and languages", 0.7)
    found += check_lengths(material) + check_content(material)
    say("Comparing the parts", 0.85)
    found += check_shift(material)
    say("Done", 1.0)
    return found


def material_of(dataset: DataSet, frame: pd.DataFrame, progress: Callable[[int, int], None] | None = None) -> Material:
    """What checks and fixes look at."""
    frame = frame.reset_index(drop=True)
    pairs, compared = similar_rows(dataset, frame, progress)
    labels = set(frame["label"].unique())
    several = dataset.task in ("multi_label", "regression")
    classes = bool(dataset.labels) and not several and labels <= set(dataset.labels)
    group = f"extra.{dataset.group}" if dataset.group and f"extra.{dataset.group}" in frame else None
    return Material(frame, text_keys(frame), pairs, classes, group, compared, dataset.task)


def _kept(dataset: DataSet, progress: Progress | None) -> list[Check]:
    path = _path(dataset)
    kept = workspace.read_json(path)
    if kept is None:
        kept = [asdict(check) for check in check_frame(dataset, dataset.frame(), progress)]
        workspace.write_json(path, kept)
    return [_check(value) for value in kept]


def _path(dataset: DataSet) -> Any:
    group = f"-{dataset.group}" if dataset.group else ""
    name = f"{dataset.fingerprint[:24]}{group}-v{VERSION}.json".replace("/", "_")
    return workspace.folder("cache", "health") / name


def _check(value: dict[str, Any]) -> Check:
    fix = Remedy(**value["fix"]) if value["fix"] else None
    return Check(**value | {"rows": tuple(value["rows"]), "fix": fix})


def _set_aside(dataset: DataSet) -> Check:
    if not dataset.skipped_rows:
        return Check("missing", "ok", "Every row of the file has a text" + (" and a label." if dataset.label else "."))
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in dataset.skipped.items())
    message = f"{dataset.skipped_rows:,} rows of the file were set aside: {reasons}."
    remedy = "Fill them in the file and add it again."
    return Check("missing", "note", message, count=dataset.skipped_rows, remedy=remedy)
