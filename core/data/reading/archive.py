"""Archives and compressed files: a folder of texts for each class, or tables, which the readers of tables open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.data.reading.compression import ENDINGS, ZIPPED, is_compressed
from core.data.reading.folders import is_folder_layout, is_text, open_folders
from core.data.reading.joined import join_parts
from core.data.reading.members import Member, list_members
from core.data.reading.parts import part_of_file, pieces_of_one_set
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recognise import ending_of, first_bytes, open_recognised
from core.data.reading.table_reader import TableReader
from core.data.reading.unpack import Scratch, is_tar, is_tar_inside, unpack_members, unpack_single
from core.errors import DatasetError

DOCUMENTS = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "META-INF/MANIFEST.MF": "a Java program",
}  # a file inside -> what the archive is


# files that the datasets library writes beside a set, which are no tables
DESCRIPTIONS = (
    "state.json",
    "dataset_info.json",
    "dataset_dict.json",
    "dataset_infos.json",
    "metadata.json",
    "package.json",
)


def archive_readers(tables: Sequence[Reader]) -> tuple[Reader, ...]:
    """The readers of archives, which open what they hold by the readers of ``tables``; archives inside are not opened."""
    archive = Archive(tuple(tables))
    return (
        Reader("zip", "zip", ("zip",), is_zip, archive.open),
        Reader("tar", "tar", ("tar",), is_tar, archive.open),
        Reader("compressed", "gz, bz2, xz, zst", ENDINGS, is_compressed, archive.open_compressed),
    )


def is_zip(head: bytes, ending: str) -> bool:
    """Whether the first bytes are those of a zip, such as workbooks are too."""
    return head.startswith(ZIPPED)


@dataclass(frozen=True, slots=True)
class Archive:
    """What opens archives that hold folders of texts, or files that one of ``tables`` reads."""

    tables: tuple[Reader, ...]

    def open_compressed(self, path: Path, name: str, options: ReadingOptions) -> TableReader:
        """A compressed tar, or the one table that a compressed file holds.

        Raises:
            DatasetError: when it is damaged, hostile, or holds nothing that can be read.
        """
        if is_tar_inside(path, name):
            return self.open(path, name, options)
        scratch = Scratch()
        inner = unpack_single(path, name, scratch)
        return replace(self._open_table(inner, name.rsplit(".", 1)[0], name, options), owns=scratch)

    def open(self, path: Path, name: str, options: ReadingOptions) -> TableReader:
        """A zip or tar: its texts by folders, where it holds those rather than tables, or its tables.

        Raises:
            DatasetError: when it is damaged, encrypted, hostile, or holds neither.
        """
        members = list_members(path, name)
        _refuse_documents(members, name)
        endings = {ending for reader in self.tables for ending in reader.endings}
        tables = [
            member for member in members
            if not member.link and member.ending in endings and member.parts[-1] not in DESCRIPTIONS
        ]  # fmt: skip
        texts = [member for member in members if is_text(member)]
        if len(texts) >= len(tables) and (is_folder_layout(members) or (not tables and len(texts) > 1)):
            return open_folders(path, name, members, options.encoding)
        if not tables and not texts:
            kinds = ", ".join(sorted({f".{member.ending}" for member in members})[:5])
            titles = ", ".join(reader.title for reader in self.tables)
            raise DatasetError(
                f"{name} holds no table and no folders of texts, only {kinds}.",
                f"Upload {titles}, or a zip or tar of one folder a class.",
            )
        return self._open_tables(path, name, {member.path: member.size for member in tables or texts}, options)

    def _open_tables(self, path: Path, name: str, sizes: dict[str, int], options: ReadingOptions) -> TableReader:
        """The table asked for as sheet; else train and test files together; else the one called train, or the largest.

        Args:
            sizes: path of each table inside the archive -> its bytes.
        """
        names, sheet = tuple(sizes), options.sheet
        if sheet is not None and sheet not in names and len(names) > 1:
            raise DatasetError(f"{name} has no table {sheet!r}.", f"Its tables: {', '.join(names[:20])}.")
        scratch = Scratch()
        together = pieces_of_one_set(names) if sheet is None and len(names) > 1 else {}
        if together:
            files = unpack_members(path, name, list(together), scratch)
            opened = [(together[table], self._open_table(file, table, name, options)) for table, file in files.items()]
            alike = [(part, table) for part, table in opened if table.columns == opened[0][1].columns]
            if len(alike) == len(opened) or len(alike) > 1:
                left = [table for table in names if table not in together]
                left += [
                    table
                    for table, (_, file) in zip(files, opened, strict=True)
                    if file.columns != opened[0][1].columns
                ]
                joined = replace(join_parts(alike, name), sheets=names, owns=scratch)
                return replace(joined, warnings=(*joined.warnings, *_left_out(left)))
        train = next((table for table in names if part_of_file(table) == "train"), None)
        chosen = sheet if sheet in sizes else train or max(names, key=sizes.__getitem__)
        file = unpack_members(path, name, [chosen], scratch)[chosen]
        inner_options = replace(options, sheet=sheet if sheet not in sizes else None)
        table = replace(self._open_table(file, chosen, name, inner_options), owns=scratch)
        if len(names) == 1:
            return table
        warning = f"The archive holds {len(names)} tables; {chosen!r} was read. Choose another as its sheet."
        return replace(table, sheets=names, sheet=chosen, warnings=(*table.warnings, *(() if sheet else (warning,))))

    def _open_table(self, path: Path, inner: str, name: str, options: ReadingOptions) -> TableReader:
        """A file that came out of the archive ``name``, where it was called ``inner``."""
        head, ending = first_bytes(path, name), ending_of(inner)
        reader = next(reader for reader in self.tables if reader.recognises(head, ending))
        if not reader.binary and (is_zip(head, ending) or is_tar(head, ending) or is_compressed(head, ending)):
            raise DatasetError(f"{name} holds another archive, {inner!r}.", "Unpack the outer one first.")
        return open_recognised(path, inner.rsplit("/", 1)[-1], options, self.tables)


def _left_out(tables: list[str]) -> tuple[str, ...]:
    if not tables:
        return ()
    shown = ", ".join(map(repr, tables[:5])) + (" …" if len(tables) > 5 else "")
    return (
        f"Left out, because their columns or names do not fit the others: {shown}. Choose one of them as its sheet.",
    )


def _refuse_documents(members: list[Member], name: str) -> None:
    for member in members:
        if member.path in DOCUMENTS:
            raise DatasetError(
                f"{name} is {DOCUMENTS[member.path]}, not a table.", "Copy its texts into a table first."
            )
