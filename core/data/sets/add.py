"""Adding a data set: a file is read, its roles are chosen, its rows are split and stored."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core.data.columns.appearance import MOST_CLASSES
from core.data.columns.guess import choose_roles
from core.data.columns.labels import count_labels, names_of, stored_answers, strata
from core.data.columns.roles import Roles, check_roles, with_kind
from core.data.reading.cells import cell_text
from core.data.reading.hub import is_hub_name, open_hub
from core.data.reading.read import Table, sample_table
from core.data.reading.reader import ReadingOptions
from core.data.reading.readers import open_table
from core.data.reading.skipped import skipped_sentences
from core.data.reading.table_reader import Batch, TableReader, mended_sentences
from core.data.sets.ingest import Ingested, ingest
from core.data.sets.store import DataSet, list_datasets, new_folder, place, rename_dataset
from core.data.splits.split import PARTS, split_rows
from core.errors import DatasetError

FRACTIONS = (0.7, 0.1, 0.2)


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


def prepare(
    table: Table, roles: Roles, fractions: Sequence[float] = FRACTIONS, seed: int = 42
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows exactly as they would be stored, and what was set aside.

    Returns:
        the frame that ``DataSet.frame`` describes, and ``skipped`` (reason -> rows) with ``warnings`` (sentences).

    Raises:
        DatasetError: when these roles give no usable set, naming the column and the remedy.
    """
    check_roles(table.frame, roles)
    roles, source = with_kind(table.frame, roles), table.frame
    frame = pd.DataFrame({"row": range(len(source)), "text": [cell_text(cell).strip() for cell in source[roles.text]]})
    if roles.text_pair:
        frame["text_pair"] = [cell_text(cell).strip() for cell in source[roles.text_pair]]
    answers = _answers(source, roles)
    frame["label"] = answers.fillna("") if answers is not None else ""
    kept_beside = {roles.group, roles.domain, roles.language, roles.id}
    for column in source.columns:
        if column not in roles.taken() or column in kept_beside:
            frame[f"extra.{column}"] = [cell_text(cell) for cell in source[column]]
    no_text = frame["text"] == ""
    if roles.text_pair:
        no_text |= frame["text_pair"] == ""
    no_label = answers.isna() & ~no_text if answers is not None else pd.Series(False, index=frame.index)
    skipped = Counter(each.reason for each in table.skipped)
    skipped.update({"without text": int(no_text.sum())} if no_text.any() else {})
    skipped.update({"without label": int(no_label.sum())} if no_label.any() else {})
    warnings = list(table.warnings)
    for reason in ("without text", "without label"):
        if skipped.get(reason):
            warnings.append(f"{skipped[reason]:,} rows {reason} were set aside.")
    kept = ~(no_text | no_label)
    given = [cell_text(cell) for cell in source[roles.split]] if roles.split else None
    frame = frame[kept].reset_index(drop=True)
    if not len(frame):
        raise DatasetError(f"No row of column {roles.text!r} has a text.", "Choose another text column.")
    warnings += _check_labels(frame["label"], roles) if roles.answered else []
    frame.insert(
        list(frame.columns).index("label") + 1, "split",
        split_rows(
            strata(str(roles.task), frame["label"]) if roles.answered else None,
            source[roles.group][kept].map(cell_text) if roles.group else None,
            fractions=tuple(fractions), seed=seed, rows=len(frame),  # type: ignore[arg-type]
            given=pd.Series(given)[kept.to_numpy()] if given else None,
        ),
    )  # fmt: skip
    return frame, {"skipped": dict(skipped), "warnings": warnings}


