"""What the data says about a score: the findings that belong beside a run's verdict, about the very rows that it used."""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import Check
from core.data.cleaning.checks.duplicates import LEAKAGE, NEAR_LEAKAGE, check_duplicates
from core.data.cleaning.checks.tokenisation import check_tokenisation
from core.data.cleaning.checks.torn_groups import check_torn_groups
from core.data.cleaning.material import Material, material_of
from core.data.cleaning.near import NearPairs
from core.data.cleaning.texts import text_keys
from core.data.sets.store import DataSet

MOST_COMPARED = (
    60_000  # rows of a set up to which near copies are looked for here; more would hold up the result by minutes
)
GRAVE = ("error", "warning")


def verdict_warnings(
    dataset: DataSet, parts: dict[str, pd.DataFrame], model: str, max_length: int, whole_texts: bool = False
) -> list[str]:
    """Sentences that a reader of the score has to know: copies on both sides, groups torn apart, texts that the source
    cannot read, texts that were cut.

    Args:
        parts: train, validation and test -> the rows that were used of each, with ``row`` as in the set.
        model: the source whose tokenizer read the texts; empty where they were read without one.
        whole_texts: whether long texts were read as a whole, so that nothing was cut.
    """
    material = _material(dataset, parts)
    findings = [check for check in check_duplicates(material) if check.name in (LEAKAGE, NEAR_LEAKAGE)]
    findings += [check for check in check_torn_groups(material) if check.level in GRAVE]
    if model:
        findings += [check for check in check_tokenisation(dataset, model, max_length) if check.level in GRAVE]
    told = [check for check in findings if check.level != "ok" and not (whole_texts and check.name == "texts cut")]
    return [_sentence(check) for check in told]


def _material(dataset: DataSet, parts: dict[str, pd.DataFrame]) -> Material:
    """The rows that were used, each with the part that it was used in."""
    part_of = {int(row): part for part, rows in parts.items() for row in rows["row"]}
    frame = dataset.frame().reset_index(drop=True)
    if len(frame) > MOST_COMPARED:
        none = np.empty(0, dtype=np.int64)
        pairs = NearPairs(none, none, np.empty(0, dtype=np.float32))
        group = f"extra.{dataset.group}" if dataset.group and f"extra.{dataset.group}" in frame else None
        whole = Material(frame, text_keys(frame), pairs, False, group, len(frame), dataset.task)
    else:
        whole = material_of(dataset, frame)
    used = frame["row"].isin(part_of.keys()).to_numpy()
    place = np.cumsum(used) - 1
    both = used[whole.pairs.first] & used[whole.pairs.second]
    pairs = NearPairs(place[whole.pairs.first[both]], place[whole.pairs.second[both]], whole.pairs.similarity[both])
    rows = frame[used].reset_index(drop=True)
    rows["split"] = [part_of[int(row)] for row in rows["row"]]
    return replace(whole, frame=rows, keys=whole.keys[used].reset_index(drop=True), pairs=pairs)


def _sentence(check: Check) -> str:
    """The finding, and what to do where no run could make up for it."""
    return f"{check.message} {check.remedy}" if check.level == "error" else check.message
