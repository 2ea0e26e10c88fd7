"""Cells of a workbook's sheet that need care: merged ones, and formulas whose values were never saved."""

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

LARGEST = 64 << 20  # bytes of a sheet's XML that are looked at for formulas
_FORMULA = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]+)\d+"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>|</c>)'
)
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")


def fill_merged(cells: list[list[str]], ranges: list[Any]) -> Counter[int]:
    """Give every row of a merged cell its value, in place; how many cells were filled in each column.

    Only downwards: what goes over several columns is a title. Rows that hold nothing else stay empty.

    Args:
        cells: (rows, columns) of the sheet.
        ranges: ((first row, first column), (last row, last column)) of each merged cell, from 0.
    """
    filled: Counter[int] = Counter()
    for (top, left), (bottom, _) in ranges:
        if top >= len(cells) or left >= len(cells[top]) or not cells[top][left].strip():
            continue
        for row in cells[top + 1 : bottom + 1]:
            if left < len(row) and not row[left].strip() and any(cell.strip() for cell in row):
                row[left] = cells[top][left]
                filled[left] += 1
    return filled


def unsaved_formulas(path: Path, sheet: str) -> Counter[int]:
    """How many formulas without a value stand in each column (from 0) of a sheet; nothing where that cannot be told."""
    try:
        with zipfile.ZipFile(path) as book:
            with book.open(_sheet_file(book, sheet)) as file:
                xml = file.read(LARGEST)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError):
        return Counter()
    return Counter(column_number(letters.decode()) for letters in _FORMULA.findall(xml))


def _sheet_file(book: zipfile.ZipFile, sheet: str) -> str:
    """The path of a sheet inside the workbook.

    Raises:
        KeyError: when the workbook does not say where it is.
    """
    titles = _SHEET.findall(book.read("xl/workbook.xml").decode("utf-8", "replace"))
    for title in titles:
        if _attribute(title, "name") == sheet:
            wanted = _attribute(title, r"\w+:id")
            relations = re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", book.read("xl/_rels/workbook.xml.rels").decode())
            target = next(
                _attribute(relation, "Target") for relation in relations if _attribute(relation, "Id") == wanted
            )
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _attribute(tag: str, name: str) -> str:
    value = re.search(rf'\s{name}="([^"]*)"', tag)
    plain = value[1] if value else ""
    for written, mark in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        plain = plain.replace(written, mark)
    return plain


def column_number(letters: str) -> int:
    """The number of a column from 0: A, B, …, Z, AA."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
