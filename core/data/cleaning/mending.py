"""Mending: a fix applied to a stored set, and the outcome stored as its next version."""

from typing import Any

from core.data.cleaning.fixes.registry import apply_fix
from core.data.cleaning.material import material_of
from core.data.sets.store import DataSet
from core.data.sets.versions import store_version


def make_version(dataset: DataSet, operation: str, parameters: dict[str, Any] | None = None) -> DataSet:
    """Apply a fix and store the outcome as a new set; the same fix on the same set gives the same version.

    Args:
        operation, parameters: as in ``core.data.cleaning.fixes.registry.apply_fix``.

    Raises:
        DatasetError: when the fix cannot be applied or would change nothing.
    """
    parameters = parameters or {}
    revision = apply_fix(material_of(dataset, dataset.frame()), operation, parameters)
    return store_version(dataset, revision, operation, parameters)
