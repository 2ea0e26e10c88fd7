"""Whether the parts, or the domains, of a set are drawn from the same texts: the classifier two-sample test.

A classifier learns to tell texts of one side from texts of the other. Where it cannot (AUC near 0.5), the sides look alike.

Source: Lopez-Paz and Oquab, 2017, Revisiting classifier two-sample tests; interval: Hanley and McNeil, 1982.
"""

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from core.data.cleaning.checks.check import Check, CheckGroup, Remedy
from core.data.cleaning.material import Material
from core.data.cleaning.texts import whole_texts, words_of
from core.threads import one_thread

SIDE = 1500  # texts of each side at most
FEWEST = 40
CHARACTERS = 1500  # of each text
DOMAINS = ("domain", "language", "lang", "source", "channel", "country", "product")
MOST_DOMAINS = 20


def check_shift(material: Material) -> list[Check]:
    """Train against test, and each domain against the rest."""
    frame = material.frame.loc[~material.keys.duplicated().to_numpy()]
    named = (column for column in frame if column.removeprefix("extra.").lower() in DOMAINS)
    domain = next((column for column in named if _is_domain(frame[column])), None)
    return [_parts(frame, material.classes), *([_domains(frame, domain)] if domain else [])]


def two_sample_auc(one: pd.Series, two: pd.Series, seed: int = 0) -> tuple[float, float, float] | None:
    """AUC of telling two sets of texts apart, with its 95 % interval; None where a side has fewer than 40 texts.

    Words and word pairs, logistic regression, three folds: each text is judged by a model that has not seen it.

    Args:
        one, two: texts; of each side at most 1,500 are drawn and their first 1,500 characters read.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    size = min(SIDE, len(one), len(two))
    if size < FEWEST:
        return None
    drawn = [side.sample(size, random_state=seed).str.slice(0, CHARACTERS) for side in (one, two)]
    side = np.repeat([0, 1], size)
    model = make_pipeline(
        TfidfVectorizer(tokenizer=words_of, token_pattern=None, lowercase=False, ngram_range=(1, 2), min_df=2,
                        sublinear_tf=True, max_features=50_000),
        LogisticRegression(max_iter=300),
    )  # fmt: skip
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    try:
        with one_thread():
            score = cross_val_predict(model, pd.concat(drawn).tolist(), side, cv=folds, method="decision_function")
    except ValueError as error:
        if "no terms remain" in str(error).lower() or "vocabulary" in str(error):
            return None
        raise
    auc = float(roc_auc_score(side, score))
    error_bound = 1.96 * _standard_error(auc, size, size)
    return auc, max(0.0, auc - error_bound), min(1.0, auc + error_bound)


def _standard_error(auc: float, ones: int, twos: int) -> float:
    """Of an AUC (Hanley and McNeil, 1982, equation 1)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (ones - 1) * (q1 - auc**2) + (twos - 1) * (q2 - auc**2)
    return float(np.sqrt(max(0.0, spread) / (ones * twos)))


def _parts(frame: pd.DataFrame, classes: bool) -> Check:
    name = "shift between parts"
    sides = [frame[frame["split"] == part] for part in ("train", "test")]
    texts = [whole_texts(side) for side in sides]
    measured = two_sample_auc(*texts)
    if measured is None:
        return Check(name, "ok", "The parts are too small to tell whether they differ.")
    auc, low, high = measured
    moved = _moved_labels(*sides) if classes else ""
    span = f"AUC {auc:.2f}, 95 % interval {low:.2f} to {high:.2f}; 0.50 is guessing, 1.00 is certain"
    drawn = f", {min(SIDE, *map(len, sides)):,} texts of each"
    if low < 0.55 and not moved:
        return Check(
            name, "ok", f"Training and test texts look alike: a classifier can hardly tell them apart ({span}{drawn})."
        )
    level = "warning" if low > 0.65 or moved else "note"
    message = (
        f"Training and test texts look alike ({span}{drawn})."
        if low < 0.55
        else f"Training and test texts differ: a classifier tells them apart ({span}{drawn})."
    )
    fix = Remedy("Draw the split anew", "resplit", {})
    remedy = "If new texts will look like the test part, leave it. Otherwise draw the split anew; old and new scores then differ."
    return Check(name, level, message + moved, remedy=remedy, fix=fix)


def _moved_labels(train: pd.DataFrame, test: pd.DataFrame) -> str:
    """A sentence where the classes have clearly other shares in test than in training."""
    counts = pd.DataFrame({"train": train["label"].value_counts(), "test": test["label"].value_counts()}).fillna(0)
    if len(counts) < 2 or min(counts.sum()) == 0:
        return ""
    shares = counts / counts.sum()
    gap = (shares["train"] - shares["test"]).abs()
    if gap.max() < 0.05 or chi2_contingency(counts.to_numpy()).pvalue > 0.001:
        return ""
    label = gap.idxmax()
    one, two = 100 * shares.loc[label, "train"], 100 * shares.loc[label, "test"]
    return f" The classes have other shares: {label!r} is {one:.0f} % of training and {two:.0f} % of test."


def _is_domain(values: pd.Series) -> bool:
    return 2 <= values.nunique() <= MOST_DOMAINS and values.value_counts().iloc[1] >= FEWEST


def _domains(frame: pd.DataFrame, column: str) -> Check:
    name = column.removeprefix("extra.")
    texts = whole_texts(frame)
    intervals: dict[str, tuple[float, float, float]] = {}
    for value in frame[column].value_counts().index[:6]:
        inside = frame[column] == value
        measured = two_sample_auc(texts[inside], texts[~inside])
        if measured:
            intervals[str(value)] = measured
    title = f"shift between {name}s"
    if not intervals:
        return Check(title, "ok", f"The parts of {name} are too small to tell whether they differ.")
    most = max(intervals, key=lambda value: intervals[value][0])
    auc, low, high = intervals[most]
    span = f"AUC {auc:.2f}, 95 % interval {low:.2f} to {high:.2f}"
    if low < 0.65:
        return Check(title, "ok", f"Texts of different {name} look alike; {most!r} stands out most ({span}).")
    message = f"Texts of different {name} differ: {most!r} is told from the rest with {span} (0.50 is guessing)."
    uneven = _missing_domains(frame, column)
    remedy = f"A score over all hides the {name} that is worst: look at each. {uneven}".strip()
    return Check(title, "warning" if uneven else "note", message, count=len(intervals), remedy=remedy)


def _missing_domains(frame: pd.DataFrame, column: str) -> str:
    judged = set(frame.loc[frame["split"] == "test", column])
    unseen = judged - set(frame.loc[frame["split"] == "train", column])
    return f"Test has {', '.join(map(repr, sorted(unseen)[:5]))}, which training has not." if unseen else ""


SHIFT = CheckGroup("shift", "Comparing the parts", check_shift, share=15)
