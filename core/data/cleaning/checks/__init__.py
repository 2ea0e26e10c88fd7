"""Health of a data set, before it costs a run: each check a plain sentence with the rows behind it and a remedy."""

from core.data.cleaning.checks.check import Check, Remedy
from core.data.cleaning.checks.health import check_dataset, check_frame

__all__ = ["Check", "Remedy", "check_dataset", "check_frame"]
