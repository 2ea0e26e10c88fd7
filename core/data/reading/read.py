"""Reading: any table of texts that people have, with every row that is set aside named."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from core.data.reading.archive import Scratch, is_tar_inside, list_members, tables_of, unpack_members, unpack_single
from core.data.reading.columnar import open_arrow, open_parquet, open_workbook
from core.data.reading.delimited import open_delimited
from core.data.reading.folders import is_folder_layout, is_text, open_folders, part_of
from core.data.reading.formats import GOOD, first_bytes, guess_format, refuse_extension, refuse_what_is_not_data
from core.data.reading.objects import open_objects
from core.data.reading.records import Aside
from core.data.reading.table_reader import Batch, Rows, TableReader, as_frame, said_of
from core.errors import DatasetError

BINARY = ("parquet", "arrow", "feather", "xlsx", "xls", "ods", "zip", "tar", "gz")
THINNED = 20
AT_ONCE = 64 << 20  # bytes up to which a file is read whole to look at it


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read: ``frame`` with unique string column names, and how it was written.

    Attributes:
        sheets: what can be chosen from inside: sheets of a workbook, tables of an archive.
        skipped: (line, reason, content) of each row that was set aside.
        sampled: whether ``frame`` holds only some rows of a large file, from all over it.
        reasons: what was guessed -> why.
    """

    frame: pd.DataFrame
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    skipped: tuple[Aside, ...] = ()
    warnings: tuple[str, ...] = ()
    sampled: bool = False
    size: int = 0
    reasons: dict[str, str] = field(default_factory=dict)


def open_source(
    path: Path,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    name: str | None = None,
) -> TableReader:
    """Find out what a file is and how it is written, without reading it whole.

    Args:
        name: what the user calls the file, where ``path`` is a copy.

    Raises:
        DatasetError: when the file cannot be used, saying what it is and what to do.
    """
    name = name or path.name
    head = first_bytes(path, name)
    refuse_what_is_not_data(head, name)
    kind = guess_format(head, name)
    refuse_extension(kind, head, name)
    if kind in ("zip", "tar", "compressed"):
        again = partial(open_source, delimiter=delimiter, encoding=encoding, header=header)
        return _open_archive(path, name, kind, sheet, encoding, again)
    if kind == "parquet":
        return open_parquet(path, name)
    if kind == "arrow":
        return open_arrow(path, name)
    if kind == "excel":
        return open_workbook(path, name, sheet, header)
    if kind in ("json", "jsonl"):
        return open_objects(path, kind, name, encoding)
    source = open_delimited(path, name, delimiter, encoding, header)
    suffix = name.lower().rsplit(".", 1)[-1]
    if suffix in BINARY:
        said = f"The name ends in .{suffix}, but the file holds plain text; it was read as {source.format.upper()}."
        source = replace(source, warnings=(said, *source.warnings))
    return source


def read_table(path: Path, **how: object) -> Table:
    """Read any supported file whole; what is not given is found out from the content.

    Args:
        how: as ``open_source`` takes it.

    Raises:
        DatasetError: when the file cannot be used, saying what it is and what to do.
    """
    return table_of_source(open_source(path, **how))  # type: ignore[arg-type]


def look(source: TableReader) -> Table:
    """The whole of a small file; of a large one some thousand rows from all over it, by which its columns can be judged."""
    if source.size <= AT_ONCE:
        return table_of_source(source)
    rows = source.peek() if source.peek else _thinned(source)
    return replace(_described(source, as_frame(rows)), sampled=True)


def _thinned(source: TableReader) -> Rows:
    """Every so many rows of a source that cannot be looked into."""
    kept = [as_frame(batch.rows).iloc[::THINNED] for batch in source.batches()]
    return pd.concat(kept, ignore_index=True)


def table_of_source(source: TableReader) -> Table:
    """All rows of a source in memory.

    Raises:
        DatasetError: when it holds no rows.
    """
    frames, aside, notes = [], list(source.aside), Counter[str]()
    tables: list[pa.Table] = []
    for batch in source.batches():
        if isinstance(batch.rows, pa.Table):
            tables.append(batch.rows)
        else:
            frames.append(batch.rows)
        aside += batch.aside
        notes += batch.notes
    if tables:
        frames.append(as_frame(pa.concat_tables(tables)))
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0] if frames else pd.DataFrame()
    if not len(frame):
        raise DatasetError(f"{source.name} holds no rows.", "Upload a file with at least a few rows of texts.")
    return _described(source, frame, aside, notes)


def _described(
    source: TableReader, frame: pd.DataFrame, aside: list[Aside] | None = None, notes: Counter[str] | None = None
) -> Table:
    rows = tuple(source.aside if aside is None else aside)
    warnings = (*source.warnings, *said_of(notes or Counter()), *set_aside_sentence(rows, len(rows), len(frame)))
    return Table(
        frame, source.format, source.encoding, source.delimiter, source.header, source.sheets, source.sheet, rows, warnings,
        size=source.size, reasons=source.reasons,
    )  # fmt: skip


