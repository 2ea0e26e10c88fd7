"""Which column is the text and which the label: guessed with a reason, corrected by the user."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from core.data.cells import cell_text
from core.data.labels import SCORE_NAMES, Kind, is_flag, look_at_labels
from core.errors import DatasetError

TEXT_NAMES = ("text", "review", "sentence", "message", "tweet", "comment", "content", "body", "document", "premise")
PAIR_NAMES = ("text_pair", "sentence2", "hypothesis", "question2", "text2", "text_b", "sentence_b", "premise2")
LABEL_NAMES = (
    "label", "class", "sentiment", "target", "category", "emotion", "answer", "y", "topic", "rating", "intent", "stars",
)  # fmt: skip
SEVERAL_NAMES = ("labels", "tags", "emotions", "topics", "categories", "classes", "genres", "keywords", "intents")
DOMAIN_NAMES = ("domain", "source", "genre", "product", "airline", "platform", "website", "channel", "publisher")
LANGUAGE_NAMES = ("language", "lang", "locale", "language_code", "lang_code")
ID_NAMES = ("id", "index", "idx", "uid", "uuid", "guid", "row_id", "text_id", "comment_id", "tweet_id", "unnamed__0")
SPLIT_NAMES = ("split", "part", "partition", "set", "fold", "subset")
GROUP_NAMES = (
    "group",
    "group_id",
    "author",
    "author_id",
    "user",
    "user_id",
    "movie_id",
    "document_id",
    "doc_id",
    "thread",
)
PARTS = {
    "train": "train", "training": "train", "valid": "validation", "validation": "validation", "val": "validation",
    "dev": "validation", "eval": "validation", "test": "test", "testing": "test",
}  # fmt: skip
SAMPLE = 5000
MOST_CLASSES = 1000
FLAGS = 3  # so many columns of 0 and 1 are taken for one label each
SINGLE = ("text", "label", "text_pair", "split", "group", "domain", "language", "id")


@dataclass(frozen=True, slots=True)
class Roles:
    """What each column is for, by the names of the file; ``reasons`` says in a sentence why it was guessed.

    Attributes:
        label: the column with the answers; ``labels`` instead: columns of 0 and 1, one for each of several labels.
        task: single_label, multi_label or regression; None lets the label column decide.
        separator: between the labels in one cell, where several are joined.
        ignore: columns that are not kept.
    """

    text: str
    label: str | None = None
    text_pair: str | None = None
    split: str | None = None
    group: str | None = None
    domain: str | None = None
    language: str | None = None
    id: str | None = None
    labels: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    task: str | None = None
    separator: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)

    def named(self) -> dict[str, str]:
        """The roles that one column fills."""
        return {role: column for role in SINGLE if (column := getattr(self, role))}

    def taken(self) -> list[str]:
        """Every column with a role, in the order of the roles."""
        return [*self.named().values(), *self.labels, *self.ignore]

    @property
    def answered(self) -> bool:
        """Whether there is a label, several, or a score to learn."""
        return bool(self.label or self.labels)

    def changed(self, **changes: Any) -> "Roles":
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class _Column:
    """What the guess looks at: filled cells as strings, their typical length in characters, distinct values."""

    name: str
    position: int
    filled: float
    length: float
    spaces: float
    distinct: int
    rows: int
    nested: bool
    numeric: bool
    values: frozenset[str]


def guess_roles(frame: pd.DataFrame) -> Roles:
    """The likeliest role of each column, by its name and by what stands in it.

    Raises:
        DatasetError: when no column looks like text.
    """
    columns = [_look(frame, name, position) for position, name in enumerate(frame.columns)]
    texts = sorted((each for each in columns if _is_text(each)), key=_text_score, reverse=True)
    if not texts:
        raise DatasetError(
            f"No column looks like text; there are: {', '.join(map(str, frame.columns[:20]))}.",
            "Name the text column, or check that the separator was recognised.",
        )
    text = texts[0]
    left = [each for each in columns if each is not text]
    reasons = {"text": _text_reason(text, columns)}
    found: dict[str, _Column | None] = {}
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


def with_kind(frame: pd.DataFrame, roles: Roles) -> Roles:
    """The same roles with the task and the separator of the label column filled in where they were left open."""
    if roles.labels:
        return roles.changed(task="multi_label", label=None)
    if not roles.label or (roles.task and roles.task != "multi_label"):
        return roles
    kind = look_at_labels(frame[roles.label])
    separator = roles.separator or (kind.separator if roles.task != "single_label" else None)
    reasons = roles.reasons if "label" in roles.reasons else roles.reasons | {"label": kind.reason}
    return roles.changed(task=roles.task or kind.task, separator=separator, reasons=reasons)


def check_roles(frame: pd.DataFrame, roles: Roles) -> None:
    """Raise where a role names a column that is not there, or two roles share one.

    Raises:
        DatasetError: quoting the column and listing those that exist.
    """
    several = {"one of several labels": roles.labels, "a column to ignore": roles.ignore}
    wanted = [*roles.named().items(), *((role, each) for role, columns in several.items() for each in columns)]
    for role, column in wanted:
        if column not in frame.columns:
            known = ", ".join(map(str, frame.columns[:30]))
            raise DatasetError(f"There is no column {column!r} to take as {role}.", f"The columns are: {known}.")
    taken = roles.taken()
    twice = {column for column in taken if taken.count(column) > 1}
    if twice:
        raise DatasetError(f"The column {twice.pop()!r} has two roles.", "Choose another column for one of them.")


_Guess = tuple["_Column | None", str]


def _guess_pair(left: list[_Column]) -> _Guess:
    found = next((each for each in left if _plain(each.name) in PAIR_NAMES and _is_text(each)), None)
    return found, "its name says that it is the second text of a pair"


def _guess_split(left: list[_Column]) -> _Guess:
    found = next((each for each in left if _plain(each.name) in SPLIT_NAMES and _holds_parts(each)), None)
    found = found or next((each for each in left if each.distinct > 1 and _holds_parts(each)), None)
    return found, f"holds only names of parts: {', '.join(sorted(found.values))}" if found else ""


def _guess_group(left: list[_Column]) -> _Guess:
    found = next((each for each in left if _plain(each.name) in GROUP_NAMES and _repeats(each)), None)
    return found, f"{found.distinct:,} groups of rows that belong together, by its name" if found else ""


def _guess_language(left: list[_Column]) -> _Guess:
    found = next(
        (each for each in left if _plain(each.name) in LANGUAGE_NAMES and each.distinct and not each.nested), None
    )
    return found, f"{found.distinct} languages, by its name" if found else ""


def _guess_domain(left: list[_Column]) -> _Guess:
    fits = (each for each in left if _plain(each.name) in DOMAIN_NAMES and _repeats(each) and not each.nested)
    found = next(fits, None)
    return found, f"{found.distinct:,} kinds of texts, by its name" if found else ""


def _guess_id(left: list[_Column]) -> _Guess:
    found = next(
        (
            each for each in left
            if (_plain(each.name) in ID_NAMES or _plain(each.name).endswith("_id")) and each.rows > 1
            and each.distinct == each.rows and not each.nested
        ), None,
    )  # fmt: skip
    return found, "another value in every row, and its name" if found else ""


def _guess_answers(frame: pd.DataFrame, roles: Roles, left: list[_Column]) -> Roles:
    """The label, several labels or the score among the columns that are left."""
    kinds: dict[str, Kind] = {}
    candidates = [each for each in left if _is_label(each)]
    for each in left:
        plain = _plain(each.name)
        wanted = each.nested or each not in candidates
        if wanted and _looks_answered(each, plain):
            kind = look_at_labels(frame[each.name])
            if kind.task != "single_label":
                kinds[each.name] = kind
                candidates.append(each)
    label = max(candidates, key=_label_score, default=None)
    flags = [each.name for each in left if is_flag(frame[each.name])] if len(left) >= FLAGS else []
    named = label is not None and _label_score(label)[0] > 5
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


def _looks_answered(column: _Column, plain: str) -> bool:
    """Worth a look although its values are too many for classes, or lists."""
    several = plain in SEVERAL_NAMES or any(plain == each or plain.endswith(f"_{each}") for each in LABEL_NAMES)
    scored = column.numeric and any(each in plain.split("_") for each in SCORE_NAMES)
    return column.filled >= 0.5 and column.distinct > 1 and (several or scored)


def _score_column(frame: pd.DataFrame, roles: Roles) -> str | None:
    """The likeliest score among the columns of numbers; the label's column where it holds numbers."""
    columns = [_look(frame, name, position) for position, name in enumerate(frame.columns)]
    others = {column for role, column in roles.named().items() if role != "label"}
    numeric = [each for each in columns if each.numeric and each.distinct > 2 and each.name not in others]
    named = [each for each in numeric if any(name in _plain(each.name) for name in SCORE_NAMES)]
    return next((each.name for each in [*named, *numeric]), roles.label)


