"""Fixes of labels: another class for some rows, or labels made one, also where a row has several."""

import pandas as pd

from core.data.cleaning.checks.check import counted
from core.data.cleaning.fixes.fix import Fix, changed, existing_rows
from core.data.cleaning.material import Material
from core.data.columns.labels import count_labels
from core.data.sets.versions import Revision
from core.errors import DatasetError
from core.tasks import join_labels, split_labels


def relabel(material: Material, labels: dict[int, str]) -> Revision:
    """Give rows other labels; ``labels`` is row id -> label."""
    frame = _with_classes(material)
    wanted = {int(row): str(label).strip() for row, label in labels.items()}
    existing_rows(frame, wanted)
    if empty := [row for row, label in wanted.items() if not label]:
        raise DatasetError(f"The new label of row {empty[0]} is empty.", "Give a label, or drop the row.")
    return _labelled(frame, frame["row"].map(wanted).fillna(frame["label"]), "Relabelled {} by hand.")


def merge_labels(material: Material, names: dict[str, str]) -> Revision:
    """Rename labels, so that some become one, also within a row that has several; ``names`` is old -> new."""
    several = material.task == "multi_label"
    frame = material.frame if several else _with_classes(material)
    known = set(count_labels(material.task, frame["label"], ""))
    names = {old: str(new).strip() for old, new in names.items()}
    if empty := [old for old, new in names.items() if not new]:
        raise DatasetError(f"The new name of {empty[0]!r} is empty.", "Give a name, or drop its rows.")
    if missing := sorted(set(names) - known):
        raise DatasetError(
            f"There is no label {missing[0]!r}.", f"The labels are: {', '.join(map(str, sorted(known)[:20]))}."
        )
    pairs = ", ".join(f"{old!r} into {new!r}" for old, new in list(names.items())[:5])
    more = ", …" if len(names) > 5 else ""
    if several:  # two labels of a row that are one now stand there once
        after = frame["label"].map(
            lambda row: join_labels(dict.fromkeys(names.get(each, each) for each in split_labels(row)))
        )
    else:
        after = frame["label"].map(lambda label: names.get(label, label))
    return _labelled(frame, after, f"Merged {_literal(pairs)}{more}: {{}}.")


def _labelled(frame: pd.DataFrame, after: pd.Series, sentence: str) -> Revision:
    """``sentence`` with the number of rows that got another label in its braces."""
    moved = changed(frame, "label", after)
    return Revision(frame.assign(label=after), sentence.format(counted(len(moved), "row", "rows")), moved)


def _literal(text: str) -> str:
    """Braces of a label are no field of the sentence."""
    return text.replace("{", "{{").replace("}", "}}")


def _with_classes(material: Material) -> pd.DataFrame:
    if not material.classes:
        raise DatasetError("The rows of this set do not have one class each.", "Correct the file, and add it again.")
    return material.frame


RELABEL = Fix("relabel", relabel)
MERGE_LABELS = Fix("merge_labels", merge_labels)
