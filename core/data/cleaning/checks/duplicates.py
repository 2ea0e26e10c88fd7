"""Texts that occur more than once: exactly, nearly, with different labels, or on both sides of a split."""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check, Material, Remedy, counted, rows_of, side_by_side, together
from core.data.cleaning.near import NearPairs, repeats
from core.data.cleaning.similar import first_of_each
from core.data.cleaning.texts import keep_order
from core.data.columns.appearance import GROUP_NAMES

JUDGED = ("validation", "test")


def check_duplicates(material: Material) -> list[Check]:
    """All that concerns repeated texts."""
    found = [_exact(material), _near(material), _leakage(material), _near_leakage(material)]
    found += [_conflicts(material)] if material.task != "unlabelled" else []
    return found + _groups(material)


# --- which rows: also what a fix drops ----------------------------------------------------------------------------
def repeated(frame: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """(rows,) bool: rows with the text and the label of a row that is kept."""
    order = np.argsort(keep_order(frame))
    both = pd.DataFrame({"key": keys.to_numpy()[order], "label": frame["label"].to_numpy()[order]})
    mask = np.zeros(len(frame), dtype=bool)
    mask[order] = both.duplicated().to_numpy()
    return mask


def nearly_repeated(frame: pd.DataFrame, keys: pd.Series, pairs: NearPairs) -> np.ndarray:
    """(rows,) bool: rows whose text is nearly that of a kept row with the same label; their exact copies too."""
    labels = frame["label"].to_numpy()
    same = labels[pairs.first] == labels[pairs.second]
    alike = NearPairs(pairs.first[same], pairs.second[same], pairs.similarity[same])
    dropped = keys[repeats(alike, keep_order(frame))]
    return keys.isin(set(dropped)).to_numpy()


def conflicting(frame: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """(rows,) bool: rows whose text occurs with another label as well."""
    labels = frame["label"].groupby(keys.to_numpy()).nunique()
    return keys.isin(set(labels[labels > 1].index)).to_numpy()


def leaking(frame: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """(rows,) bool: rows to learn or choose from whose text is judged in a later part. The judged row stays."""
    part = frame["split"].to_numpy()
    judged, test = set(keys[np.isin(part, JUDGED)]), set(keys[part == "test"])
    train = (part == "train") & keys.isin(judged).to_numpy()
    return train | ((part == "validation") & keys.isin(test).to_numpy())


def nearly_leaking(frame: pd.DataFrame, keys: pd.Series, pairs: NearPairs) -> np.ndarray:
    """(rows,) bool: rows to learn or choose from whose text is nearly one that a later part judges."""
    rank = frame["split"].map({"test": 0, "validation": 1}).fillna(2).to_numpy()
    first, second = rank[pairs.first], rank[pairs.second]
    early = np.concatenate([pairs.first[first > second], pairs.second[second > first]])
    # a key's first row stands for its copies, and a copy in an earlier part leaks as well
    least = pd.Series(rank).groupby(keys.to_numpy()).transform("min").to_numpy()
    return keys.isin(set(keys.iloc[early])).to_numpy() & (rank > 0) & (rank >= least)


# --- findings -----------------------------------------------------------------------------------------------------
def _exact(material: Material) -> Check:
    mask = repeated(material.frame, material.keys)
    count = int(mask.sum())
    if not count:
        return Check("duplicates", "ok", "No text occurs twice with the same label.")
    share = count / len(mask)
    message = f"{counted(count, 'row repeats', 'rows repeat')} an earlier text ({100 * share:.1f} %)."
    remedy = "Repeats teach nothing new and count twice. One row of each text is kept, a judged one where there is one."
    fix = Remedy(f"Remove {counted(count, 'repeat', 'repeats')}", "drop", {"what": "exact_duplicates"})
    level = "warning" if share > 0.05 else "note"
    return Check("duplicates", level, message, together(material.frame, material.keys, mask), count, remedy, fix)


def _near(material: Material) -> Check:
    frame, pairs = material.frame, material.pairs
    mask = nearly_repeated(frame, material.keys, pairs)
    count = int(mask.sum())
    labels = frame["label"].to_numpy()
    torn = int((labels[pairs.first] != labels[pairs.second]).sum())
    told = f" Another {counted(torn, 'pair', 'pairs')} of such texts have different labels." if torn else ""
    message = (
        f"{counted(count, 'row is', 'rows are')} nearly the same as an earlier one: four fifths of the words or more "
        f"({100 * count / max(1, len(mask)):.1f} %).{told}"
    )
    remedy = "Look at them: copies with small edits add little; short texts may be alike by chance."
    fix = Remedy(f"Remove {counted(count, 'near copy', 'near copies')}", "drop", {"what": "near_duplicates"})
    level = "warning" if count > 0.05 * len(mask) else "note"
    found = Check("near duplicates", level, message, (), count, remedy, fix)
    return _nearly(material, found, "No two texts are nearly the same.", np.ones(len(pairs.first), dtype=bool))


def _leakage(material: Material) -> Check:
    keys, part = material.keys, material.frame["split"].to_numpy()
    seen = {name: set(keys[part == name]) for name in ("train", *JUDGED)}
    test, validation = seen["test"] & (seen["train"] | seen["validation"]), seen["validation"] & seen["train"]
    if not test and not validation:
        return Check("leakage", "ok", "No text of the training part is judged again in validation or test.")
    told = []
    if test:
        told.append(f"{counted(len(test), 'text of test stands', 'texts of test stand')} in training or validation too")
    if validation:
        told.append(
            f"{counted(len(validation), 'text of validation stands', 'texts of validation stand')} in training too"
        )
    mask = leaking(material.frame, keys)
    count = int(mask.sum())
    message = f"{'; '.join(told)}, so the score flatters."
    remedy = "The copies that are learnt from are removed; what judges stays, so scores remain comparable."
    fix = Remedy(f"Remove {counted(count, 'leaking row', 'leaking rows')}", "drop", {"what": "leaking"})
    return Check("leakage", "warning", message, together(material.frame, keys, mask), count, remedy, fix)


def _near_leakage(material: Material) -> Check:
    frame, pairs = material.frame, material.pairs
    count = int(nearly_leaking(frame, material.keys, pairs).sum())
    part = frame["split"].to_numpy()
    subject = counted(count, "row to learn from is", "rows to learn from are")
    remedy = "A model that remembers them looks better than it is. The training side is removed, what judges stays."
    fix = Remedy(f"Remove {counted(count, 'row', 'rows')}", "drop", {"what": "near_leaking"})
    level = "warning" if count > 0.01 * len(frame) else "note"
    found = Check("near leakage", level, f"{subject} nearly the same as a judged text.", (), count, remedy, fix)
    return _nearly(material, found, "No training text is nearly a judged one.", part[pairs.first] != part[pairs.second])


def _nearly(material: Material, found: Check, none: str, shown: np.ndarray) -> Check:
    """``found`` with the pairs to show, (pairs,) bool, side by side, or ``none`` as its message where it counts no row."""
    distinct = len(first_of_each(material.frame, material.keys))
    whole = material.compared >= distinct
    sampled = "" if whole else f" Looked for among {material.compared:,} texts drawn evenly."
    if not found.count:
        return Check(found.name, "ok", none + sampled)
    rows = side_by_side(material.frame, material.pairs, shown)
    return replace(found, message=found.message + sampled, rows=rows)


def _conflicts(material: Material) -> Check:
    frame = material.frame
    mask = conflicting(frame, material.keys)
    texts = material.keys[mask].nunique()
    if not texts:
        return Check("conflicting labels", "ok", "No text has two different labels.")
    occurs = counted(texts, "text occurs", "texts occur")
    message = f"{occurs} with different labels ({counted(int(mask.sum()), 'row', 'rows')})."
    remedy = "Decide for one label each in the table below, or remove them."
    fix = Remedy(f"Remove {counted(int(mask.sum()), 'row', 'rows')}", "drop", {"what": "conflicting"})
    shown = together(frame, material.keys, mask)
    return Check("conflicting labels", "warning", message, shown, texts, remedy, fix)


def _groups(material: Material) -> list[Check]:
    """Rows that belong together in different parts: by the set's group column, or one that is named like a group."""
    found = []
    frame = material.frame
    named = [each for each in frame if each.startswith("extra.") and each.removeprefix("extra.").lower() in GROUP_NAMES]
    for column in dict.fromkeys([material.group, *named] if material.group else named):
        parts = frame["split"].groupby(frame[column]).nunique()
        torn = set(parts[parts > 1].index) - {""}
        name = column.removeprefix("extra.")
        if not torn:
            found.append(Check(f"groups of {name}", "ok", f"No group of {name} is in more than one part."))
            continue
        are = counted(len(torn), f"group of {name} has", f"groups of {name} have")
        message = f"{are} rows in more than one part, so what is judged may be known from a sibling."
        tested = frame.loc[frame[column].isin(torn), "split"].eq("test").any()
        fix = Remedy("Draw the split by group", "resplit", {"group": name, "keep_test": not tested})
        remedy = f"Draw the split anew with whole groups of {name}. " + (
            "Another test part: old and new scores cannot be compared." if tested else "The test part stays as it is."
        )
        level = "warning" if column == material.group else "note"
        mask = frame[column].isin(torn)
        found.append(Check(f"groups of {name}", level, message, rows_of(frame, mask), len(torn), remedy, fix))
    return found
