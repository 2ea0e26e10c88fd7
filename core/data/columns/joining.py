"""Several columns of a row as one text, such as the subject and the body of a message."""

from collections.abc import Sequence

BETWEEN = "\n\n"  # a blank line, as between paragraphs


def joined_texts(columns: Sequence[Sequence[str]]) -> list[str]:
    """(rows,) the trimmed cells of each row in the order of the columns, a blank line between; empty cells add nothing.

    Args:
        columns: (columns, rows) texts.
    """
    rows = zip(*columns, strict=True)
    return [BETWEEN.join(filter(None, (cell.strip() for cell in cells))) for cells in rows]
