"""Fixes: what can be done to the rows of a set. Each takes rows and gives rows, and says in a sentence what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.cleaning.checks import content, duplicates, lengths
from core.data.cleaning.checks.check import Material, counted
from core.data.columns.labels import strata
from core.data.splits.split import PARTS, assign_folds, split_rows
from core.errors import DatasetError

DROPS: dict[str, tuple[str, Callable[[Material], np.ndarray]]] = {
    "exact_duplicates": ("repeat an earlier text", lambda m: duplicates.repeated(m.frame, m.keys)),
    "near_duplicates": ("are nearly an earlier text", lambda m: duplicates.nearly_repeated(m.frame, m.keys, m.pairs)),
    "leaking": ("stand in a judged part too", lambda m: duplicates.leaking(m.frame, m.keys)),
    "near_leaking": ("are nearly a judged text", lambda m: duplicates.nearly_leaking(m.frame, m.keys, m.pairs)),
    "conflicting": ("have a text with different labels", lambda m: duplicates.conflicting(m.frame, m.keys)),
    "short": ("hold no word", lambda m: lengths.short(m.frame)),
    "long": ("are far longer than the rest", lambda m: lengths.long(m.frame)),
    "other_languages": ("are not in the main language", lambda m: content.other_languages(m.frame)),
}


@dataclass(frozen=True, slots=True)
class Fixed:
    """Rows after a fix.

    Attributes:
        frame: as ``DataSet.frame`` describes it; row ids are those of before.
        sentence: what was done, in the past tense, with numbers.
        changed: one line for each row that was dropped or changed: row, what (column, or ``dropped``), before, after.
    """

    frame: pd.DataFrame
    sentence: str
    changed: pd.DataFrame


def apply_fix(material: Material, operation: str, parameters: dict[str, Any]) -> Fixed:
    """The rows of ``material`` after ``operation``.

    Operations and their parameters: ``drop`` (what, or rows), ``relabel`` (labels: row -> label), ``merge_labels`` (names:
    old -> new), ``filter`` (column, values to keep), ``strip_lines`` (lines), ``drop_columns`` (columns), ``resplit`` (seed,
    fractions, group, time, column, keep_test, folds with fold).

    Raises:
        DatasetError: when the operation does not exist, a parameter names something that is not there, or nothing would change.
    """
    known: dict[str, Callable[..., Fixed]] = {
        "drop": _drop, "relabel": _relabel, "merge_labels": _merge, "filter": _filter, "strip_lines": _strip,
        "drop_columns": _drop_columns, "resplit": _resplit,
    }  # fmt: skip
    if operation not in known:
        raise DatasetError(f"There is no fix {operation!r}.", f"Fixes: {', '.join(known)}.")
    fixed = known[operation](material, **parameters)
    if not len(fixed.frame):
        raise DatasetError("No row would be left.", "Choose a milder fix.")
    return fixed


def _drop(material: Material, what: str | None = None, rows: list[int] | None = None) -> Fixed:
    if rows is not None:
        mask = material.frame["row"].isin(_existing(material.frame, rows)).to_numpy()
        return _without(material.frame, mask, "were taken out by hand")
    if what not in DROPS:
        raise DatasetError(f"There is nothing called {what!r} to drop.", f"It can be: {', '.join(DROPS)}.")
    reason, find = DROPS[what]
    return _without(material.frame, find(material), reason)


def _without(frame: pd.DataFrame, mask: np.ndarray, reason: str) -> Fixed:
    gone = frame[mask]
    changed = pd.DataFrame({"row": gone["row"], "what": "dropped", "before": gone["text"], "after": ""})
    sentence = f"Dropped {counted(len(gone), 'row', 'rows')} that {reason}."
    return Fixed(frame[~mask], sentence, changed)


def _relabel(material: Material, labels: dict[int, str]) -> Fixed:
    frame = _with_classes(material)
    wanted = {int(row): str(label).strip() for row, label in labels.items()}
    _existing(frame, list(wanted))
    if empty := [row for row, label in wanted.items() if not label]:
        raise DatasetError(f"The new label of row {empty[0]} is empty.", "Give a label, or drop the row.")
    after = frame["row"].map(wanted).fillna(frame["label"])
    return _labelled(frame, after, "Relabelled {} by hand.")


def _merge(material: Material, names: dict[str, str]) -> Fixed:
    known = set(_with_classes(material)["label"])
    if missing := sorted(set(names) - known):
        raise DatasetError(
            f"There is no label {missing[0]!r}.", f"The labels are: {', '.join(map(str, sorted(known)[:20]))}."
        )
    after = material.frame["label"].replace(names)
    told = ", ".join(f"{old!r} into {new!r}" for old, new in list(names.items())[:5])
    return _labelled(material.frame, after, f"Merged {told}{', …' if len(names) > 5 else ''}: {{}}.")


def _labelled(frame: pd.DataFrame, after: pd.Series, sentence: str) -> Fixed:
    moved = (after != frame["label"]).to_numpy()
    changed = pd.DataFrame(
        {"row": frame["row"][moved], "what": "label", "before": frame["label"][moved], "after": after[moved]}
    )
    return Fixed(frame.assign(label=after), sentence.format(counted(int(moved.sum()), "row", "rows")), changed)


def _filter(material: Material, column: str, values: list[str]) -> Fixed:
    frame = material.frame
    name = column if column in ("label", "split") else f"extra.{column}"
    if name not in frame:
        raise DatasetError(f"There is no column {column!r} to filter by.", f"Columns: {', '.join(_columns(frame))}.")
    if missing := sorted(set(map(str, values)) - set(frame[name])):
        raise DatasetError(f"No row has {missing[0]!r} in {column}.", "Look at the rows for the values that occur.")
    kept = ", ".join(map(repr, list(values)[:5])) + (", …" if len(values) > 5 else "")
    return _without(frame, ~frame[name].isin(list(map(str, values))).to_numpy(), f"have another {column} than {kept}")


def _strip(material: Material, lines: list[str]) -> Fixed:
    frame = material.frame
    gone = {line.strip() for line in lines}
    after = pd.Series(
        ["\n".join(line for line in text.split("\n") if line.strip() not in gone).strip() for text in frame["text"]]
    )
    moved = (after != frame["text"]).to_numpy()
    changed = pd.DataFrame(
        {"row": frame["row"][moved], "what": "text", "before": frame["text"][moved], "after": after[moved]}
    )
    kept = (after != "").to_numpy()  # a text that was nothing but boilerplate has nothing left to learn from
    sentence = f"Stripped {counted(len(gone), 'repeated line', 'repeated lines')} from {counted(int(moved.sum()), 'text', 'texts')}."
    if not kept.all():
        sentence += f" {counted(int((~kept).sum()), 'text', 'texts')} held nothing else and went."
    return Fixed(frame.assign(text=after)[kept], sentence, changed)


def _drop_columns(material: Material, columns: list[str]) -> Fixed:
    names = [f"extra.{column}" for column in columns]
    for name in names:
        if name not in material.frame:
            column = name.removeprefix("extra.")
            raise DatasetError(f"There is no column {column!r}.", f"Columns: {', '.join(_columns(material.frame))}.")
    sentence = f"Took out {counted(len(columns), 'column', 'columns')}: {', '.join(columns)}."
    return Fixed(material.frame.drop(columns=names), sentence, _nothing())


def _resplit(
    material: Material, seed: int = 42, fractions: tuple[float, ...] = (0.7, 0.1, 0.2), group: str | None = None,
    time: str | None = None, column: str | None = None, keep_test: bool = False, folds: int | None = None, fold: int = 1,
) -> Fixed:  # fmt: skip
    if folds:
        return _fold(material, folds, fold, seed, group, keep_test)
    frame = material.frame
    labels = strata(material.task, frame["label"]) if material.task != "unlabelled" else None
    groups = frame[_extra(frame, group)] if group else None
    inside = (frame["split"] != "test").to_numpy() if keep_test else np.ones(len(frame), dtype=bool)
    parts = np.full(len(frame), "test", dtype=object)
    free = frame[inside]
    shares = _without_test(fractions) if keep_test else tuple(fractions)
    parts[inside] = split_rows(
        labels[inside] if labels is not None else None, groups[inside] if groups is not None else None, seed=seed,
        fractions=shares, rows=len(free), times=free[_extra(frame, time)] if time else None,  # type: ignore[arg-type]
        given=free[_extra(frame, column)] if column else None,
    )  # fmt: skip
    how = (
        f"by time in {time}, the latest rows judge" if time else f"as column {column} says" if column
        else f"drawn with seed {seed}"
    )  # fmt: skip
    how += f", whole groups of {group}" if group else ""
    how += ", the test part kept as it was" if keep_test else ""
    return Fixed(frame.assign(split=parts), _split_sentence(how, parts), _moved(frame, parts))


def _fold(material: Material, folds: int, fold: int, seed: int, group: str | None, keep_test: bool) -> Fixed:
    """One fold of the rows as the test part, a tenth of the rest for validation.

    With ``keep_test`` the test part of before is left out, so that it stays unseen; the folds are those of the other rows.
    """
    if not 1 <= fold <= folds:
        raise DatasetError(f"Fold {fold} of {folds} does not exist.", f"Folds go from 1 to {folds}.")
    aside = (material.frame["split"] == "test").to_numpy() & keep_test
    frame, gone = material.frame[~aside], material.frame[aside]
    labels = strata(material.task, frame["label"]) if material.task != "unlabelled" else None
    groups = frame[_extra(frame, group)] if group else None
    held = assign_folds(labels, folds, groups=groups, seed=seed, rows=len(frame)) == fold - 1
    parts = np.full(len(frame), "test", dtype=object)
    parts[~held] = split_rows(
        labels[~held] if labels is not None else None, groups[~held] if groups is not None else None,
        fractions=(0.9, 0.1, 0.0), seed=seed, rows=int((~held).sum()),
    )  # fmt: skip
    how = f"fold {fold} of {folds} is the test part" + (f", whole groups of {group}" if group else "")
    how += f", the {counted(len(gone), 'row', 'rows')} of the test part of before left out" if keep_test else ""
    dropped = pd.DataFrame({"row": gone["row"], "what": "dropped", "before": gone["text"], "after": ""})
    changed = pd.concat([_moved(frame, parts), dropped], ignore_index=True)
    return Fixed(frame.assign(split=parts), _split_sentence(how, parts), changed)


def _split_sentence(how: str, parts: np.ndarray) -> str:
    return f"Split anew, {how}: " + ", ".join(f"{int((parts == part).sum()):,} {part}" for part in PARTS) + "."


def _moved(frame: pd.DataFrame, parts: np.ndarray) -> pd.DataFrame:
    """The rows whose part is another now."""
    moved = parts != frame["split"].to_numpy()
    return pd.DataFrame(
        {"row": frame["row"][moved], "what": "split", "before": frame["split"][moved], "after": parts[moved]}
    )


def _without_test(fractions: tuple[float, ...]) -> tuple[float, float, float]:
    """Shares of train and validation where the test part is not touched."""
    rest = fractions[0] + fractions[1]
    return fractions[0] / rest, fractions[1] / rest, 0.0


def _with_classes(material: Material) -> pd.DataFrame:
    if not material.classes:
        raise DatasetError("The rows of this set do not have one class each.", "Correct the file, and add it again.")
    return material.frame


def _existing(frame: pd.DataFrame, rows: list[int]) -> list[int]:
    if missing := sorted(set(map(int, rows)) - set(frame["row"])):
        raise DatasetError(f"The set has no row {missing[0]}.", "Rows are named by their number in the column `row`.")
    return list(map(int, rows))


def _extra(frame: pd.DataFrame, column: str) -> str:
    if f"extra.{column}" not in frame:
        raise DatasetError(
            f"The set has no column {column!r}.", f"Columns: {', '.join(_columns(frame)) or 'none besides'}."
        )
    return f"extra.{column}"


def _columns(frame: pd.DataFrame) -> list[str]:
    return [name.removeprefix("extra.") for name in frame if name.startswith("extra.")]


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"row": pd.Series(dtype="int64"), "what": [], "before": [], "after": []})
