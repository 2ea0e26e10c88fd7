"""The fix that does all that cannot go wrong: labels that differ in case, blanks or marks alone, and exact repeats."""

from dataclasses import replace

import pandas as pd

from core.data.cleaning.checks.duplicates import EXACT_DUPLICATES
from core.data.cleaning.checks.labels import label_counts
from core.data.cleaning.fixes.fix import Fix, without
from core.data.cleaning.fixes.labels import merge_labels
from core.data.cleaning.material import Material
from core.data.cleaning.spellings import safe_names
from core.data.sets.versions import Revision
from core.errors import DatasetError


def safe(material: Material) -> Revision:
    """One spelling for each class, then rows out that repeat a text with its label; one sentence says both."""
    steps: list[Revision] = []
    names = safe_names(label_counts(material.frame)) if material.classes else {}
    if names:
        steps.append(merge_labels(material, names))
        material = replace(material, frame=steps[-1].frame)  # rows may repeat one another only now
    repeats = EXACT_DUPLICATES.mask(material)
    if repeats.any():
        steps.append(without(material.frame, repeats, EXACT_DUPLICATES.reason))
    if not steps:
        raise DatasetError("There is nothing that is safe to mend.", "What is left to decide is in the other findings.")
    changed = pd.concat([step.changed for step in steps], ignore_index=True)
    return Revision(steps[-1].frame, " ".join(step.sentence for step in steps), changed)


SAFE = Fix("safe", safe)
