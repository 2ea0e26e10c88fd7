"""The roles of a file's columns: guessed with the reason beside each, corrected by the user."""

import hashlib
from typing import Any

import pandas as pd
import streamlit as st

from core.data.columns.guess import choose_roles
from core.data.columns.kinds import SEPARATORS, is_flag, look_at_labels
from core.data.columns.roles import Roles
from core.errors import DatasetError
from pages.components.data.asks import ask_view, names_view
from pages.components.shared.words import plain

NONE = "(none)"
TITLES = {
    "text": "text", "label": "label", "text_pair": "second text", "split": "split", "group": "group", "domain": "domain",
    "language": "language", "id": "row name", "row": "row number", "joined": "joined to the text",
    "labels": "one of the labels", "ignore": "not kept",
}  # fmt: skip
MAIN = (
    ("text", "Text", "What the model reads."),
    (
        "text_pair",
        "Second text",
        "For pairs that are compared, such as a question and an answer. To read two columns as one text, join them instead.",
    ),
    ("split", "Split", "A column that already says train, validation or test."),
)
MORE = (
    ("group", "Group", "Rows with the same value stay in the same part, such as reviews of one author."),
    ("domain", "Domain", "The kind of text, such as the product: kept, so that results can be told by it."),
    ("language", "Language", "The language of each row: kept, so that results can be told by it."),
    ("id", "Row name", "A name or number of your own for each row: kept, never read by the model."),
)
ANSWERS = {
    "single_label": "one label", "multi_label": "several labels", "flags": "several labels, a column each",
    "regression": "a score", "unlabelled": "nothing: for prediction only",
}  # fmt: skip
SEPARATOR_NAMES = {"|": "bar |", ";": "semicolon ;", ",": "comma ,", "\t": "tab", "#": "hash #"}


def roles_form(frame: pd.DataFrame) -> Roles:
    """The roles as guessed, then as corrected."""
    columns = [str(column) for column in frame.columns]
    stamp = hashlib.sha256("|".join(columns).encode()).hexdigest()[:8]
    guess = _guess(stamp, frame, columns)
    chosen: dict[str, Any] = {}
    slots = st.columns(1 + len(MAIN))
    for slot, (role, title, help_text) in zip([slots[0], *slots[2:]], MAIN, strict=True):
        chosen[role] = _column(slot, role, title, help_text, columns, guess, stamp)
    chosen["joined"] = _joined(slots[1], columns, chosen["text"], guess, stamp)
    chosen |= _answers(frame, columns, guess, stamp)
    with st.expander("More roles", icon=":material/view_column:"):
        for slot, (role, title, help_text) in zip(st.columns(len(MORE)), MORE, strict=True):
            chosen[role] = _column(slot, role, title, help_text, columns, guess, stamp)
        chosen["ignore"] = tuple(
            st.multiselect(
                "Not kept", columns, default=list(guess.ignore), key=f"ignore_{stamp}", placeholder="every column is kept",
                help="These columns are left out of the stored set.",
            )
        )  # fmt: skip
    row = guess.row if guess.row not in chosen["ignore"] else None
    roles = _answered(Roles(**chosen, row=row), frame, guess, stamp)
    _reasons(roles, guess, frame)
    return roles if roles.answered else roles.changed(reasons={"no_label": guess.reasons.get("no_label", "")})


def _answered(roles: Roles, frame: pd.DataFrame, guess: Roles, stamp: str) -> Roles:
    """The roles with what the label column leaves open answered: how its numbers are written, whether they are classes."""
    if not roles.label:
        return roles
    kind = look_at_labels(frame[roles.label])
    stamp = f"{stamp}_{roles.label}"
    for ask in kind.asks:
        if ask.about == "places" and roles.task in ("single_label", "multi_label"):
            roles = roles.changed(places=names_view(ask, stamp))
        elif ask.about == "decimal" and roles.task == "regression":
            roles = roles.changed(decimal=ask_view(ask, stamp))
        elif ask.about == "task" and roles.label == guess.label and roles.task == guess.task:
            roles = roles.changed(task=ask_view(ask, stamp))
    return roles


def role_of(column: str, roles: Roles) -> str:
    """The role of a column in words; empty where it has none."""
    roles_of_it = [role for role, name in roles.named().items() if name == column]
    roles_of_it += ["joined"] if column in roles.joined else []
    roles_of_it += ["labels"] if column in roles.labels else []
    roles_of_it += ["ignore"] if column in roles.ignore else []
    return TITLES[roles_of_it[0]] if roles_of_it else ""