def add_dataset(
    path: Path | str,
    *,
    name: str | None = None,
    source_name: str | None = None,
    text: str | None = None,
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
        guess: False takes the roles exactly as given, so that an empty one stays empty.
        other_roles: further fields of ``Roles``: labels, task, separator, domain, language, id, ignore.
        progress: is told the share of a large file that is done, 0 to 1.

    Returns:
        the set, and whether the same rows were already stored (the old set is then returned; a name that was given becomes its name).

    Raises:
        DatasetError: when the file cannot be used, saying why and what to do.
    """
    source_name = source_name or Path(path).name
    if is_hub_name(str(path)):
        source, source_name = open_hub(str(path), sheet, progress), str(path).removeprefix("hub:")
    else:
        options = ReadingOptions(delimiter=delimiter, encoding=encoding, sheet=sheet, header=header)
        source = open_table(Path(path), source_name, options)
    asked: dict[str, Any] = {"text": text, "label": label, "text_pair": text_pair, "split": split, "group": group}
    storing = Storing(asked | other_roles, name, source_name, tuple(fractions), seed, no_label, guess)
    return store_source(source, storing, progress)


def store_source(
    source: TableReader, storing: Storing, progress: Callable[[float], None] | None = None
) -> tuple[DataSet, bool]:
    """Store the rows of an opened file, batch by batch; the rest as in ``add_dataset``."""
    table = sample_table(source)
    roles = choose_roles(table.frame, storing.asked, guess=storing.guess)
    if storing.no_label:
        roles = roles.changed(label=None, labels=(), task=None)
    check_roles(table.frame, roles)
    roles = with_kind(table.frame, roles)
    batches = source.batches() if table.sampled else [Batch(table.frame, list(table.skipped), 1.0, Counter())]
    with new_folder() as folder:
        found = ingest(
            batches, roles, folder, partial(_answers, roles=roles), progress, "none" if table.sampled else "zstd"
        )
        if not found.rows:
            raise DatasetError(f"No row of column {roles.text!r} has a text.", "Choose another text column.")
        frame = _small_columns(found, roles, storing)
        order = found.columns[: found.columns.index("label") + 1] + ["split"]
        order += [each for each in found.columns if each not in order]
        found.fingerprint.update("split", pa.array(frame["split"], pa.string()))
        fingerprint = found.fingerprint.value(order, roles.task or "")
        for known in list_datasets():
            if known.fingerprint == fingerprint:
                named = storing.name and storing.name != known.name
                return (rename_dataset(known.id, str(storing.name)) if named else known), True
        notes = {"skipped": dict(found.skipped), "warnings": _warnings(table, source, found, frame, roles)}
        dataset = _describe(frame, table, roles, notes, storing, fingerprint)
        frame[["split"]].to_parquet(folder / "split.parquet", compression="zstd", index=False)
        place(dataset, folder)
    return dataset, False


def _small_columns(found: Ingested, roles: Roles, storing: Storing) -> pd.DataFrame:
    """(kept rows) label and split."""
    labels = pd.Series(np.concatenate(found.labels), dtype=object)
    parts = split_rows(
        strata(str(roles.task), labels) if roles.answered else None, pd.Series(np.concatenate(found.groups)) if roles.group else None,
        fractions=storing.fractions, seed=storing.seed, rows=found.rows,  # type: ignore[arg-type]
        given=pd.Series(np.concatenate(found.given)) if roles.split else None,
    )  # fmt: skip
    return pd.DataFrame({"label": labels, "split": parts.to_numpy()})


def _warnings(table: Table, source: TableReader, found: Ingested, frame: pd.DataFrame, roles: Roles) -> list[str]:
    warnings = list(table.warnings)
    if table.sampled:
        reading = skipped_sentences(tuple(found.first), found.reading, found.read)
        warnings = [*source.warnings, *mended_sentences(found.notes), *reading]
    for reason in ("without text", "without label"):
        if found.skipped.get(reason):
            warnings.append(f"{found.skipped[reason]:,} rows {reason} were set aside.")
    return warnings + (_check_labels(frame["label"], roles) if roles.answered else [])


def _answers(source: pd.DataFrame, roles: Roles) -> pd.Series | None:
    if not roles.answered:
        return None
    return stored_answers(source, str(roles.task), roles.label, roles.labels, roles.separator)


def _check_labels(labels: pd.Series, roles: Roles) -> list[str]:
    if roles.task == "regression":
        if labels.nunique() < 2:
            raise DatasetError(
                f"The score column {roles.label!r} holds only {labels.iloc[0]!r}.", "Choose a column whose numbers differ."
            )  # fmt: skip
        return []
    if roles.task == "multi_label":
        return _check_several(labels, roles)
    counts = labels.value_counts()
    if len(counts) < 2:
        raise DatasetError(
            f"The label column {roles.label!r} holds only {counts.index[0]!r}.",
            "Two classes at least are needed: choose another label column, or store the set without labels.",
        )
    if len(counts) > MOST_CLASSES or (len(counts) > 20 and len(counts) > len(labels) / 2):
        raise DatasetError(
            f"The label column {roles.label!r} has {len(counts):,} distinct values in {len(labels):,} rows.",
            "That looks like text or numbers, not classes: choose another label column.",
        )
    rare = counts[counts < 3]
    if len(rare):
        names = ", ".join(map(repr, rare.index[:5]))
        return [f"{len(rare)} classes have fewer than 3 rows ({names}): they cannot be in every part."]
    return []


def _check_several(labels: pd.Series, roles: Roles) -> list[str]:
    counts = count_labels("multi_label", labels, "")
    which = f"The label column {roles.label!r}" if roles.label else "The label columns"
    if len(counts) < 2 or len(counts) > MOST_CLASSES:
        raise DatasetError(
            f"{which} hold{'s' if roles.label else ''} {len(counts):,} different labels over {len(labels):,} rows.",
            f"Two to {MOST_CLASSES:,} can be learnt: choose another label column, or another separator.",
        )
    rare = [name for name, rows in counts.items() if rows < 3]
    empty = int((labels == "").sum())
    told = [f"{len(rare)} labels stand in fewer than 3 rows ({', '.join(map(repr, rare[:5]))})."] if rare else []
    return told + ([f"{empty:,} rows have no label at all: they teach when to give none."] if empty else [])


def _describe(
    frame: pd.DataFrame, table: Table, roles: Roles, notes: dict[str, Any], storing: Storing, fingerprint: str
) -> DataSet:
    name = storing.name or _stem(storing.source_name)
    kind, column = roles.task or "single_label", roles.label or ", ".join(roles.labels) or None
    labels = names_of(kind, frame["label"], str(column)) if roles.answered else ()
    sizes = {part: int((frame["split"] == part).sum()) for part in PARTS if (frame["split"] == part).any()}
    counts = {part: count_labels(kind, frame["label"][frame["split"] == part], str(column)) for part in sizes}
    task = "text_pair" if kind == "single_label" and roles.text_pair else kind
    task = task if roles.answered else "unlabelled"
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "set"
    return DataSet(
        id=f"{slug}-{fingerprint[:8]}", name=name, rows=len(frame), labels=labels, counts=counts,
        columns=tuple(map(str, table.frame.columns)), text=roles.text, label=column, text_pair=roles.text_pair,
        split=roles.split, group=roles.group, task=task, encoding=table.encoding, delimiter=table.delimiter,
        format=table.format, skipped_rows=sum(notes["skipped"].values()), skipped=notes["skipped"],
        warnings=tuple(notes["warnings"]), seed=storing.seed, fractions=storing.fractions, created=time.time(),
        source_name=storing.source_name, fingerprint=fingerprint, sizes=sizes, label_columns=roles.labels,
        separator=roles.separator, domain=roles.domain, language=roles.language, id_column=roles.id,
    )  # fmt: skip


def _stem(source_name: str) -> str:
    return re.sub(
        r"(\.(csv|tsv|txt|jsonl|ndjson|json|parquet|arrow|feather|xlsx|xls|ods|zip|tar|tgz|gz|bz2|xz|zst))+$",
        "",
        source_name,
        flags=re.I,
    )
