"""One folder a class, one file a text: the layout in which IMDB and many others come."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.data.reading.archive import Member, members
from core.data.reading.encoding import guess_encoding
from core.data.reading.parts import part_of
from core.data.reading.records import Aside
from core.data.reading.table_reader import Batch, TableReader, table_of

ROWS = 4_096
LONGEST = 50 << 20  # bytes of one text
UNLABELLED = re.compile(r"un-?(sup|label)", re.I)
BINARY = frozenset("png jpg jpeg gif bmp tif tiff webp ico pdf doc docx ppt pptx mp3 mp4 wav avi mov zip gz tar bz2 xz 7z rar exe "
                   "dll so bin pkl pickle pt pth npy npz h5 db sqlite py pyc js css sh bat feat vocab model".split())  # fmt: skip


def is_text(member: Member) -> bool:
    """Whether a member may be one text, by its name: .txt and the like, or a number or no extension."""
    return not member.link and (
        member.suffix in ("txt", "text", "md", "html", "htm", "eml", "") or member.suffix.isdigit()
    )


def _outer(found: list[Member]) -> set[tuple[str, ...]]:
    """Folders that hold folders with texts: what lies in them directly, such as a README, belongs to no class."""
    folders = {member.parts[:-1] for member in found if is_text(member)}
    return {folder[:depth] for folder in folders for depth in range(len(folder))}


def class_of(member: Member, outer: set[tuple[str, ...]]) -> tuple[str | None, str | None]:
    """(label, part) of a text by the folders above it; no label outside class folders."""
    folders = member.parts[:-1]
    part = next((part for folder in reversed(folders) if (part := part_of(folder)) and folder != folders[-1]), None)
    if not folders or folders in outer or part_of(folders[-1]):
        return None, part
    return folders[-1], part


def is_folder_layout(found: list[Member]) -> bool:
    """Whether the texts lie in at least two class folders."""
    outer = _outer(found)
    labels = Counter(class_of(member, outer)[0] for member in found if is_text(member))
    labels.pop(None, None)
    return len(labels) >= 2


def open_folders(path: Path, name: str, found: list[Member], encoding: str | None = None) -> TableReader:
    """An archive of texts: text, label and part (where the folders tell them), and the file's path."""
    outer = _outer(found)
    placed = {member.path: class_of(member, outer) for member in found if is_text(member)}
    labelled = len({label for label, _ in placed.values() if label}) > 1
    parted = any(part for _, part in placed.values())
    texts = {each for each, (label, _) in placed.items() if label or not labelled}
    aside = tuple(
        Aside(0, "a link, not a file" if member.link else "a file outside the class folders", member.path)
        for member in found if member.path not in texts
    )  # fmt: skip
    columns = ("text", *(("label",) if labelled else ()), *(("split",) if parted else ()), "file")
    used = encoding or guess_encoding(_sample(path, name, texts), name, whole=False)
    read = partial(_batches, path, name, placed, texts, columns, used)
    sizes = sum(member.size for member in found if member.path in texts)
    classes = sorted({label for label, _ in placed.values() if label})
    reasons = {"label": f"the folders: {', '.join(classes[:6])}{' …' if len(classes) > 6 else ''}"} if labelled else {}
    return TableReader(name, "folders", columns, sizes, read, used, aside=aside, reasons=reasons)


def _sample(path: Path, name: str, texts: set[str], size: int = 400_000) -> bytes:
    """The texts that are not plain ASCII, some hundred kilobytes of them."""
    found, total = [b""], 0
    for number, (member, content) in enumerate(members(path, name)):
        if member.path in texts and member.size <= LONGEST and not (data := content()).isascii():
            found.append(data)
            total += len(data)
        if total > size or number > 5_000:
            break
    return b"\n".join(found)


def _batches(
    path: Path, name: str, placed: dict[str, tuple[str | None, str | None]], texts: set[str], columns: tuple[str, ...],
    encoding: str,
) -> Iterator[Batch]:  # fmt: skip
    rows: list[list[str]] = []
    aside: list[Aside] = []
    notes: Counter[str] = Counter()
    seen = 0
    for member, content in members(path, name):
        if member.path not in texts:
            continue
        seen += 1
        data = content() if member.size <= LONGEST else b""
        if member.size > LONGEST or (b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
            aside.append(Aside(0, "not a text file", member.path))
            continue
        text, bad = _decoded(data, encoding, member.path)
        notes["misfits"] += bad
        label, part = placed[member.path]
        cells = {"text": text, "label": "" if UNLABELLED.match(label or "") else label or "", "split": part or "train"}
        rows.append([(cells | {"file": member.path})[column] for column in columns])
        if len(rows) >= ROWS:
            yield Batch(table_of(rows, columns), aside, seen / len(texts), notes)
            rows, aside, notes = [], [], Counter()
    yield Batch(table_of(rows, columns), aside, 1.0, notes)


def _decoded(data: bytes, encoding: str, name: str) -> tuple[str, int]:
    try:
        return data.decode(encoding).removeprefix("\ufeff").replace("\x00", ""), 0
    except UnicodeDecodeError:
        used = guess_encoding(data, name)
        text = data.decode(used, "replace").removeprefix("\ufeff").replace("\x00", "")
        return text, text.count("\ufffd")
