"""A kind of study: which runs a question needs, and what they answer together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.studies.folder import Planned, Study


class Answer(Protocol):
    """What a study says so far. Each kind has its own; all can be said in a sentence and as JSON."""

    @property
    def sentence(self) -> str:
        """The verdict; empty while the runs do not carry one."""

    def to_json(self) -> dict[str, Any]:
        """What the command line answers for this kind, the sentence among it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of study.

    Attributes:
        name: as commands and files have it; also the beginning of the study's id.
        question: for a reader; ``{dataset}`` stands for the set's name.
        plan: the cells for a set, the settings of a run, and the sentence why its strategy was chosen (empty where somebody
            chose), in the order in which their runs start.
        read: what the runs of a study say so far; it never trains.
    """

    name: str
    title: str
    question: str
    plan: Callable[[DataSet, RunConfig, str], tuple[Planned, ...]]
    read: Callable[[Study], Answer]
