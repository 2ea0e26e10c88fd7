"""Labels: uneven and small classes, two spellings of one class, columns that give the label away."""

import pandas as pd

from core.data.cleaning.checks.check import Check, CheckGroup, Remedy, counted, rows_of
from core.data.cleaning.material import Material

FEW = 10  # training rows below which a class is hard to learn
OTHER = "other"


def check_labels(material: Material) -> list[Check]:
    """The checks of sets in which each row has one class; none for other sets."""
    if not material.classes:
        return []
    frame = material.frame
    return [_balance(frame), _rare(frame), _look_alikes(frame), _giveaways(frame)]


def _balance(frame: pd.DataFrame) -> Check:
    counts = frame["label"].value_counts()
    share = counts.iloc[0] / len(frame)
    even = 1 / len(counts)
    most = f"{counts.index[0]!r} has {100 * share:.0f} % of the rows"
    if counts.iloc[0] <= 1.5 * counts.iloc[-1]:
        return Check("class balance", "ok", f"The {len(counts)} classes are about even; {most}.")
    level = "warning" if share > 0.9 or counts.iloc[-1] < 0.1 * even * len(frame) else "note"
    message = f"The {len(counts)} classes are uneven: {most}, {counts.index[-1]!r} {100 * counts.iloc[-1] / len(frame):.1f} %."
    remedy = (
        f"Judge by macro-F1: always answering {counts.index[0]!r} already gives {100 * share:.0f} % accuracy. The training "
        "setting 'Even classes' lets every class count the same."
    )
    return Check("class balance", level, message, count=int(counts.iloc[-1]), remedy=remedy)


def _rare(frame: pd.DataFrame) -> Check:
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
    if len(rare) > 1 and len(names) - len(rare) >= 1 and OTHER not in names:
        fix = Remedy(f"Merge them into {OTHER!r}", "merge_labels", {"names": {str(name): OTHER for name in rare.index}})
    elif len(names) - len(rare) >= 2:
        fix = Remedy(
            "Leave these classes out",
            "filter",
            {"column": "label", "values": sorted(map(str, set(names) - set(rare.index)))},
        )
    remedy = "Collect more rows, or merge the classes."
    return Check("small classes", "warning", message, rows_of(frame, mask), len(rare), remedy, fix)


def _look_alikes(frame: pd.DataFrame) -> Check:
    counts = frame["label"].value_counts()
    labels = pd.Series(counts.index)
    alike = labels.groupby(labels.str.lower().str.replace(r"[\s_.-]+", "", regex=True)).agg(list)
    twins = [names for names in alike if len(names) > 1]
    if not twins:
        return Check("label look-alikes", "ok", "No two labels differ only in case, blanks or hyphens.")
    pairs = "; ".join(" / ".join(map(repr, names)) for names in twins[:5])
    message = f"Labels that are probably the same: {pairs}."
    mask = frame["label"].isin({name for names in twins for name in names})
    # value_counts is sorted, so the first spelling of each group is the commonest
    names = {name: group[0] for group in twins for name in group[1:]}
    fix = Remedy("Take the commonest spelling", "merge_labels", {"names": names})
    return Check(
        "label look-alikes", "warning", message, rows_of(frame, mask), len(twins), "Give them one spelling.", fix
    )


def _giveaways(frame: pd.DataFrame) -> Check:
    """Other columns whose value decides the label."""
    name = "columns that give the label away"
    majority = frame["label"].value_counts(normalize=True).iloc[0]
    deciding = []
    for column in (name for name in frame.columns if name.startswith("extra.")):
        values = frame[column]
        if 1 < values.nunique() <= 0.2 * len(frame) and values.ne("").mean() > 0.9:
            most = pd.crosstab(values, frame["label"]).max(axis=1).sum() / len(frame)
            if most > 0.98 and most > majority + 0.05:
                deciding.append(column.removeprefix("extra."))
    if not deciding:
        return Check(name, "ok", "No other column decides the label.")
    columns = ", ".join(map(repr, deciding))
    message = f"The label can be read off {'another column' if len(deciding) == 1 else 'other columns'}: {columns}."
    remedy = "No run reads other columns; never paste them into the text. They can be taken out of the set."
    fix = Remedy(f"Take out {columns}", "drop_columns", {"columns": deciding})
    return Check(name, "warning", message, count=len(deciding), remedy=remedy, fix=fix)


LABELS = CheckGroup("labels", "Looking at labels", check_labels, share=5)
