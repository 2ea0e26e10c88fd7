"""Adding a data set: a file is read, its roles are chosen, its rows are split and stored."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from core.data.columns.guess import choose_roles
from core.data.columns.labels import names_of
from core.data.columns.own_export import bears_export_names
from core.data.columns.roles import Roles, check_roles, with_kind
from core.data.reading.hub import is_hub_name, open_hub
from core.data.reading.read import Table, sample_table
from core.data.reading.reader import ReadingOptions
from core.data.reading.readers import ENDINGS, open_table
from core.data.reading.skipped import skipped_sentences
from core.data.reading.table_reader import Batch, TableReader, as_frame, mended_sentences
from core.data.sets.describe import dataset_id, part_counts, part_sizes
from core.data.sets.ingest import ingest
from core.data.sets.preview import whole_batch
from core.data.sets.spreadsheet import original_cell
from core.data.sets.store import DataSet, find_by_fingerprint, new_folder, publish, rename_dataset
from core.data.sets.tally import Tally
from core.data.splits.split import FRACTIONS

ENDINGS_OF_NAME = re.compile(rf"(\.({'|'.join(ENDINGS)}))+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Storing:
    """How the rows of a file become a set.

    Attributes:
        asked: fields of ``Roles`` that were named; what is empty was not asked for.
        name: of the set; None takes it from ``source_name``, the file as the user knows it.
        fractions: shares of train, validation and test.
        no_label: store it without labels, for prediction only.
        guess: False takes the roles exactly as asked, so that an empty one stays empty.
    """

    asked: dict[str, Any]
    name: str | None
    source_name: str
    fractions: tuple[float, ...]
    seed: int
    no_label: bool
    guess: bool


def add_dataset(
    path: Path | str,
    *,
    name: str | None = None,
    source_name: str | None = None,
    text: str | Sequence[str] | None = None,
    label: str | None = None,
    text_pair: str | None = None,
    split: str | None = None,
    group: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    fractions: Sequence[float] = FRACTIONS,
    seed: int = 42,
    no_label: bool = False,
    guess: bool = True,
    progress: Callable[[float], None] | None = None,
    **other_roles: Any,
) -> tuple[DataSet, bool]:
    """Read a file and store it; what is not given is guessed.

    Args:
        path: a file, or a data set of the Hub by its name.
        text: a column, or several that are joined to one text in this order.
        guess: False takes the roles exactly as given, so that an empty one stays empty.
        other_roles: further fields of ``Roles``: joined, labels, task, separator, decimal, places, domain, language, id, ignore.
        progress: is told the share of a large file that is done, 0 to 1.

    Returns:
        the set, and whether the same rows were already stored (the old set is then returned; a name that was given becomes its name).

    Raises:
        DatasetError: when the file cannot be used, saying why and what to do.
    """
    source_name = source_name or Path(path).name
    if is_hub_name(str(path)):
        source = open_hub(str(path), sheet, progress)
        source_name, name = source.name, name or str(path).removeprefix("hub:")
    else:
        options = ReadingOptions(delimiter=delimiter, encoding=encoding, sheet=sheet, header=header)
        source = open_table(Path(path), source_name, options)
    if text is not None and not isinstance(text, str):
        other_roles["joined"] = tuple(text[1:])
        text = text[0] if text else None
    asked: dict[str, Any] = {"text": text, "label": label, "text_pair": text_pair, "split": split, "group": group}
    storing = Storing(asked | other_roles, name, source_name, tuple(fractions), seed, no_label, guess)
    return store_source(source, storing, progress)


def store_source(
    source: TableReader, storing: Storing, progress: Callable[[float], None] | None = None
) -> tuple[DataSet, bool]:
    """Store the rows of an opened file, batch by batch; the rest as in ``add_dataset``."""
    source = _without_marks(source)
    table = sample_table(source)
    roles = choose_roles(table.frame, storing.asked, guess=storing.guess)
    if storing.no_label:
        roles = roles.changed(label=None, labels=(), task=None)
    check_roles(table.frame, roles)
    roles = with_kind(table.frame, roles)
    batches = source.batches() if table.sampled else [whole_batch(table)]
    with new_folder() as folder:
        ingested = ingest(batches, roles, folder, progress, "none" if table.sampled else "zstd")
        tally = ingested.tally
        small = tally.labels_and_parts(roles, storing.fractions, storing.seed)
        ingested.fingerprint.update("split", pa.array(small["split"], pa.string()))
        fingerprint = ingested.fingerprint.value(_order(ingested.columns), roles.task or "")
        if known := find_by_fingerprint(fingerprint):
            renamed = storing.name and storing.name != known.name
            return (rename_dataset(known.id, str(storing.name)) if renamed else known), True
        warnings = [*_reading_warnings(table, source, tally), *tally.warnings(roles, small["label"])]
        dataset = _described(small, table, roles, tally, warnings, storing, fingerprint)
        small[["split"]].to_parquet(folder / "split.parquet", compression="zstd", index=False)
        publish(dataset, folder)
    return dataset, False


def _without_marks(source: TableReader) -> TableReader:
    """An export in CSV without the apostrophes that keep spreadsheets from running a text; other files as they are."""
    if source.format not in ("csv", "tsv") or not bears_export_names(source.columns):
        return source

    def batches() -> Iterator[Batch]:
        for batch in source.batches():
            yield batch._replace(rows=as_frame(batch.rows).map(original_cell))

    return replace(source, batches=batches)


def _order(columns: list[str]) -> list[str]:
    """The columns as ``DataSet.frame`` orders them: the split behind the label."""
    behind = columns.index("label") + 1
    return [*columns[:behind], "split", *columns[behind:]]


def _reading_warnings(table: Table, source: TableReader, tally: Tally) -> list[str]:
    """What was mended or left out while reading; of a sampled file it is known only once all of it has passed."""
    if not table.sampled:
        return list(table.warnings)
    unread = skipped_sentences(tuple(tally.first_unread), tally.unread, tally.read)
    return [*source.warnings, *mended_sentences(tally.notes), *unread]


def _described(
    small: pd.DataFrame, table: Table, roles: Roles, tally: Tally, warnings: list[str], storing: Storing,
    fingerprint: str,
) -> DataSet:  # fmt: skip
    name = storing.name or ENDINGS_OF_NAME.sub("", storing.source_name)
    kind, column = roles.task or "single_label", roles.label or ", ".join(roles.labels) or None
    task = "text_pair" if kind == "single_label" and roles.text_pair else kind
    return DataSet(
        id=dataset_id(name, fingerprint), name=name, rows=len(small),
        labels=names_of(kind, small["label"], str(column)) if roles.answered else (),
        counts=part_counts(small, kind, str(column)), columns=tuple(map(str, table.frame.columns)), text=roles.text,
        label=column, text_pair=roles.text_pair, split=roles.split, group=roles.group,
        task=task if roles.answered else "unlabelled", encoding=table.encoding, delimiter=table.delimiter,
        format=table.format, skipped_rows=sum(tally.skipped.values()), skipped=dict(tally.skipped),
        warnings=tuple(warnings), seed=storing.seed, fractions=storing.fractions, created=time.time(),
        source_name=storing.source_name, fingerprint=fingerprint, sizes=part_sizes(small["split"]),
        label_columns=roles.labels, separator=roles.separator, domain=roles.domain, language=roles.language,
        id_column=roles.id, joined=roles.joined, asks=tuple(ask.to_json() for ask in (*table.asks, *roles.asks)),
    )  # fmt: skip
