"""Which column is the text and which the label: guessed with a reason, corrected by the user."""

from collections.abc import Callable
from textwrap import shorten
from typing import Any

import pandas as pd

from core.data.columns.kinds import Kind, holds_repeated_lists, is_flag, look_at_labels
from core.data.columns.own_export import export_roles, with_export_kind
from core.data.columns.profile import ColumnProfile, profile_columns
from core.data.columns.roles import SINGLE, Roles, check_roles, with_kind
from core.data.columns.scores import (
    comes_again,
    holds_parts,
    is_constant_label,
    is_context,
    is_label,
    is_text,
    label_score,
    may_hold_answers,
    text_reason,
    text_score,
    why_no_label,
)
from core.data.reading.names import (
    DOMAIN_NAMES,
    GROUP_NAMES,
    ID_NAMES,
    LANGUAGE_NAMES,
    PAIR_NAMES,
    SCORE_NAMES,
    SPLIT_NAMES,
    is_called,
    plain_name,
)
from core.errors import DatasetError

LISTED = ("joined", "labels", "ignore")
FLAGS = 3  # so many columns of yes and no are taken for one label each


def guess_roles(frame: pd.DataFrame) -> Roles:
    """The likeliest role of each column, by its name and by what stands in it.

    Raises:
        DatasetError: when no column looks like text.
    """
    columns = profile_columns(frame)
    texts = sorted(filter(is_text, columns), key=text_score, reverse=True)
    if len(columns) == len(frame) == 1 and columns[0].length:  # a file for prediction may hold one text
        texts = columns
    if not texts:
        raise DatasetError(
            f"No column looks like text; there are: {', '.join(shorten(str(name), 40) for name in frame.columns[:20])}.",
            "Name the text column, or check that the separator was recognised.",
        )
    text = texts[0]
    left = [column for column in columns if column is not text]
    reasons, names = {"text": text_reason(text, columns)}, {}
    for role, guess in GUESSES:
        column, reason = guess(left)
        if column:
            reasons[role], names[role] = reason, column.name
            left = [other for other in left if other is not column]
    roles = Roles(text.name, **names, reasons=reasons)  # type: ignore[arg-type]
    return _guess_answers(frame, roles, left)


def choose_roles(frame: pd.DataFrame, asked: dict[str, Any], guess: bool = True) -> Roles:
    """The roles that were asked for, the rest guessed; what is asked for one role is not guessed for another.

    Args:
        asked: fields of ``Roles``; what is empty was not asked for.

    Raises:
        DatasetError: when a column does not exist or nothing looks like text.
    """
    given = {role: value for role, value in asked.items() if value}
    if guess:
        given = _own_roles(frame, given) | given
    listed = [*(name for role in LISTED for name in given.get(role, ()))]
    for column in [*(given[role] for role in SINGLE if role in given), *listed]:
        check_roles(frame, Roles(text=column))
    if not guess:
        return with_kind(frame, Roles(**({"text": ""} | given)))
    text = given.get("text")
    spoken_for = [given[role] for role in SINGLE if role in given and role != "text"] + listed
    try:
        guessed = guess_roles(frame.drop(columns=spoken_for))
    except DatasetError:
        if text is None:
            raise
        guessed = Roles(text)
    if text and guessed.text != text:  # keep the other guesses, but for the column that turns out to be the text
        others = {role: column for role, column in guessed.named().items() if role != "text" and column != text}
        guessed = Roles(text, **others)  # type: ignore[arg-type]
    if "label" in given or "labels" in given:
        guessed = guessed.changed(label=None, labels=(), task=None, separator=None, decimal=None, places=(), asks=())
    elif given.get("task") == "regression":
        guessed = guessed.changed(
            label=_score_column(frame, guessed), labels=(), separator=None, decimal=None, places=(), asks=()
        )
    guessed = guessed.changed(asks=tuple(ask for ask in guessed.asks if ask.about not in given))
    return with_kind(frame, with_export_kind(frame, guessed.changed(**given)))


def _own_roles(frame: pd.DataFrame, given: dict[str, Any]) -> dict[str, Any]:
    """The roles of an export of a set, but for what is asked for otherwise; none for other files."""
    own = export_roles(frame)
    used = [
        *(given[role] for role in SINGLE if role in given),
        *(name for role in LISTED for name in given.get(role, ())),
    ]
    if own and given.get("labels"):
        own.pop("label", None)
    return {role: column for role, column in own.items() if role not in given and column not in used}


_Guess = tuple[ColumnProfile | None, str]


