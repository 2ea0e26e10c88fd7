"""What kind of file this is, by its content: format, encoding, separator, header."""

import csv
import io
from collections import Counter
from dataclasses import dataclass

from core.errors import DatasetError

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_ROWS = 500
LABEL_LENGTH = 40  # characters; a longer cell is text rather than a column's name or a class

# first bytes of what people upload by mistake, and what to call it
NOT_DATA = (
    (b"version https://git-lfs.github.com/spec", "a Git LFS pointer: the data itself was never downloaded",
     "Fetch the real file with `git lfs pull`, then upload that."),
    (b"\x00\x05\x16\x07", "a macOS shadow file (AppleDouble), not the table itself",
     "Upload the file of the same name without the leading ._ or outside __MACOSX."),
    (b"\x00\x05\x16\x00", "a macOS shadow file (AppleSingle), not the table itself", "Upload the real file."),
    (b"\x89PNG", "a PNG image", "Upload a table of texts and labels."),
    (b"\xff\xd8\xff", "a JPEG image", "Upload a table of texts and labels."),
    (b"GIF8", "a GIF image", "Upload a table of texts and labels."),
    (b"%PDF", "a PDF document", "Copy its texts into a table (CSV, XLSX) first."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and upload the table inside."),
    (b"BZh", "a bzip2 archive", "Unpack it and upload the table inside."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it and upload the table inside."),
    (b"Rar!", "a RAR archive", "Unpack it and upload the table inside."),
    (b"\x7fELF", "a program", "Upload a table of texts and labels."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV first."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited text is written; ``delimiter`` is None where there is one column."""

    delimiter: str | None
    quoted: bool
    header: bool


def refuse_what_is_not_data(head: bytes, name: str) -> None:
    """Raise for empty files and for well-known formats that are no table.

    Raises:
        DatasetError: saying what the file is.
    """
    if not head.strip():
        raise DatasetError(f"{name} is empty.", "Upload a file with at least a few rows of texts.")
    for magic, what, hint in NOT_DATA:
        if head.startswith(magic):
            raise DatasetError(f"{name} is {what}.", hint)


def guess_format(head: bytes, name: str) -> str:
    """One of parquet, excel, zip, jsonl, json, text: from the first bytes, with the extension as a tie-breaker."""
    suffix = name.lower().rsplit(".", 1)[-1]
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "excel" if b"xl/" in head or suffix in ("xlsx", "xlsm", "xlsb", "ods") else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if suffix in ("jsonl", "ndjson") or (start.startswith(b"{") and suffix != "csv"):
        return "jsonl"
    if suffix == "json" or start.startswith((b"[{", b"[\n", b"[\r\n", b"[ {")):
        return "json"
    return "text"


def guess_encoding(content: bytes, name: str) -> str:
    """The encoding of a text file: byte-order mark, then strict UTF-8, then detection.

    Raises:
        DatasetError: when the bytes are not text at all.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return encoding
    if content.count(b"\x00", 0, 4096):
        wide = _utf16_without_mark(content[:4096])
        if wide:
            return wide
        raise DatasetError(f"{name} holds binary data, not text.", "Upload CSV, TSV, JSONL, Parquet or XLSX.")
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if len(content) - error.start < 4:  # only the end is cut off
            return "utf-8"
    return _legacy_encoding(content)


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) * 0.2 or min(even, odd) > len(head) * 0.02:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy_encoding(content: bytes) -> str:
    """East Asian where nearly all high bytes form pairs of that encoding, else Windows' Western one."""
    high = sum(byte >= 0x80 for byte in content[:200_000])
    share = high / max(1, min(len(content), 200_000))
    if share > 0.1:  # Western texts have few accents, East Asian ones are mostly high bytes
        from charset_normalizer import from_bytes

        best = from_bytes(content[:200_000], cp_isolation=["gb18030", "big5", "shift_jis", "euc_kr", "cp1251"]).best()
        if best is not None:
            try:
                content.decode(best.encoding)
                return str(best.encoding)
            except UnicodeDecodeError:
                pass
        for encoding in ("gb18030", "big5", "shift_jis", "euc_kr", "cp1251"):
            try:
                content.decode(encoding)
                return encoding
            except UnicodeDecodeError:
                continue
    return "cp1252"


def guess_dialect(text: str, delimiter: str | None = None, header: bool | None = None) -> Dialect:
    """Separator, quoting and header, by which choice makes the most regular table.

    Args:
        text: the whole file, or its beginning.
        delimiter, header: what the user already said; not guessed then.
    """
    candidates = (delimiter,) if delimiter else DELIMITERS
    best, best_score, best_rows = None, 0.0, [[line] for line in text.splitlines()[:SAMPLE_ROWS]]
    for candidate in candidates:
        for quoted in (True, False):
            rows = _sample(text, candidate, quoted)
            score = _regularity(rows)
            # quoting is the rule; without it must be clearly more regular, or the quotes must be unbalanced
            if score > best_score + (0.02 if not quoted and best == (candidate, True) else 0.0):
                best, best_score, best_rows = (candidate, quoted), score, rows
    if best is None or (best_score < 0.5 and not delimiter):
        lines = [[line] for line in text.splitlines() if line.strip()][:SAMPLE_ROWS]
        return Dialect(None, False, _has_header(lines) if header is None else header)
    return Dialect(best[0], best[1], _has_header(best_rows) if header is None else header)


def parse(text: str, dialect: Dialect) -> list[tuple[int, list[str]]]:
    """All rows with the number of the line on which each ends, blank lines left out.

    Raises:
        DatasetError: when one field never ends.
    """
    if dialect.delimiter is None:
        return [(number, [line]) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
    )  # fmt: skip
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DatasetError(f"Line {reader.line_num} cannot be read: {error}.", "Check the quotes there.") from error


def quotes_close(text: str, delimiter: str) -> bool:
    """Whether every quote that opens a field also closes it, as a program that writes CSV makes sure."""
    csv.field_size_limit(2**31 - 1)
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _sample(text: str, delimiter: str, quoted: bool) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) >= SAMPLE_ROWS:
                break
    except csv.Error:
        return []
    return rows


def _regularity(rows: list[list[str]]) -> float:
    """Share of rows with the most frequent width; 0 for one column."""
    if not rows:
        return 0.0
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    return count / len(rows) if width > 1 else 0.0


def _has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: short, distinct names that differ in kind from what stands below."""
    if len(rows) < 2:
        return False
    first, rest = [cell.strip() for cell in rows[0]], [row for row in rows[1:] if len(row) == len(rows[0])]
    named = [cell for cell in first if cell]
    if not named or len(set(named)) < len(named) or any(len(cell) > LABEL_LENGTH or _is_number(cell) for cell in named):
        return False
    for column, name in enumerate(first):
        below = [row[column].strip() for row in rest]
        if name and name in below:  # a value that occurs again is a value, not a name
            return False
    if len(first) == 1:
        return first[0].lower() in ("text", "review", "sentence", "message", "comment", "content", "tweet")
    return any(_differs(first[column], [row[column] for row in rest]) for column in range(len(first)))


def _differs(name: str, below: list[str]) -> bool:
    """Whether a column's first cell is of another kind than the rest."""
    below = [cell.strip() for cell in below if cell.strip()]
    if not below:
        return bool(name)
    if all(_is_number(cell) for cell in below):
        return not _is_number(name)
    typical = sorted(len(cell) for cell in below)[len(below) // 2]
    if typical > LABEL_LENGTH / 2:
        return len(name) < typical / 2 and " " not in name
    return len(set(below)) <= max(2, len(below) // 10) and name not in below


def _is_number(cell: str) -> bool:
    try:
        float(cell)
        return True
    except ValueError:
        return False
