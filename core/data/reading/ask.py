"""What is asked: a guess that stands on weak evidence, with both of its readings and what decides between them."""

from dataclasses import dataclass
from typing import Any

SHOWN = 3  # rows in the preview of a reading


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a file.

    Attributes:
        title: what it takes the file for, in a few words.
        value: of the option that chooses it.
        preview: a few rows as they would be read, each column -> cell.
    """

    title: str
    value: Any
    preview: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about a file.

    Attributes:
        about: the keyword of ``add_dataset`` that decides, such as header, task, decimal.
        question: one sentence.
        option: how the command line spells the other reading.
        taken, other: the reading that is taken unless somebody says otherwise, and the other one.
    """

    about: str
    question: str
    option: str
    taken: Reading
    other: Reading

    def to_json(self) -> dict[str, Any]:
        """As it is stored and printed."""
        readings = [
            {"title": reading.title, "value": reading.value, "preview": list(reading.preview)}
            for reading in (self.taken, self.other)
        ]
        return {"about": self.about, "question": self.question, "option": self.option, "readings": readings}
