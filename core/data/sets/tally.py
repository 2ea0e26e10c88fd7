"""Tally: what is remembered of the rows of a file while their texts pass by, and what follows from it."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.columns.labels import strata
from core.data.columns.learnable import check_learnable
from core.data.columns.roles import Roles
from core.data.reading.parts import PARTS
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch
from core.data.sets.storable import StorableRows
from core.data.splits.split import split_rows
from core.errors import DatasetError

SHOWN = 5  # rows that could not be read, told by their line
REASONS = ("without text", "without label")


@dataclass(slots=True)
class Tally:
    """The small columns of all kept rows, and how many rows were set aside for what.

    Attributes:
        kept, read: rows that are stored, and rows that were read.
        unread: rows that could not be read, the first of them in ``first_unread``.
        hidden: rows of a test part that the file has without labels, so that another is drawn.
        skipped: reason -> rows, those that could not be read and those without text or label.
        unlabelled: part that the file names -> rows of it without label.
        notes: what had to be mended while reading -> how often.
    """

    kept: int = 0
    read: int = 0
    unread: int = 0
    first_unread: list[SkippedRow] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    unlabelled: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    _labels: list[np.ndarray] = field(default_factory=list)
    _given: list[np.ndarray] = field(default_factory=list)
    _groups: list[np.ndarray] = field(default_factory=list)

    def add(self, batch: Batch, rows: StorableRows) -> None:
        """Count a batch and keep its small columns."""
        self.kept += rows.table.num_rows
        self.read += len(rows.without_text)
        self.unread += len(batch.skipped)
        self.first_unread += batch.skipped[: max(0, SHOWN - len(self.first_unread))]
        self.skipped.update(unread.reason for unread in batch.skipped)
        for reason, mask in zip(REASONS, (rows.without_text, rows.without_label), strict=True):
            if mask.any():
                self.skipped[reason] += int(mask.sum())
        self.notes += batch.mended
        self._labels.append(_shared(rows.table["label"]))
        if rows.given is not None:
            self._given.append(_shared(rows.given))
        if rows.unlabelled is not None:
            self.unlabelled.update(PARTS.get(part.strip().lower(), "") for part in rows.unlabelled.to_pylist())
        if rows.groups is not None:
            self._groups.append(_shared(rows.groups))

    def labels_and_parts(self, roles: Roles, fractions: tuple[float, ...], seed: int) -> pd.DataFrame:
        """(kept rows) label and split.

        Raises:
            DatasetError: when no row is kept, or the shares or the parts that the file names make no sense.
        """
        if not self.kept:
            raise DatasetError(f"No row of column {roles.text!r} has a text.", "Choose another text column.")
        labels = pd.Series(np.concatenate(self._labels), dtype=object)
        given = pd.Series(np.concatenate(self._given)) if roles.split else None
        if given is not None and self.unlabelled["test"]:
            is_test = given.astype(str).str.strip().str.lower().map(PARTS) == "test"
            self.hidden = 0 if is_test.any() else self.unlabelled["test"]
        parts = split_rows(
            strata(str(roles.task), labels) if roles.answered else None,
            pd.Series(np.concatenate(self._groups)) if roles.group else None,
            fractions=fractions, seed=seed, rows=self.kept,  # type: ignore[arg-type]
            given=given, carve=not roles.row, test_share=fractions[2] if self.hidden else 0.0,
        )  # fmt: skip
        return pd.DataFrame({"label": labels, "split": parts.to_numpy()})

    def warnings(self, roles: Roles, labels: pd.Series) -> list[str]:
        """Sentences about rows that are not kept and about labels.

        Raises:
            DatasetError: when the labels cannot be learnt from.
        """
        missing = [
            f"{self.skipped[reason]:,} rows {reason} were set aside." for reason in REASONS if self.skipped[reason]
        ]
        if self.hidden:
            missing.append(
                f"The test part of the file has no labels ({self.hidden:,} rows): a test part was drawn from the training rows. "
                "Score those rows with a finished run on the Use page, or with `predict RUN --input FILE`."
            )
        return [*roles.warnings, *missing, *check_learnable(labels, roles)]


def _shared(column: pa.ChunkedArray) -> np.ndarray:
    """Strings as Python objects, equal ones the same object, so that a million labels cost eight megabytes."""
    coded = pc.dictionary_encode(column.combine_chunks())
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    if not len(coded):
        return np.empty(0, dtype=object)
    return np.array(coded.dictionary.to_pylist(), dtype=object)[coded.indices.to_numpy()]
