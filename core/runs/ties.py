"""What ties a run to the study that asked for it; it stands in the run's ``meta.json`` under ``study``."""

from dataclasses import asdict, dataclass
from typing import Any

from core.runs.folder import Run


@dataclass(frozen=True, slots=True)
class StudyTie:
    """Attributes:
    id: of the study.
    cell: name of the run's place in it.
    """

    id: str
    cell: str

    def to_json(self) -> dict[str, Any]:
        """As it stands in a run's ``meta.json``."""
        return asdict(self)


def study_tie(run: Run) -> StudyTie | None:
    """What ties a run to its study; None for any other run."""
    given = run.meta.get("study")
    return StudyTie(given["id"], given["cell"]) if given else None
