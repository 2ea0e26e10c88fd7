"""Texts that occur more than once: exactly, nearly, with different labels, or on both sides of a split."""

from dataclasses import replace

import numpy as np

from core.data.cleaning.checks.check import Check, CheckGroup, Drop, counted, side_by_side, together
from core.data.cleaning.material import Material
from core.data.cleaning.repeated import JUDGED, conflicting, leaking, nearly_leaking, nearly_repeated, repeated
from core.data.cleaning.similar import first_of_each

LEAKAGE, NEAR_LEAKAGE = "leakage", "near leakage"  # names of the findings that touch every score
EXACT_DUPLICATES = Drop("exact_duplicates", "repeat an earlier text", lambda m: repeated(m.frame, m.keys))
NEAR_DUPLICATES = Drop(
    "near_duplicates", "are nearly an earlier text", lambda m: nearly_repeated(m.frame, m.keys, m.pairs)
)
LEAKING = Drop("leaking", "stand in a judged part too", lambda m: leaking(m.frame, m.keys))
NEAR_LEAKING = Drop("near_leaking", "are nearly a judged text", lambda m: nearly_leaking(m.frame, m.keys, m.pairs))
CONFLICTING = Drop("conflicting", "have a text with different labels", lambda m: conflicting(m.frame, m.keys))


def check_duplicates(material: Material) -> list[Check]:
    """All that concerns repeated texts."""
    findings = [_exact(material), _near(material), _leakage(material), _near_leakage(material)]
    return findings + ([_conflicts(material)] if material.task != "unlabelled" else [])


def _exact(material: Material) -> Check:
    mask = EXACT_DUPLICATES.mask(material)
    count = int(mask.sum())
    if not count:
        return Check("duplicates", "ok", "No text occurs twice with the same label.")
    share = count / len(mask)
    message = f"{counted(count, 'row repeats', 'rows repeat')} an earlier text ({100 * share:.1f} %)."
    remedy = "Repeats teach nothing new and count twice. One row of each text is kept, a judged one where there is one."
    fix = EXACT_DUPLICATES.remedy(f"Remove {counted(count, 'repeat', 'repeats')}")
    level = "warning" if share > 0.05 else "note"
    return Check("duplicates", level, message, together(material.frame, material.keys, mask), count, remedy, fix)


def _near(material: Material) -> Check:
    frame, pairs = material.frame, material.pairs
    mask = NEAR_DUPLICATES.mask(material)
    count = int(mask.sum())
    labels = frame["label"].to_numpy()
    torn = int((labels[pairs.first] != labels[pairs.second]).sum())
    torn_pairs = f" Another {counted(torn, 'pair', 'pairs')} of such texts have different labels." if torn else ""
    message = (
        f"{counted(count, 'row is', 'rows are')} nearly the same as an earlier one: four fifths of the words or more "
        f"({100 * count / max(1, len(mask)):.1f} %).{torn_pairs}"
    )
    remedy = "Look at them: copies with small edits add little; short texts may be alike by chance."
    fix = NEAR_DUPLICATES.remedy(f"Remove {counted(count, 'near copy', 'near copies')}")
    level = "warning" if count > 0.05 * len(mask) else "note"
    finding = Check("near duplicates", level, message, (), count, remedy, fix)
    return _with_pairs(material, finding, "No two texts are nearly the same.", np.ones(len(pairs.first), dtype=bool))


def _leakage(material: Material) -> Check:
    keys, part = material.keys, material.frame["split"].to_numpy()
    seen = {name: set(keys[part == name]) for name in ("train", *JUDGED)}
    test, validation = seen["test"] & (seen["train"] | seen["validation"]), seen["validation"] & seen["train"]
    if not test and not validation:
        return Check(LEAKAGE, "ok", "No text of the training part is judged again in validation or test.")
    sides = []
    if test:
        sides.append(
            f"{counted(len(test), 'text of test stands', 'texts of test stand')} in training or validation too"
        )
    if validation:
        sides.append(
            f"{counted(len(validation), 'text of validation stands', 'texts of validation stand')} in training too"
        )
    mask = LEAKING.mask(material)
    count = int(mask.sum())
    message = f"{'; '.join(sides)}, so the score flatters."
    remedy = "The copies that are learnt from are removed; what judges stays, so scores remain comparable."
    fix = LEAKING.remedy(f"Remove {counted(count, 'leaking row', 'leaking rows')}")
    shown = together(material.frame, keys, mask)
    return Check(LEAKAGE, "warning", message, shown, count, remedy, fix, weight=90)


def _near_leakage(material: Material) -> Check:
    frame, pairs = material.frame, material.pairs
    count = int(NEAR_LEAKING.mask(material).sum())
    part = frame["split"].to_numpy()
    subject = counted(count, "row to learn from is", "rows to learn from are")
    remedy = "A model that remembers them looks better than it is. The training side is removed, what judges stays."
    fix = NEAR_LEAKING.remedy(f"Remove {counted(count, 'row', 'rows')}")
    level = "warning" if count > 0.01 * len(frame) else "note"
    finding = Check(NEAR_LEAKAGE, level, f"{subject} nearly the same as a judged text.", (), count, remedy, fix, 60)
    return _with_pairs(
        material, finding, "No training text is nearly a judged one.", part[pairs.first] != part[pairs.second]
    )


def _with_pairs(material: Material, finding: Check, none: str, shown: np.ndarray) -> Check:
    """``finding`` with the pairs to show, (pairs,) bool, side by side, or ``none`` as its message where it counts no row."""
    distinct = len(first_of_each(material.frame, material.keys))
    whole = material.compared >= distinct
    sampled = "" if whole else f" Looked for among {material.compared:,} texts drawn evenly."
    if not finding.count:
        return Check(finding.name, "ok", none + sampled)
    rows = side_by_side(material.frame, material.pairs, shown)
    return replace(finding, message=finding.message + sampled, rows=rows)


def _conflicts(material: Material) -> Check:
    frame = material.frame
    mask = CONFLICTING.mask(material)
    texts = material.keys[mask].nunique()
    if not texts:
        return Check("conflicting labels", "ok", "No text has two different labels.")
    occurs = counted(texts, "text occurs", "texts occur")
    message = f"{occurs} with different labels ({counted(int(mask.sum()), 'row', 'rows')})."
    remedy = "Decide for one label each in the table below, or remove them."
    fix = CONFLICTING.remedy(f"Remove {counted(int(mask.sum()), 'row', 'rows')}")
    shown = together(frame, material.keys, mask)
    return Check("conflicting labels", "warning", message, shown, texts, remedy, fix, weight=70)


DUPLICATES = CheckGroup(
    "duplicates", "Comparing texts", check_duplicates, share=4, version=2,
    drops=(EXACT_DUPLICATES, NEAR_DUPLICATES, LEAKING, NEAR_LEAKING, CONFLICTING),
)  # fmt: skip
