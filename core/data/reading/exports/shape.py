"""What a record shape is, and what several of them share."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.errors import DatasetError

Record: TypeAlias = dict[str, Any]
# a record -> the row it stands for, or in words why it is none
Convert: TypeAlias = Callable[[Record], Record | str]
MOST = 0.9  # share of the records that must have a shape


@dataclass(frozen=True, slots=True)
class RecordShape:
    """One way in which tools write records.

    Attributes:
        title: what wrote it, for the reason.
        names: tells by the names of the fields alone whether a table may be of this shape, so that others are not looked at.
        recognise: told some records, what converts each of them; None where they are not of this shape. Raises DatasetError
            for records that hold no label of a whole text, naming the export to take.
    """

    title: str
    names: Callable[[set[str]], bool]
    recognise: Callable[[Sequence[Record]], Convert | None]


def share(records: Sequence[Record], holds: Callable[[Record], bool]) -> float:
    """Share of the records of which something holds, 0 to 1."""
    return sum(map(holds, records)) / max(1, len(records))


def most(records: Sequence[Record], holds: Callable[[Record], bool]) -> bool:
    """Whether something holds of nearly all records."""
    return share(records, holds) >= MOST


def field_of(records: Sequence[Record], names: Sequence[str], holds: Callable[[Any], bool]) -> str | None:
    """The first of ``names`` of whose cells something holds in nearly all records; None where there is none."""
    return next((name for name in names if share(records, lambda record: holds(record.get(name))) >= MOST), None)  # noqa: B023


def one_or_all(labels: Sequence[str]) -> Any:
    """One label by itself, several as a list; None where there is none."""
    return None if not labels else labels[0] if len(labels) == 1 else list(labels)


def agreed(answers: Sequence[Any]) -> tuple[Any, bool]:
    """The answer that most people gave, and whether no other was given as often."""
    counts = Counter(map(repr, answers)).most_common(2)
    clear = len(counts) < 2 or counts[0][1] > counts[1][1]
    return next((answer for answer in answers if repr(answer) == counts[0][0]), None) if counts else None, clear


def spans_error(tool: str) -> DatasetError:
    """For records that mark places in texts."""
    return DatasetError(
        f"This export of {tool} marks places in the texts (spans); no label stands for a whole text.",
        "Export a project in which whole texts are classified, or a table with a column of labels.",
    )
