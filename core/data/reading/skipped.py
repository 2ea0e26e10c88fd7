"""Rows of a file that were not read: where they stand, why, and the sentence that says so."""

from collections import Counter
from typing import NamedTuple

REASONS = 4  # that the sentence names
NAMED_LINES = 5  # lines that the sentence names


class SkippedRow(NamedTuple):
    """A row of the file that was not read.

    Attributes:
        line: its first line or its number; 0 for none.
        content: what stands there.
        before: rows that were read before it, in its batch or in its whole table; None where it is no row of the table,
            such as a title above the names.
    """

    line: int
    reason: str
    content: str
    before: int | None = 0

    def later(self, rows: int) -> "SkippedRow":
        """The same with so many rows more before it."""
        return self if self.before is None else self._replace(before=self.before + rows)


def skipped_sentences(first: tuple[SkippedRow, ...], skipped: int, rows: int) -> tuple[str, ...]:
    """How many rows were not read, and where the first of them stand; nothing where all were.

    Args:
        first: the first of the rows that were skipped.
        skipped: how many there are of them.
        rows: how many were read.
    """
    if not skipped:
        return ()
    lines = ", ".join(f"{row.line:,}" for row in first[:NAMED_LINES] if row.line)
    where = f" (line {lines}{' and others' if skipped > NAMED_LINES else ''})" if first[0].line else ""
    counts = Counter(row.reason for row in first)
    if len(counts) == 1 or len(first) < skipped:
        why = first[0].reason
    else:
        why = ", ".join(f"{reason} ({count:,})" for reason, count in counts.most_common(REASONS))
    return (f"{skipped:,} of {rows + skipped:,} rows were set aside: {why}{where}.",)
