"""How large a table of texts and labels may be in those measures that no sound one reaches."""

from core.errors import DatasetError

MOST_COLUMNS = 2_000
MOST_CELLS = 64_000_000  # of one sheet of a workbook, empty ones between the filled ones included
MOST_MEMORY = 6 << 30  # bytes that reading a file may take in its own process, beyond what that takes to start
MOST_SECONDS = 600.0  # until a file is opened, and until its next rows are there


def refuse_wide(columns: int, name: str) -> None:
    """Raise where a table has more columns than one of texts and labels can have.

    Raises:
        DatasetError: with their number.
    """
    if columns > MOST_COLUMNS:
        raise DatasetError(
            f"{name} would have {columns:,} columns or more; a table of texts has at most {MOST_COLUMNS:,}.",
            "Keep the columns with texts and labels, or name another separator if this one is not meant.",
        )
