"""Labels and texts that only say that something is missing: nan, null, a dash."""

import pandas as pd

from core.data.cleaning.checks.check import Check, Remedy, counted, rows_of

MISSING = ("nan", "null", "n/a", "#n/a", "#na", "<na>", "nil", "#value!", "#ref!", "undefined", "-", "--", "–", "—", "?", ".", "...")
PYTHON = ("None", "NA", "NaN", "NaT")  # words that are labels in other spellings
OPPOSITES = {"-": "+", "–": "+", "—": "+"}  # a dash beside a plus is a class


def check_placeholders(frame: pd.DataFrame) -> Check:
    """Labels and texts that stand for a missing one, with the rows and a fix that takes these out."""
    labels = set(frame["label"])
    words = {label for label in labels if is_placeholder(label) and OPPOSITES.get(label) not in labels}
    by_label = frame["label"].isin(words)
    by_text = frame["text"].map(is_placeholder)
    mask = by_label | by_text
    if not mask.any() or len(labels - words) < 2:
        return Check("missing values in words", "ok", "No label and no text is a word for a missing value.")
    named = ", ".join(map(repr, sorted(words)))
    parts = [f"{counted(int(by_label.sum()), 'row has', 'rows have')} the label {named}"] if words else []
    parts += [f"the text of {counted(int(by_text.sum()), 'row', 'rows')} is such a word"] if by_text.any() else []
    message = f"Words for a missing value: {', and '.join(parts)}."
    rows = rows_of(frame, mask)
    fix = Remedy("Take these rows out", "drop", {"rows": [int(row) for row in frame["row"][mask]]})
    remedy = "They are no class and nothing to read: take these rows out, or give them a label."
    return Check("missing values in words", "warning", message, rows, int(mask.sum()), remedy, fix)


def is_placeholder(cell: str) -> bool:
    """Whether a cell is a word that programs write where a value is missing."""
    plain = cell.strip()
    return plain.lower() in MISSING or plain in PYTHON
