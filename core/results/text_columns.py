"""Which columns of a new file hold the texts that a run is to score: as asked, as it was trained, or a guess that is named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.data.columns.profile import profile_columns
from core.data.columns.scores import is_text, text_score
from core.data.reading.names import PAIR_NAMES, plain_name
from core.data.sets.store import DataSet, get_dataset
from core.errors import DatasetError, GraftError
from core.runs.folder import Run


@dataclass(frozen=True, slots=True)
class TextColumns:
    """The columns to score.

    Attributes:
        texts: joined in this order to one text, as the set of the run joined them; usually one.
        pair: the second text, for runs that read pairs.
        note: a sentence where the columns are a guess; empty where they were asked for, or are those of the training.
        candidates: all columns that would do as well, where it is a guess.
    """

    texts: tuple[str, ...]
    pair: str | None = None
    note: str = ""
    candidates: tuple[str, ...] = ()


def text_columns(run: Run, frame: pd.DataFrame, texts: Sequence[str] = (), text_pair: str | None = None) -> TextColumns:
    """The columns to score: as asked, else those the run was trained on up to case and blanks, else the likeliest.

    Raises:
        DatasetError: when a column is not there, nothing looks like text, or the second text of pairs is missing.
    """
    columns = [str(column) for column in frame.columns]
    for asked in (*texts, text_pair):
        if asked and asked not in columns:
            raise DatasetError(f"There is no column {asked!r}.", f"The columns are: {', '.join(columns[:30])}.")
    try:
        trained = get_dataset(run.config.dataset)
    except GraftError:
        trained = None  # the set may have been deleted; the model still works
    chosen = TextColumns(tuple(texts)) if texts else _as_trained(trained, columns) or _likeliest(trained, frame)
    pair = text_pair or _pair(trained, columns, chosen.texts)
    return TextColumns(chosen.texts, pair, chosen.note, chosen.candidates)


def same_column(name: str, columns: Sequence[str]) -> str | None:
    """The one of ``columns`` that bears this name, exactly or else up to case, blanks, hyphens and underscores."""
    if name in columns:
        return name
    return next((column for column in columns if _even(column) == _even(name)), None)


def _even(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _as_trained(trained: DataSet | None, columns: Sequence[str]) -> TextColumns | None:
    """The columns that the run was trained on, as far as the file has them; None where it has none."""
    if trained is None:
        return None
    matches = {name: same_column(name, columns) for name in trained.texts}
    there = tuple(column for column in matches.values() if column)
    missing = [name for name, column in matches.items() if not column]
    if not there or not missing:
        return TextColumns(there) if there else None
    note = f"The run was trained on {_listed(trained.texts)} as one text; this file has no {_listed(missing)}."
    return TextColumns(there, note=note, candidates=there)


def _likeliest(trained: DataSet | None, frame: pd.DataFrame) -> TextColumns:
    """The column that looks most like text; one that stood beside the texts in training only where there is no other."""
    profiles = [column for column in profile_columns(frame) if not column.nested and not column.numeric and column.rows]
    fitting = sorted(filter(is_text, profiles), key=text_score, reverse=True) or profiles  # of one short row none fits
    if not fitting:
        names = ", ".join(map(str, frame.columns[:20]))
        raise DatasetError(f"No column looks like text; there are: {names}.", "Name the text column.")
    beside = [] if trained is None else [name for name in trained.columns if name not in trained.texts]
    fitting = sorted(fitting, key=lambda column: same_column(column.name, beside) is not None)  # stable: the best first
    fits = tuple(column.name for column in fitting)
    why = (
        "its data set is gone" if trained is None else f"it was trained on {_listed(trained.texts)}, which is not here"
    )
    others = f" {_listed(fits[1:4])} would fit as well." if len(fits) > 1 else ""
    return TextColumns(fits[:1], note=f"The run reads {fits[0]!r}, a guess: {why}.{others}", candidates=fits)


def _pair(trained: DataSet | None, columns: Sequence[str], texts: Sequence[str]) -> str | None:
    """The second text of a run that reads pairs; None for other runs."""
    if trained is None or not trained.text_pair:
        return None
    left = [column for column in columns if column not in texts]
    pair = same_column(trained.text_pair, left) or next((name for name in left if plain_name(name) in PAIR_NAMES), None)
    if not pair:
        raise DatasetError(
            f"This run reads pairs of texts, and the file has no column {trained.text_pair!r}.", "Name the second one."
        )
    return pair


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
