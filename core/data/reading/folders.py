"""One folder a class, one file a text: the layout in which IMDB and many others come."""

import re
from collections import Counter
from collections.abc import Container, Iterator
from functools import partial
from pathlib import Path

from core.data.reading.encoding import find_encoding, guess_encoding
from core.data.reading.members import Member, members
from core.data.reading.parts import part_of
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, TableReader, string_table

ROWS = 4_096
LONGEST = 50 << 20  # bytes of one text
SAMPLE, SAMPLED_FILES = 400_000, 5_000  # bytes by which the encoding is guessed, and files that are looked at
TEXTS = ("txt", "text", "md", "html", "htm", "eml", "")  # endings of texts
UNLABELLED = re.compile(r"un-?(sup|label)", re.I)


def is_text(member: Member) -> bool:
    """Whether a member may be one text, by its name: .txt and the like, or a number or no extension."""
    return not member.link and (member.ending in TEXTS or member.ending.isdigit())


def outer_folders(files: list[Member]) -> set[tuple[str, ...]]:
    """Folders that hold folders with texts: what lies in them directly, such as a README, belongs to no class."""
    folders = {member.parts[:-1] for member in files if is_text(member)}
    return {folder[:depth] for folder in folders for depth in range(len(folder))}


def class_of(member: Member, outer: set[tuple[str, ...]]) -> tuple[str | None, str | None]:
    """(label, part) of a text by the folders above it; no label outside class folders.

    Args:
        outer: as ``outer_folders`` gives them.
    """
    folders = member.parts[:-1]
    part = next((part for folder in reversed(folders) if (part := part_of(folder)) and folder != folders[-1]), None)
    if not folders or folders in outer or part_of(folders[-1]):
        return None, part
    return folders[-1], part


def is_folder_layout(files: list[Member]) -> bool:
    """Whether the texts lie in at least two class folders."""
    outer = outer_folders(files)
    labels = {class_of(member, outer)[0] for member in files if is_text(member)}
    return len(labels - {None}) >= 2


def open_folders(path: Path, name: str, files: list[Member], encoding: str | None = None) -> TableReader:
    """An archive of texts: text, label and part (where the folders tell them), and the file's path.

    Args:
        files: of the archive.
        encoding: of all texts; guessed where it is None.

    Raises:
        DatasetError: when the archive is cut off or damaged.
    """
    outer = outer_folders(files)
    answers = {member.path: class_of(member, outer) for member in files if is_text(member)}
    classes = sorted({label for label, _ in answers.values() if label})
    is_labelled = len(classes) > 1
    has_parts = any(part for _, part in answers.values())
    texts = {file: answer for file, answer in answers.items() if answer[0] or not is_labelled}
    skipped = tuple(
        SkippedRow(0, "a link, not a file" if member.link else "a file outside the class folders", member.path, None)
        for member in files if member.path not in texts
    )  # fmt: skip
    columns = ("text", *(("label",) if is_labelled else ()), *(("split",) if has_parts else ()), "file")
    guess = find_encoding(encoding, _sample(path, name, texts), name, whole=False)
    size = sum(member.size for member in files if member.path in texts)
    why = f"the folders: {', '.join(classes[:6])}{' …' if len(classes) > 6 else ''}"
    return TableReader(
        name, "folders", columns, size, partial(_batches, path, name, texts, columns, guess.encoding), guess.encoding,
        skipped=skipped, warnings=guess.warnings, reasons={"label": why} if is_labelled else {},
    )  # fmt: skip


def _sample(path: Path, name: str, texts: Container[str]) -> bytes:
    """The texts that are not plain ASCII, some hundred kilobytes of them."""
    pieces, total = [b""], 0
    for number, (member, content) in enumerate(members(path, name)):
        if member.path in texts and member.size <= LONGEST and not (data := content()).isascii():
            pieces.append(data)
            total += len(data)
        if total > SAMPLE or number > SAMPLED_FILES:
            break
    return b"\n".join(pieces)


def _batches(
    path: Path, name: str, texts: dict[str, tuple[str | None, str | None]], columns: tuple[str, ...], encoding: str
) -> Iterator[Batch]:
    """The texts in the order of the archive; ``texts`` tells their label and part."""
    rows: list[list[str]] = []
    skipped: list[SkippedRow] = []
    mended: Counter[str] = Counter()
    seen = 0
    for member, content in members(path, name):
        if member.path not in texts:
            continue
        seen += 1
        data = content() if member.size <= LONGEST else b""
        if member.size > LONGEST or (b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
            skipped.append(SkippedRow(0, "not a text file", member.path, len(rows)))
            continue
        text, misfits = _decoded(data, encoding, member.path)
        mended["misfits"] += misfits
        label, part = texts[member.path]
        label = "" if UNLABELLED.match(label or "") else label or ""
        cells = {"text": text, "label": label, "split": part or "train", "file": member.path}
        rows.append([cells[column] for column in columns])
        if len(rows) >= ROWS:
            yield Batch(string_table(rows, columns), skipped, seen / len(texts), mended)
            rows, skipped, mended = [], [], Counter()
    yield Batch(string_table(rows, columns), skipped, 1.0, mended)


def _decoded(data: bytes, encoding: str, name: str) -> tuple[str, int]:
    """The text of one file, and how many places do not fit; where some do not, its own encoding is guessed."""
    try:
        return data.decode(encoding).removeprefix("\ufeff").replace("\x00", ""), 0
    except UnicodeDecodeError:
        own_encoding = guess_encoding(data, name)
        text = data.decode(own_encoding, "replace").removeprefix("\ufeff").replace("\x00", "")
        return text, text.count("\ufffd")
