"""Several opened files of equal columns as one: the train and test files of an archive, the splits of a Hub set."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from core.data.reading.table_reader import Batch, Rows, TableReader


def join_parts(opened: list[tuple[str | None, TableReader]], name: str) -> TableReader:
    """Files of equal columns one after another, with the part each stands for as one more column.

    Args:
        opened: (part, file), at least one; no part at all where these are pieces of one table.
        name: what the user calls all of them together.
    """
    first = opened[0][1]
    has_parts = any(part for part, _ in opened)
    part_column = "split" if "split" not in first.columns else "part"

    def batches() -> Iterator[Batch]:
        for number, (part, file) in enumerate(opened):
            skipped = list(file.skipped)
            for batch in file.batches():
                rows = _with_part(batch.rows, part_column, str(part)) if has_parts else batch.rows
                yield Batch(rows, skipped + batch.skipped, (number + batch.done) / len(opened), batch.mended)
                skipped = []

    return replace(
        first, name=name, columns=(*first.columns, *((part_column,) if has_parts else ())), size=sum(file.size for _, file in opened),
        batches=batches, peek=None, skipped=(),
        warnings=tuple(dict.fromkeys(warning for _, file in opened for warning in file.warnings)),
        reasons=first.reasons | ({"split": "the names of the files"} if has_parts else {}),
    )  # fmt: skip


def _with_part(rows: Rows, column: str, part: str) -> Rows:
    if isinstance(rows, pd.DataFrame):
        return rows.assign(**{column: part})
    return rows.append_column(column, pa.array([part] * rows.num_rows, pa.string()))
