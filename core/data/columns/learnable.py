"""Whether answers can be learnt from: refused with the remedy where not, warned of where some are rare."""

import pandas as pd

from core.data.columns.labels import count_labels
from core.data.columns.roles import Roles
from core.data.columns.scores import MOST_CLASSES
from core.errors import DatasetError

FEW = 3  # rows of a class; with fewer it cannot be in every part


def check_learnable(answers: pd.Series, roles: Roles) -> list[str]:
    """Sentences of warning about the answers of the rows that are kept; none where there is nothing to learn.

    Args:
        answers: (rows,) as they are stored.

    Raises:
        DatasetError: when nothing can be learnt from them, naming the column and the remedy.
    """
    if not roles.answered:
        return []
    if roles.task == "regression":
        return _check_scores(answers, roles)
    if roles.task == "multi_label":
        return _check_several(answers, roles)
    return _check_classes(answers, roles)


def _check_scores(answers: pd.Series, roles: Roles) -> list[str]:
    if answers.nunique() < 2:
        raise DatasetError(
            f"The score column {roles.label!r} holds only {answers.iloc[0]!r}.", "Choose a column whose numbers differ."
        )
    return []


def _check_classes(answers: pd.Series, roles: Roles) -> list[str]:
    counts = answers.value_counts()
    if len(counts) < 2:
        raise DatasetError(
            f"The label column {roles.label!r} holds only {counts.index[0]!r}.",
            "Two classes at least are needed: choose another label column, or store the set without labels.",
        )
    if len(counts) > MOST_CLASSES or (len(counts) > 20 and len(counts) > len(answers) / 2):
        raise DatasetError(
            f"The label column {roles.label!r} has {len(counts):,} distinct values in {len(answers):,} rows.",
            "That looks like text or numbers, not classes: choose another label column.",
        )
    rare = counts[counts < FEW]
    if not len(rare):
        return []
    names = ", ".join(map(repr, rare.index[:5]))
    return [f"{len(rare)} classes have fewer than {FEW} rows ({names}): they cannot be in every part."]


def _check_several(answers: pd.Series, roles: Roles) -> list[str]:
    counts = count_labels("multi_label", answers, "")
    columns = f"The label column {roles.label!r}" if roles.label else "The label columns"
    shares = [name for name in counts if _is_share(name)]
    if len(shares) > 0.8 * len(counts):
        raise DatasetError(
            f"{columns} hold{'s' if roles.label else ''} shares such as {', '.join(shares[:3])}, not names of labels.",
            "These look like probabilities, one a class: give a column with the class itself, such as the place of the "
            "largest share.",
        )
    if len(counts) < 2 or len(counts) > MOST_CLASSES:
        raise DatasetError(
            f"{columns} hold{'s' if roles.label else ''} {len(counts):,} different labels over {len(answers):,} rows.",
            f"Two to {MOST_CLASSES:,} can be learnt: choose another label column, or another separator.",
        )
    rare = [name for name, rows in counts.items() if rows < FEW]
    empty = int((answers == "").sum())
    warnings = (
        [f"{len(rare)} labels stand in fewer than {FEW} rows ({', '.join(map(repr, rare[:5]))})."] if rare else []
    )
    return warnings + ([f"{empty:,} rows have no label at all: they teach when to give none."] if empty else [])


def _is_share(name: str) -> bool:
    """Whether a label is a number between 0 and 1 with decimals, 0.0 and 1.0 among them."""
    try:
        return ("." in name or "e-" in name.lower()) and 0 <= float(name) <= 1
    except ValueError:
        return False
