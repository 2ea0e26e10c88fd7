"""Which metric a result is judged by: the one rule that data checks, verdicts and charts follow."""

from collections.abc import Iterable

from core.tasks import Task

EVEN = 1.5  # the largest class over the smallest, up to which classes are called even


def is_uneven(class_rows: Iterable[int]) -> bool:
    """Whether classes differ so much in size that accuracy says little about the small ones.

    Args:
        class_rows: rows of each class; classes without any are not counted.
    """
    sizes = [rows for rows in class_rows if rows]
    return bool(sizes) and max(sizes) > EVEN * min(sizes)


def headline_for(task: Task, class_rows: Iterable[int]) -> str:
    """Name of the metric that the verdict and the first chart are about: macro-F1 where one label a row is uneven."""
    return "macro_f1" if task.kind == "single_label" and is_uneven(class_rows) else task.headline