def _first(columns: list[ColumnProfile], names: tuple[str, ...], fits: Callable[[ColumnProfile], bool]) -> Any:
    """The first column that bears one of the names and fits; None where there is none."""
    return next((column for column in columns if plain_name(column.name) in names and fits(column)), None)


def _guess_pair(left: list[ColumnProfile]) -> _Guess:
    return _first(left, PAIR_NAMES, is_text), "its name says that it is the second text of a pair"


def _guess_split(left: list[ColumnProfile]) -> _Guess:
    column = _first(left, SPLIT_NAMES, holds_parts)
    column = column or next((other for other in left if other.distinct > 1 and holds_parts(other)), None)
    return column, f"holds only names of parts: {', '.join(sorted(column.values))}" if column else ""


def _guess_group(left: list[ColumnProfile]) -> _Guess:
    column = _first(left, GROUP_NAMES, comes_again)
    return column, f"{column.distinct:,} groups of rows that belong together, by its name" if column else ""


def _guess_language(left: list[ColumnProfile]) -> _Guess:
    column = _first(left, LANGUAGE_NAMES, lambda column: column.distinct > 0 and not column.nested)
    return column, f"{column.distinct} languages, by its name" if column else ""


def _guess_domain(left: list[ColumnProfile]) -> _Guess:
    column = _first(left, DOMAIN_NAMES, lambda column: comes_again(column) and not column.nested)
    return column, f"{column.distinct:,} kinds of texts, by its name" if column else ""


def _guess_id(left: list[ColumnProfile]) -> _Guess:
    for column in left:
        name = plain_name(column.name)
        unique = column.rows > 1 and column.distinct == column.rows and not column.nested
        if unique and (name in ID_NAMES or name.endswith("_id")):
            return column, "another value in every row, and its name"
    return None, ""


GUESSES: tuple[tuple[str, Callable[[list[ColumnProfile]], _Guess]], ...] = (
    ("text_pair", _guess_pair), ("split", _guess_split), ("group", _guess_group), ("language", _guess_language),
    ("domain", _guess_domain), ("id", _guess_id),
)  # fmt: skip


def _guess_answers(frame: pd.DataFrame, roles: Roles, left: list[ColumnProfile]) -> Roles:
    """The label, several labels or the score among the columns that are left."""
    kinds: dict[str, Kind] = {}
    candidates = [column for column in left if is_label(column)]
    for column in left:
        listed = column.nested or column.listed
        by_cells = listed and not is_context(column) and holds_repeated_lists(frame[column.name])
        if (listed or column not in candidates) and (by_cells or may_hold_answers(column)):
            kind = look_at_labels(frame[column.name])
            if kind.task != "single_label" or column.nested or column.listed or column.numeric:
                kinds[column.name] = kind
                candidates.append(column)
    label = max(candidates, key=label_score, default=None)
    named = label is not None and label_score(label)[0] > 5
    flags = [column.name for column in left if not is_context(column) and is_flag(frame[column.name])]
    if len(flags) >= FLAGS and (label is None or label.name in flags or not named):
        return roles.changed(
            labels=tuple(flags), task="multi_label",
            reasons=roles.reasons | {"labels": f"{len(flags)} columns that hold only 0 and 1, or yes and no"},
        )  # fmt: skip
    label = label or next(filter(is_constant_label, left), None) or _only_score(left)
    if label is None:
        why = "; ".join(filter(None, map(why_no_label, left)))
        return roles.changed(reasons=roles.reasons | {"no_label": why}) if why else roles
    kind = kinds.get(label.name) or look_at_labels(frame[label.name])
    return roles.changed(
        label=label.name, task=kind.task, separator=kind.separator, decimal=kind.decimal, places=kind.places,
        asks=kind.asks, reasons=roles.reasons | {"label": kind.reason},
    )  # fmt: skip


def _only_score(left: list[ColumnProfile]) -> ColumnProfile | None:
    """The one column of numbers with marks in them, where no other could be learnt; row numbers have none."""
    marked = [
        column for column in left
        if column.numeric and column.filled >= 0.5 and column.distinct > 2 and not is_context(column)
        and any(mark in value for value in column.values for mark in ".,")
    ]  # fmt: skip
    return marked[0] if len(marked) == 1 else None


def _score_column(frame: pd.DataFrame, roles: Roles) -> str | None:
    """The likeliest score among the columns of numbers; the label's column where it holds numbers."""
    others = {column for role, column in roles.named().items() if role != "label"}
    numeric = [
        column for column in profile_columns(frame)
        if column.numeric and column.distinct > 2 and column.name not in others
    ]  # fmt: skip
    named = [column for column in numeric if is_called(plain_name(column.name), SCORE_NAMES)]
    return next((column.name for column in [*named, *numeric]), roles.label)