def _guess(stamp: str, frame: pd.DataFrame, columns: list[str]) -> Roles:
    """The guess, made once for a table: looking at a large one takes its time."""
    remembered = st.session_state.get("roles_guess")
    key = (stamp, len(frame))
    if not remembered or remembered[0] != key:
        try:
            guess = choose_roles(frame, {})
        except DatasetError:
            guess = Roles(columns[0])
        remembered = st.session_state["roles_guess"] = (key, guess)
    return remembered[1]


def _joined(slot: Any, columns: list[str], text: str | None, guess: Roles, stamp: str) -> tuple[str, ...]:
    """Columns that are joined to the text, in the order in which they were chosen."""
    others = [column for column in columns if column != text]
    picked = slot.multiselect(
        "Joined to it", others, default=[column for column in guess.joined if column in others], key=f"joined_{stamp}_{text}",
        placeholder="(none)", help="Further columns, such as the body of a message behind its subject: one text, with a blank "
        "line between. A second text is something else: it stays apart, for tasks that compare two texts.",
    )  # fmt: skip
    if picked:
        names = " + ".join(f"`{name}`" for name in (text, *picked))
        st.caption(
            f"{names} become **one text** in this order; a second text would stay apart, for tasks that compare two."
        )
    return tuple(map(str, picked))


def _column(
    slot: Any, role: str, title: str, help_text: str, columns: list[str], guess: Roles, stamp: str
) -> str | None:
    options = columns if role == "text" else [NONE, *columns]
    value = getattr(guess, role)
    picked = slot.selectbox(
        title, options, index=options.index(value) if value in options else 0, help=help_text, key=f"{role}_{stamp}"
    )
    return None if picked == NONE else str(picked)


def _answers(frame: pd.DataFrame, columns: list[str], guess: Roles, stamp: str) -> dict[str, Any]:
    """What is learnt: one label, several in one column or in several, a score, or nothing."""
    kinds = list(ANSWERS)
    first = "flags" if guess.labels else (guess.task or "single_label") if guess.label else "unlabelled"
    left, middle, right = st.columns(3)
    kind = left.selectbox(
        "To learn", kinds, index=kinds.index(first), format_func=ANSWERS.__getitem__, key=f"answers_{stamp}",
        help="One class a row; several labels a row, none included; or a number such as stars.",
    )  # fmt: skip
    if kind == "unlabelled":
        return {"task": None}
    if kind == "flags":
        flags = [column for column in columns if is_flag(frame[column])]
        picked = middle.multiselect(
            "Label columns", flags, default=list(guess.labels), key=f"labels_{stamp}",
            help="Columns that say yes or no, such as 0 and 1, true and false, or x and blank: one for each label.",
        )  # fmt: skip
        return {"labels": tuple(picked), "task": "multi_label" if picked else None}
    label = middle.selectbox(
        "Score" if kind == "regression" else "Label", columns, key=f"label_{stamp}",
        index=columns.index(guess.label) if guess.label in columns else 0,
        help="The column with the number." if kind == "regression" else "The column that says what a row is.",
    )  # fmt: skip
    if kind != "multi_label":
        return {"label": str(label), "task": str(kind)}
    same = label == guess.label and guess.task == "multi_label"
    guessed = guess.separator if same else look_at_labels(frame[label]).separator
    options = [NONE, *SEPARATORS]
    separator = right.selectbox(
        "Joined by", options, index=options.index(guessed) if guessed in options else 0, key=f"separator_{stamp}_{label}",
        format_func=lambda separator: SEPARATOR_NAMES.get(separator, "not joined, or lists"),
        help="What stands between several labels in one cell.",
    )  # fmt: skip
    return {"label": str(label), "task": "multi_label", "separator": None if separator == NONE else separator}


def _reasons(roles: Roles, guess: Roles, frame: pd.DataFrame) -> None:
    """Why each column was guessed; what was corrected is left out."""
    sentences = []
    for role, reason in guess.reasons.items():
        if role == "no_label":
            continue  # said where it matters: before the set is stored
        if role == "labels" and guess.labels == roles.labels:
            sentences.append(f"labels: {reason}")
        elif role != "labels" and getattr(roles, role) == getattr(guess, role):
            sentences.append(f"{TITLES[role]} “{getattr(guess, role)}”: {reason}")
    if roles.label and roles.label != guess.label:
        sentences.append(f"label “{roles.label}”: {look_at_labels(frame[roles.label]).reason}")
    if sentences:
        st.caption(plain("Guessed, with the reason: " + " · ".join(sentences)))
