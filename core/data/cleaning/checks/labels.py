"""Labels: spellings of one class, labels that say there is none, small and uneven classes, columns that give the label away."""

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check, CheckGroup, Drop, Remedy, counted, rows_of
from core.data.cleaning.material import Material
from core.data.cleaning.spellings import is_missing, misspellings, safe_names, variants
from core.evaluation.headline import is_uneven

FEW = 10  # training rows below which a class is hard to learn
OTHER = "other"
GIVEN_AWAY = 0.95  # share of the rows whose label another column tells, beyond which it is said to give the label away


def check_labels(material: Material) -> list[Check]:
    """The checks of sets in which each row has one class; none for other sets."""
    if not material.classes:
        return []
    frame = material.frame
    counts = label_counts(frame)
    return [
        _look_alikes(frame, counts), _misspelt(frame, counts), _no_labels(material), _rare(frame, counts), _balance(frame),
        _giveaways(frame, counts),
    ]  # fmt: skip


def label_counts(frame: pd.DataFrame) -> dict[str, int]:
    """Label -> rows."""
    return {str(label): int(rows) for label, rows in frame["label"].value_counts().items()}


def _has_no_label(material: Material) -> np.ndarray:
    labels = material.frame["label"]
    return labels.isin([label for label in labels.unique() if is_missing(label)]).to_numpy() & material.classes


MISSING_LABELS = Drop("missing_labels", "have a label that only says there is none", _has_no_label)


def _balance(frame: pd.DataFrame) -> Check:
    counts = frame["label"].value_counts()
    share = counts.iloc[0] / len(frame)
    even = 1 / len(counts)
    most = f"{counts.index[0]!r} has {100 * share:.1f} % of the rows"
    if not is_uneven(counts):
        return Check("class balance", "ok", f"The {len(counts)} classes are about even; {most}.")
    level = "warning" if share > 0.9 or counts.iloc[-1] < 0.1 * even * len(frame) else "note"
    message = f"The {len(counts)} classes are uneven: {most}, {counts.index[-1]!r} {100 * counts.iloc[-1] / len(frame):.1f} %."
    remedy = (
        f"Judge by macro-F1: {_majority(frame)} The training setting 'Even classes' lets every class count the same."
    )
    return Check("class balance", level, message, count=int(counts.iloc[-1]), remedy=remedy)


def _majority(frame: pd.DataFrame) -> str:
    """What the commonest class of the training rows gets where it is judged, as the baseline of every run shows it."""
    part = frame["split"]
    learnt = frame[part == "train"]["label"] if (part == "train").any() else frame["label"]
    judged = next((name for name in ("test", "validation") if (part == name).any()), None)
    rows = frame[part == judged]["label"] if judged else frame["label"]
    answer = learnt.value_counts().index[0]
    where = f"on the {len(rows):,} {judged} rows" if judged else "on all rows"
    return f"always answering {answer!r} already gives {100 * (rows == answer).mean():.1f} % accuracy {where}."


def _rare(frame: pd.DataFrame, all_counts: dict[str, int]) -> Check:
    names = frame["label"].unique()
    counts = frame[frame["split"] == "train"]["label"].value_counts().reindex(names, fill_value=0)
    rare = counts[counts < FEW].sort_values()
    if not len(rare):
        return Check("small classes", "ok", f"Every class has at least {FEW} training rows.")
    named = ", ".join(f"{name!r} ({count})" for name, count in rare.head(5).items())
    fewer = counted(len(rare), "class has", "classes have")
    message = f"{fewer} fewer than {FEW} training rows: {named}{', …' if len(rare) > 5 else ''}."
    unjudged = set(names) - set(frame[frame["split"] == "test"]["label"])
    if unjudged and (frame["split"] == "test").any():
        message += f" {counted(len(unjudged), 'class is', 'classes are')} not in the test part at all."
    mask = frame["label"].isin(set(rare.index))
    fix = None
    slips = {pair.label for pair in misspellings(all_counts)} | set(safe_names(all_counts))
    if slips & set(rare.index):  # as part of another class they would be lost
        remedy = "Give misspelt classes the right name first; then collect more rows, or merge what is left."
        return Check("small classes", "warning", message, rows_of(frame, mask), len(rare), remedy, weight=20)
    if len(rare) > 1 and len(names) - len(rare) >= 1 and OTHER not in names:
        fix = Remedy(f"Merge them into {OTHER!r}", "merge_labels", {"names": {str(name): OTHER for name in rare.index}})
    elif len(names) - len(rare) >= 2:
        fix = Remedy(
            "Leave these classes out",
            "filter",
            {"column": "label", "values": sorted(map(str, set(names) - set(rare.index)))},
        )
    remedy = "Collect more rows, or merge the classes."
    return Check("small classes", "warning", message, rows_of(frame, mask), len(rare), remedy, fix, weight=20)


