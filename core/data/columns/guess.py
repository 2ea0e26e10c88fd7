"""Which column is the text and which the label: guessed with a reason, corrected by the user."""

from typing import Any

import pandas as pd

from core.data.columns.appearance import (
    DOMAIN_NAMES,
    GROUP_NAMES,
    ID_NAMES,
    LANGUAGE_NAMES,
    PAIR_NAMES,
    SPLIT_NAMES,
    Column,
    comes_again,
    holds_parts,
    is_label,
    is_text,
    label_score,
    look_at,
    looks_answered,
    plain_name,
    text_reason,
    text_score,
)
from core.data.columns.labels import SCORE_NAMES, Kind, is_flag, look_at_labels
from core.data.columns.roles import SINGLE, Roles, check_roles, with_kind
from core.errors import DatasetError

FLAGS = 3  # so many columns of 0 and 1 are taken for one label each


def guess_roles(frame: pd.DataFrame) -> Roles:
    """The likeliest role of each column, by its name and by what stands in it.

    Raises:
        DatasetError: when no column looks like text.
    """
    columns = [look_at(frame, name, position) for position, name in enumerate(frame.columns)]
    texts = sorted((each for each in columns if is_text(each)), key=text_score, reverse=True)
    if not texts:
        raise DatasetError(
            f"No column looks like text; there are: {', '.join(map(str, frame.columns[:20]))}.",
            "Name the text column, or check that the separator was recognised.",
        )
    text = texts[0]
    left = [each for each in columns if each is not text]
    reasons = {"text": text_reason(text, columns)}
    found: dict[str, Column | None] = {}
    for role, guess in (
        ("text_pair", _guess_pair), ("split", _guess_split), ("group", _guess_group), ("language", _guess_language),
        ("domain", _guess_domain), ("id", _guess_id),
    ):  # fmt: skip
        found[role], reason = guess(left)
        if found[role]:
            reasons[role] = reason
            left = [each for each in left if each is not found[role]]
    names = {role: column.name for role, column in found.items() if column}
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
    listed = [*given.get("labels", ()), *given.get("ignore", ())]
    for column in [*(given[role] for role in SINGLE if role in given), *listed]:
        check_roles(frame, Roles(text=column))
    if not guess:
        return with_kind(frame, Roles(**({"text": ""} | given)))
    text = given.get("text")
    settled = [given[role] for role in SINGLE if role in given and role != "text"] + listed
    try:
        found = guess_roles(frame.drop(columns=settled))
    except DatasetError:
        if text is None:
            raise
        found = Roles(text)
    if text and found.text != text:  # keep the other guesses, but for the column that turns out to be the text
        others = {role: column for role, column in found.named().items() if role != "text" and column != text}
        found = Roles(text, **others)  # type: ignore[arg-type]
    if "label" in given or "labels" in given:
        found = found.changed(label=None, labels=(), task=None, separator=None)
    elif given.get("task") == "regression":
        found = found.changed(label=_score_column(frame, found), labels=(), separator=None)
    return with_kind(frame, found.changed(**given))


_Guess = tuple[Column | None, str]


def _guess_pair(left: list[Column]) -> _Guess:
    found = next((each for each in left if plain_name(each.name) in PAIR_NAMES and is_text(each)), None)
    return found, "its name says that it is the second text of a pair"


def _guess_split(left: list[Column]) -> _Guess:
    found = next((each for each in left if plain_name(each.name) in SPLIT_NAMES and holds_parts(each)), None)
    found = found or next((each for each in left if each.distinct > 1 and holds_parts(each)), None)
    return found, f"holds only names of parts: {', '.join(sorted(found.values))}" if found else ""


def _guess_group(left: list[Column]) -> _Guess:
    found = next((each for each in left if plain_name(each.name) in GROUP_NAMES and comes_again(each)), None)
    return found, f"{found.distinct:,} groups of rows that belong together, by its name" if found else ""


def _guess_language(left: list[Column]) -> _Guess:
    found = next(
        (each for each in left if plain_name(each.name) in LANGUAGE_NAMES and each.distinct and not each.nested), None
    )
    return found, f"{found.distinct} languages, by its name" if found else ""


def _guess_domain(left: list[Column]) -> _Guess:
    fits = (each for each in left if plain_name(each.name) in DOMAIN_NAMES and comes_again(each) and not each.nested)
    found = next(fits, None)
    return found, f"{found.distinct:,} kinds of texts, by its name" if found else ""


def _guess_id(left: list[Column]) -> _Guess:
    found = next(
        (
            each for each in left
            if (plain_name(each.name) in ID_NAMES or plain_name(each.name).endswith("_id")) and each.rows > 1
            and each.distinct == each.rows and not each.nested
        ), None,
    )  # fmt: skip
    return found, "another value in every row, and its name" if found else ""


def _guess_answers(frame: pd.DataFrame, roles: Roles, left: list[Column]) -> Roles:
    """The label, several labels or the score among the columns that are left."""
    kinds: dict[str, Kind] = {}
    candidates = [each for each in left if is_label(each)]
    for each in left:
        plain = plain_name(each.name)
        wanted = each.nested or each not in candidates
        if wanted and looks_answered(each, plain):
            kind = look_at_labels(frame[each.name])
            if kind.task != "single_label":
                kinds[each.name] = kind
                candidates.append(each)
    label = max(candidates, key=label_score, default=None)
    flags = [each.name for each in left if is_flag(frame[each.name])] if len(left) >= FLAGS else []
    named = label is not None and label_score(label)[0] > 5
    if len(flags) >= FLAGS and (label is None or label.name in flags or not named):
        return roles.changed(
            labels=tuple(flags), task="multi_label",
            reasons=roles.reasons | {"labels": f"{len(flags)} columns that hold only 0 and 1, or true and false"},
        )  # fmt: skip
    if label is None:
        return roles
    kind = kinds.get(label.name) or look_at_labels(frame[label.name])
    return roles.changed(
        label=label.name, task=kind.task, separator=kind.separator, reasons=roles.reasons | {"label": kind.reason}
    )


def _score_column(frame: pd.DataFrame, roles: Roles) -> str | None:
    """The likeliest score among the columns of numbers; the label's column where it holds numbers."""
    columns = [look_at(frame, name, position) for position, name in enumerate(frame.columns)]
    others = {column for role, column in roles.named().items() if role != "label"}
    numeric = [each for each in columns if each.numeric and each.distinct > 2 and each.name not in others]
    named = [each for each in numeric if any(name in plain_name(each.name) for name in SCORE_NAMES)]
    return next((each.name for each in [*named, *numeric]), roles.label)