def set_aside_sentence(first: tuple[Aside, ...], count: int, kept: int) -> tuple[str, ...]:
    """How many rows were not read, and where the first of them stand."""
    if not count:
        return ()
    lines = ", ".join(f"{each.line:,}" for each in first[:5] if each.line) + (" and others" if count > 5 else "")
    where = f" (line {lines})" if first[0].line else ""
    return (f"{count:,} of {kept + count:,} rows were set aside: {first[0].reason}{where}.",)


def _open_archive(
    path: Path, name: str, kind: str, sheet: str | None, encoding: str | None, again: Callable[..., TableReader]
) -> TableReader:
    if kind == "compressed" and not is_tar_inside(path, name):
        scratch = Scratch()
        inner = unpack_single(path, name, scratch)
        return replace(_inside(again, inner, name.rsplit(".", 1)[0], name, sheet), keep=scratch)
    found = list_members(path, name)
    _refuse_documents(found, name)
    tables = tables_of(found)
    texts = [member for member in found if is_text(member)]
    if is_folder_layout(found) and len(texts) >= len(tables):
        return open_folders(path, name, found, encoding)
    if not tables and len(texts) > 1:
        return open_folders(path, name, found, encoding)
    tables = tables or texts
    if not tables:
        kinds = ", ".join(sorted({f".{member.suffix}" for member in found})[:5])
        raise DatasetError(f"{name} holds no table and no folders of texts, only {kinds}.", GOOD)
    return _tables(path, name, {member.path: member.size for member in tables}, sheet, again)


def _inside(again: Callable[..., TableReader], path: Path, inner: str, name: str, sheet: str | None) -> TableReader:
    """A file that came out of an archive; archives inside archives are not opened."""
    if guess_format(first_bytes(path, name), inner) in ("zip", "tar", "compressed"):
        raise DatasetError(f"{name} holds another archive, {inner!r}.", "Unpack the outer one first.")
    return again(path, name=inner.rsplit("/", 1)[-1], sheet=sheet)


def _refuse_documents(found: list, name: str) -> None:
    kinds = {
        "word/document.xml": "a Word document",
        "ppt/presentation.xml": "a presentation",
        "META-INF/MANIFEST.MF": "a Java program",
    }
    for member in found:
        if member.path in kinds:
            raise DatasetError(f"{name} is {kinds[member.path]}, not a table.", "Copy its texts into a table first.")


def _tables(
    path: Path, name: str, sizes: dict[str, int], sheet: str | None, again: Callable[..., TableReader]
) -> TableReader:
    """The tables of an archive: the one asked for, train and test files together, or the largest."""
    names = tuple(sizes)
    if sheet is not None and sheet not in names and len(names) > 1:
        raise DatasetError(f"{name} has no table {sheet!r}.", f"Its tables: {', '.join(names[:20])}.")
    parts = {each: part_of(each.rsplit("/", 1)[-1].rsplit(".", 1)[0]) for each in names}
    scratch = Scratch()
    if sheet is None and len(names) > 1 and all(parts.values()) and len(set(parts.values())) == len(names):
        files = unpack_members(path, name, list(names), scratch)
        sources = [(str(parts[each]), _inside(again, file, each, name, None)) for each, file in files.items()]
        if len({source.columns for _, source in sources}) == 1:
            return replace(together(sources, name), sheets=names, keep=scratch)
    train = next((each for each in names if parts[each] == "train"), None)
    chosen = sheet if sheet in names else train or max(names, key=lambda each: sizes[each])
    inner = sheet if sheet not in names else None
    files = unpack_members(path, name, [chosen], scratch)
    source = _inside(again, files[chosen], chosen, name, inner)
    if len(names) == 1:
        return replace(source, keep=scratch)
    others = f"The archive holds {len(names)} tables; {chosen!r} was read. Choose another as its sheet."
    said = () if sheet else (others,)
    return replace(source, sheets=names, sheet=chosen, keep=scratch, warnings=(*source.warnings, *said))


def together(sources: list[tuple[str, TableReader]], name: str) -> TableReader:
    """Sources of equal columns one after another, with the part each stands for as one more column."""
    first = sources[0][1]
    column = "split" if "split" not in first.columns else "part"

    def read() -> Iterator[Batch]:
        for number, (part, source) in enumerate(sources):
            found = list(source.aside)
            for batch in source.batches():
                rows = _with_part(batch.rows, column, part)
                yield Batch(rows, found + batch.aside, (number + batch.done) / len(sources), batch.notes)
                found = []

    warnings = tuple(dict.fromkeys(warning for _, source in sources for warning in source.warnings))
    size = sum(source.size for _, source in sources)
    reasons = first.reasons | {"split": "the names of the files"}
    return replace(
        first, name=name, columns=(*first.columns, column), size=size, batches=read, peek=None, aside=(), warnings=warnings,
        reasons=reasons,
    )  # fmt: skip


def _with_part(rows: Rows, column: str, part: str) -> Rows:
    if isinstance(rows, pd.DataFrame):
        return rows.assign(**{column: part})
    return rows.append_column(column, pa.array([part] * rows.num_rows, pa.string()))