def _look_alikes(frame: pd.DataFrame, counts: dict[str, int]) -> Check:
    name, twins = "label look-alikes", variants(counts)
    if not twins:
        return Check(name, "ok", "No two labels differ only in case, blanks or harmless marks.")
    pairs = "; ".join(" / ".join(map(_visible, labels)) for labels in twins[:5])
    message = f"Labels that are the same but for case, blanks or marks: {pairs}{'; …' if len(twins) > 5 else ''}."
    mask = frame["label"].isin({label for labels in twins for label in labels})
    fix = Remedy("Take the commonest spelling", "merge_labels", {"names": safe_names(counts)})
    remedy = "Give them one spelling; invisible characters go."
    return Check(name, "warning", message, rows_of(frame, mask), len(twins), remedy, fix, weight=66)


def _visible(label: str) -> str:
    """The label in quotes, with what cannot be seen written as its code."""
    return "'" + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in label) + "'"


def _misspelt(frame: pd.DataFrame, counts: dict[str, int]) -> Check:
    name, slips = "misspelt labels", misspellings(counts)
    if not slips:
        return Check(name, "ok", "No rare label is a letter or two from a common one.")
    pairs = "; ".join(f"{pair.label!r} ({counts[pair.label]}) for {pair.becomes!r}" for pair in slips[:5])
    message = f"Labels that may be misspelt: {pairs}{'; …' if len(slips) > 5 else ''}."
    mask = frame["label"].isin({pair.label for pair in slips})
    fix = Remedy("Take the right spelling", "merge_labels", {"names": {pair.label: pair.becomes for pair in slips}})
    remedy = "Look at each before you apply it; in the table of classes on the Data page each can be changed or left as it is."
    return Check(name, "warning", message, rows_of(frame, mask), len(slips), remedy, fix, weight=65)


def _no_labels(material: Material) -> Check:
    frame, mask = material.frame, MISSING_LABELS.mask(material)
    if not mask.any():
        return Check("labels that say nothing", "ok", "No label only says that there is none.")
    labels = frame["label"][mask].value_counts()
    listed = ", ".join(f"{label!r} ({rows:,})" for label, rows in labels.head(5).items())
    message = f"Labels that probably mean that there is none: {listed}. They are learnt as classes of their own."
    left = frame["label"][~mask].nunique()
    subject = counted(int(mask.sum()), "row", "rows")
    fix = MISSING_LABELS.remedy(f"Take these {subject} out") if left > 1 else None
    remedy = "Take these rows out, unless such a label means something here."
    shown = rows_of(frame, mask)
    return Check("labels that say nothing", "warning", message, shown, int(mask.sum()), remedy, fix, weight=68)


def _giveaways(frame: pd.DataFrame, counts: dict[str, int]) -> Check:
    """Other columns whose value decides the label; spellings of one class count as one."""
    name = "columns that give the label away"
    meant = {pair.label: pair.becomes for pair in misspellings(counts)} | safe_names(counts)
    named = frame[~frame["label"].isin([label for label in counts if is_missing(label)])]
    labels = named["label"].map(lambda label: meant.get(label, label)).map(lambda label: meant.get(label, label))
    if labels.nunique() < 2:
        return Check(name, "ok", "No other column decides the label.")
    majority = labels.value_counts(normalize=True).iloc[0]
    deciding = {}
    for column in (name for name in frame.columns if name.startswith("extra.")):
        values = named[column]
        if 1 < values.nunique() <= 0.2 * len(named) and values.ne("").mean() > 0.9:
            right = pd.crosstab(values, labels).max(axis=1).sum() / len(named)
            if right > GIVEN_AWAY and right > majority + 0.05:
                deciding[column.removeprefix("extra.")] = right
    if not deciding:
        return Check(name, "ok", "No other column decides the label.")
    columns = ", ".join(map(repr, deciding))
    told = ", ".join(f"{column!r} (right in {100 * right:.0f} % of the rows)" for column, right in deciding.items())
    message = f"The label can be read off {'another column' if len(deciding) == 1 else 'other columns'}: {told}."
    remedy = "No run reads other columns; never paste them into the text. They can be taken out of the set."
    fix = Remedy(f"Take out {columns}", "drop_columns", {"columns": list(deciding)})
    return Check(name, "warning", message, count=len(deciding), remedy=remedy, fix=fix, weight=75)


LABELS = CheckGroup(
    "labels", "Looking at labels", check_labels, share=5, version=3, drops=(MISSING_LABELS,)
)  # fmt: skip