def _look(frame: pd.DataFrame, name: str, position: int) -> _Column:
    stride = max(1, len(frame) // SAMPLE)
    raw = frame[name].iloc[::stride]
    nested = any(isinstance(value, dict | list) or getattr(value, "ndim", 0) > 0 for value in raw)
    cells = [cell_text(value).strip() for value in raw]
    full = [cell for cell in cells if cell]
    lengths = sorted(len(cell) for cell in full) or [0]
    # a median would miss columns with a few short texts, a mean those with one giant
    return _Column(
        name, position, len(full) / max(1, len(cells)), lengths[len(lengths) // 2],
        sum(" " in cell for cell in full) / max(1, len(full)), len(set(full)), len(full), nested,
        all(re.fullmatch(r"[-+]?\d+([.,]\d+)?", cell) for cell in full[:500]), frozenset(list(dict.fromkeys(full))[:200]),
    )  # fmt: skip


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.strip().lower())


def _is_text(column: _Column) -> bool:
    if column.nested or column.numeric or column.filled < 0.5 or column.distinct < 2:
        return False
    return column.length >= 8 or (column.length >= 3 and _plain(column.name) in TEXT_NAMES)


def _text_score(column: _Column) -> tuple[float, int]:
    """Long, distinct, with blanks (or in a script without them), filled, and with a telling name."""
    score = min(column.length, 400) ** 0.5 * (0.3 + column.distinct / max(1, column.rows)) * column.filled
    if column.spaces < 0.2 and column.values and all(value.isascii() for value in column.values):
        score *= 0.3  # ids, addresses, codes
    name = _plain(column.name)
    if any(name == each or name.endswith(f"_{each}") for each in TEXT_NAMES):
        score *= 4.0
    elif any(each in name for each in TEXT_NAMES) or name == "sentence1":
        score *= 3.0
    if name in ("html", "url", "title", "id", "meta") or name in PAIR_NAMES:
        score *= 0.5
    return score, -column.position


def _text_reason(column: _Column, columns: list[_Column]) -> str:
    share = column.distinct / max(1, column.rows)
    longest = column.length >= max(each.length for each in columns if not each.nested)
    which = "the only column" if len(columns) == 1 else "longest text" if longest else "running text"
    return f"{which}, {100 * share:.0f} % unique, typically {column.length:.0f} characters"


def _holds_parts(column: _Column) -> bool:
    return column.filled > 0.99 and bool(column.values) and all(value.lower() in PARTS for value in column.values)


def _repeats(column: _Column) -> bool:
    return 1 < column.distinct < column.rows * 0.9


def _is_label(column: _Column) -> bool:
    """Few distinct values that come again and again; neither constant nor nearly empty."""
    if column.nested or column.filled < 0.5 or not 2 <= column.distinct <= MOST_CLASSES:
        return False
    return column.distinct <= max(2, column.rows / 4) and column.length <= 60


def _label_score(column: _Column) -> tuple[float, int]:
    name = _plain(column.name)
    named = any(name == each or name.endswith(f"_{each}") or name.startswith(f"{each}_") for each in LABEL_NAMES)
    score = 10.0 * named + 3.0 * any(each in name for each in LABEL_NAMES if len(each) > 3) - column.distinct**0.5 / 2
    if name == "label" or (column.nested and name in SEVERAL_NAMES):
        score += 2.0 + (12.0 if column.nested else 0.0)
    score -= 2.0 * (1 - column.filled) + (1.0 if column.length > 25 else 0.0)
    if name in ("id", "index", "unnamed__0", "date", "domain", "language", "lang", "location"):
        score -= 6.0
    return score, -column.position
