"""All checks of a set, computed once: a set never changes, so neither do its findings."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from core import workspace
from core.data.cleaning.checks.check import Check, Remedy, by_consequence
from core.data.cleaning.checks.missing import check_missing
from core.data.cleaning.checks.registry import GROUPS, VERSION
from core.data.cleaning.checks.tokenisation import check_tokenisation
from core.data.cleaning.material import material_of
from core.data.sets.store import DataSet

NEAR_SHARE = 60  # of the work, in the hundredths of ``CheckGroup.share``: the search for near duplicates
Progress = Callable[[str, float], None]  # what is looked at, and how far (0..1)


def check_dataset(
    dataset: DataSet, model: str | None = None, max_length: int = 256, progress: Progress | None = None
) -> list[Check]:
    """All checks of a stored set, the gravest first and by consequence; with a model also what it makes of the texts.

    Raises:
        SourceError: when the model's tokenizer cannot be had.
    """
    checks = [check_missing(dataset), *_kept_findings(dataset, progress)]
    if model:
        checks += check_tokenisation(dataset, model, max_length)
    return by_consequence(checks)


def is_checked(dataset: DataSet) -> bool:
    """Whether the findings of this set are kept already, so that they are had at once."""
    return _path(dataset).exists()


def check_frame(dataset: DataSet, frame: pd.DataFrame, progress: Progress | None = None) -> list[Check]:
    """The checks that need only the rows, as ``DataSet.frame`` describes them."""
    tell = progress or (lambda what, share: None)
    whole = NEAR_SHARE + sum(group.share for group in GROUPS)
    tell("Comparing texts", 0.0)
    material = material_of(
        dataset, frame, lambda done, total: tell("Comparing texts", NEAR_SHARE / whole * done / max(1, total))
    )
    checks: list[Check] = []
    done = float(NEAR_SHARE)
    for group in GROUPS:
        tell(group.title, done / whole)
        checks += group.find(material)
        done += group.share
    tell("Done", 1.0)
    return checks


def _kept_findings(dataset: DataSet, progress: Progress | None) -> list[Check]:
    return workspace.kept(
        _path(dataset), _read, lambda: check_frame(dataset, dataset.frame(), progress),
        lambda path, checks: workspace.put_json(path, [asdict(check) for check in checks]),
    )  # fmt: skip


def _read(path: Path) -> list[Check]:
    return [_check_of(value) for value in json.loads(path.read_bytes())]


def _path(dataset: DataSet) -> Path:
    group = f"-{dataset.group}" if dataset.group else ""
    name = f"{dataset.fingerprint[:24]}{group}-v{VERSION}.json".replace("/", "_")
    return workspace.home() / "cache" / "health" / name


def _check_of(value: dict[str, Any]) -> Check:
    fix = Remedy(**value["fix"]) if value["fix"] else None
    return Check(**value | {"rows": tuple(value["rows"]), "fix": fix})
