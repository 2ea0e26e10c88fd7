"""What each column of a file is for."""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from core.data.columns.kinds import look_at_labels
from core.data.columns.label_cells import plain_label
from core.data.reading.ask import Ask
from core.data.reading.cells import cell_text
from core.data.reading.parts import PARTS
from core.errors import DatasetError

SINGLE = ("text", "label", "text_pair", "split", "group", "domain", "language", "id", "row")


@dataclass(frozen=True, slots=True)
class Roles:
    """What each column is for, by the names of the file; ``reasons`` says in a sentence why it was guessed.

    Attributes:
        joined: further columns that are joined to ``text``, in this order, with a blank line between.
        row: the column with the row numbers of the set whose export the file is; they become those of the new set.
        label: the column with the answers; ``labels`` instead: columns of 0 and 1, one for each of several labels.
        task: single_label, multi_label or regression; None lets the label column decide.
        separator: between the labels in one cell, where several are joined.
        decimal: the mark before the decimals of a score; None lets each cell say so itself.
        places: names of the places of a list of 0 and 1 in a cell.
        missing: labels that mean that nobody has labelled the row, such as -1 in a hidden test part.
        asks: what the file leaves open, with both readings.
        warnings: what follows from the roles and should be known before the set is stored.
        ignore: columns that are not kept.
    """

    text: str
    label: str | None = None
    text_pair: str | None = None
    split: str | None = None
    group: str | None = None
    domain: str | None = None
    language: str | None = None
    id: str | None = None
    row: str | None = None
    labels: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    task: str | None = None
    separator: str | None = None
    decimal: str | None = None
    places: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    warnings: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    joined: tuple[str, ...] = ()

    def named(self) -> dict[str, str]:
        """The roles that one column fills."""
        return {role: column for role in SINGLE if (column := getattr(self, role))}

    def taken(self) -> list[str]:
        """Every column with a role, in the order of the roles."""
        return [*self.named().values(), *self.joined, *self.labels, *self.ignore]

    @property
    def texts(self) -> tuple[str, ...]:
        """All columns that make up the text."""
        return (self.text, *self.joined)

    @property
    def answered(self) -> bool:
        """Whether there is a label, several, or a score to learn."""
        return bool(self.label or self.labels)

    def changed(self, **changes: Any) -> "Roles":
        return replace(self, **changes)


def with_kind(frame: pd.DataFrame, roles: Roles) -> Roles:
    """The same roles with the task and the separator of the label column filled in where they were left open."""
    if roles.labels:
        return roles.changed(task="multi_label", label=None)
    if not roles.label:
        return roles
    kind = look_at_labels(frame[roles.label])
    reasons = roles.reasons if "label" in roles.reasons else roles.reasons | {"label": kind.reason}
    task = roles.task or kind.task
    roles = roles.changed(
        task=task, reasons=reasons, places=roles.places or kind.places,
        separator=(roles.separator or kind.separator) if task == "multi_label" else roles.separator,
        decimal=(roles.decimal or kind.decimal) if task == "regression" else roles.decimal,
        asks=tuple(_open_questions(kind.asks, roles)),
    )  # fmt: skip
    return with_hidden(frame, roles)


def _open_questions(asks: tuple[Ask, ...], roles: Roles) -> list[Ask]:
    """What nobody has decided: an answer that was given closes its question."""
    known = {ask.about for ask in roles.asks}
    fresh = [ask for ask in asks if ask.about not in known and not getattr(roles, ask.about)]
    return [*roles.asks, *fresh]


def with_hidden(frame: pd.DataFrame, roles: Roles) -> Roles:
    """The same roles with a label that stands in every row of the test part and nowhere else taken as no label.

    Competitions hide the answers of their test part so: -1 in every row.
    """
    if not roles.split or not roles.label or roles.missing or roles.task != "single_label":
        return roles
    parts = frame[roles.split].map(lambda cell: PARTS.get(cell_text(cell).strip().lower()))
    labels = frame[roles.label].map(lambda cell: plain_label(cell_text(cell)))
    hidden = set(labels[parts == "test"]) - {""}
    others = set(labels[parts != "test"]) - {""}
    if len(hidden) != 1 or hidden & others or len(others) < 2:
        return roles
    value = hidden.pop()
    warning = (
        f"Every row of the test part has the label {value!r}, which stands in no other part: it is taken as hidden."
    )
    return roles.changed(missing=(value,), warnings=(*roles.warnings, warning))


def check_roles(frame: pd.DataFrame, roles: Roles) -> None:
    """Raise where a role names a column that is not there, or two roles share one.

    Raises:
        DatasetError: quoting the column and listing those that exist.
    """
    wanted = [
        *roles.named().items(),
        *(("a part of the text", column) for column in roles.joined),
        *(("one of several labels", column) for column in roles.labels),
        *(("a column to ignore", column) for column in roles.ignore),
    ]
    for role, column in wanted:
        if column not in frame.columns:
            known = ", ".join(map(str, frame.columns[:30]))
            raise DatasetError(f"There is no column {column!r} to take as {role}.", f"The columns are: {known}.")
    taken = roles.taken()
    twice = {column for column in taken if taken.count(column) > 1}
    if twice:
        raise DatasetError(f"The column {twice.pop()!r} has two roles.", "Choose another column for one of them.")
