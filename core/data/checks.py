"""Health of a data set, before it costs a run: each check a plain sentence with the rows behind it."""

from dataclasses import dataclass

import pandas as pd

from core.data.store import DataSet

SHOWN = 200  # row ids that a check carries at most
FEW = 10  # training rows below which a class is hard to learn


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    Attributes:
        level: ok, note, warning or error.
        rows: ids of the rows behind it, at most 200 of ``count``.
        remedy: what to do; empty when there is nothing to do.
    """

    name: str
    level: str
    message: str
    rows: tuple[int, ...] = ()
    count: int = 0
    remedy: str = ""


def check_dataset(dataset: DataSet) -> list[Check]:
    """All checks of a stored set, the gravest first."""
    found = [_set_aside(dataset), *check_frame(dataset.frame(), dataset.task)]
    order = ("error", "warning", "note", "ok")
    return sorted(found, key=lambda check: order.index(check.level))


def check_frame(frame: pd.DataFrame, task: str = "single_label") -> list[Check]:
    """The checks that need only the rows, as ``DataSet.frame`` describes them."""
    keys = _normalised(frame)
    checks = [_duplicates(frame, keys), _leakage(frame, keys), _short(frame)]
    if task in ("multi_label", "regression"):  # the others are about one class a row
        checks += [_conflicts(frame, keys)]
    elif (frame["label"] != "").any():
        checks += [_conflicts(frame, keys), _balance(frame), _rare(frame), _look_alikes(frame), _giveaways(frame)]
    return checks


def _normalised(frame: pd.DataFrame) -> pd.Series:
    """Texts with case and blanks evened out: what counts as the same text."""
    text = frame["text"]
    if "text_pair" in frame:
        text = text + " \n " + frame["text_pair"]
    return text.str.lower().str.split().str.join(" ")


def _rows(frame: pd.DataFrame, mask: pd.Series) -> tuple[int, ...]:
    return tuple(int(row) for row in frame.loc[mask, "row"].head(SHOWN))


def _set_aside(dataset: DataSet) -> Check:
    if not dataset.skipped_rows:
        return Check("missing", "ok", "Every row of the file has a text" + (" and a label." if dataset.label else "."))
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in dataset.skipped.items())
    message = f"{dataset.skipped_rows:,} rows of the file were set aside: {reasons}."
    return Check(
        "missing", "note", message, count=dataset.skipped_rows, remedy="Fill them in the file and add it again."
    )


def _duplicates(frame: pd.DataFrame, keys: pd.Series) -> Check:
    repeated = keys.duplicated()
    count = int(repeated.sum())
    if not count:
        return Check("duplicates", "ok", "No text occurs twice.")
    level = "warning" if count > 0.05 * len(frame) else "note"
    message = f"{count:,} rows ({100 * count / len(frame):.1f} %) repeat an earlier text."
    remedy = "Repeats teach nothing new and count twice; remove them from the file."
    return Check("duplicates", level, message, _rows(frame, repeated), count, remedy)


def _leakage(frame: pd.DataFrame, keys: pd.Series) -> Check:
    train = set(keys[frame["split"] == "train"])
    leaked = (frame["split"] != "train") & keys.isin(train)
    count = int(leaked.sum())
    if not count:
        return Check("leakage", "ok", "No text of the training part is judged again in validation or test.")
    message = f"{count:,} texts of validation or test also stand in the training part, so the score flatters."
    return Check("leakage", "warning", message, _rows(frame, leaked), count, "Remove the repeats before splitting.")


def _short(frame: pd.DataFrame) -> Check:
    short = frame["text"].str.len() < 3
    count = int(short.sum())
    if not count:
        return Check("very short texts", "ok", "No text is shorter than 3 characters.")
    message = f"{count:,} texts have fewer than 3 characters."
    return Check("very short texts", "note", message, _rows(frame, short), count, "Look whether they mean anything.")


def _conflicts(frame: pd.DataFrame, keys: pd.Series) -> Check:
    labels = frame["label"].groupby(keys).nunique()
    mask = keys.isin(set(labels[labels > 1].index))
    texts = int((labels > 1).sum())
    if not texts:
        return Check("conflicting labels", "ok", "No text has two different labels.")
    message = f"{texts:,} texts occur with different labels ({int(mask.sum()):,} rows)."
    return Check("conflicting labels", "warning", message, _rows(frame, mask), texts, "Decide for one label each.")


def _balance(frame: pd.DataFrame) -> Check:
    counts = frame["label"].value_counts()
    share = counts.iloc[0] / len(frame)
    even = 1 / len(counts)
    most = f"{counts.index[0]!r} has {100 * share:.0f} % of the rows"
    if counts.iloc[0] <= 1.5 * counts.iloc[-1]:
        return Check("class balance", "ok", f"The {len(counts)} classes are about even; {most}.")
    level = "warning" if share > 0.9 or counts.iloc[-1] < 0.1 * even * len(frame) else "note"
    message = f"The {len(counts)} classes are uneven: {most}, {counts.index[-1]!r} {100 * counts.iloc[-1] / len(frame):.1f} %."
    remedy = f"Judge by macro-F1: always answering {counts.index[0]!r} already gives {100 * share:.0f} % accuracy."
    return Check("class balance", level, message, count=int(counts.iloc[-1]), remedy=remedy)


def _rare(frame: pd.DataFrame) -> Check:
    counts = frame[frame["split"] == "train"]["label"].value_counts().reindex(frame["label"].unique(), fill_value=0)
    rare = counts[counts < FEW]
    if not len(rare):
        return Check("small classes", "ok", f"Every class has at least {FEW} training rows.")
    names = ", ".join(f"{name!r} ({count})" for name, count in rare.head(5).items())
    message = f"{len(rare)} classes have fewer than {FEW} training rows: {names}."
    mask = frame["label"].isin(set(rare.index))
    return Check("small classes", "warning", message, _rows(frame, mask), len(rare), "Collect more, or merge classes.")


def _look_alikes(frame: pd.DataFrame) -> Check:
    labels = pd.Series(frame["label"].unique())
    alike = labels.groupby(labels.str.lower().str.replace(r"[\s_-]+", "", regex=True)).agg(list)
    twins = [names for names in alike if len(names) > 1]
    if not twins:
        return Check("label look-alikes", "ok", "No two labels differ only in case or blanks.")
    message = (
        "Labels that are probably the same: " + "; ".join(" / ".join(map(repr, names)) for names in twins[:5]) + "."
    )
    mask = frame["label"].isin({name for names in twins for name in names})
    return Check("label look-alikes", "warning", message, _rows(frame, mask), len(twins), "Give them one spelling.")


def _giveaways(frame: pd.DataFrame) -> Check:
    """Other columns whose value decides the label: a warning in case somebody pastes them into the text."""
    telling = []
    for column in (name for name in frame.columns if name.startswith("extra.")):
        values = frame[column]
        if 1 < values.nunique() <= 0.2 * len(frame) and values.ne("").mean() > 0.9:
            purity = frame["label"].groupby(values).agg(lambda each: each.value_counts().iloc[0]).sum() / len(frame)
            majority = frame["label"].value_counts(normalize=True).iloc[0]
            if purity > 0.98 and purity > majority + 0.05:
                telling.append(column.removeprefix("extra."))
    if not telling:
        return Check("columns that give the label away", "ok", "No other column decides the label.")
    message = f"The label can be read off another column: {', '.join(telling)}."
    return Check(
        "columns that give the label away", "note", message, remedy="Never put it into the text.", count=len(telling)
    )
