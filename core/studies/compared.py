"""What every study says whose runs are ways of training side by side: repeated, by strategy, by source, by any setting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.strategies.registry import STRATEGIES
from core.studies.folder import Cell, Study
from core.studies.standing import UNDER_WAY, state_of
from core.studies.ways import Line, Ways, read_ways
from core.studies.ways_sentences import about_sentence, beside_sentence, best_sentence

# strategies that solve for their weights: training again gives the same model
FIXED = tuple(name for name, known in STRATEGIES.items() if not known.teacher.steps)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a study of ways says so far.

    Attributes:
        sentence: empty until the runs have ended.
        best: the best of the trained lines; None while none has a result.
        front: names of lines for which no other is both better and quicker.
    """

    ways: Ways
    sentence: str
    best: Line | None
    front: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "metric": self.ways.headline or None, "lines": [line.to_json() for line in self.ways.lines],
            "tests": [test.to_json() for test in self.ways.tests], "front": list(self.front), "rows": self.ways.rows,
            "best": self.best.name if self.best else None, "sentence": self.sentence,
        }  # fmt: skip


def compared(study: Study, tell: Callable[[Ways], str] | None = None, cells: Sequence[Cell] | None = None) -> Compared:
    """Read the lines of a study, and once all runs have ended say what they mean.

    Args:
        tell: the kind's own sentence, in place of which way scores highest.
        cells: those to read; all where it is left out.

    Raises:
        StudyError: when the study is damaged.
    """
    final = state_of(study) not in UNDER_WAY
    cells = study.cells() if cells is None else cells
    ways = read_ways(cells, final=final, fixed=FIXED, paired=any(cell.plan.config.train_size for cell in cells))
    best = next((line for line in ways.lines if line.planned and line.mean is not None), None)
    sentence = ""
    if final and best:
        said = [(tell or best_sentence)(ways), beside_sentence(ways, best.name), about_sentence(ways), ways.caveat]
        sentence = " ".join(filter(None, said))
    return Compared(ways, sentence, best, front_of(ways))


def front_of(ways: Ways) -> tuple[str, ...]:
    """Names of the lines for which no other line scores as high in less time."""
    front: list[str] = []
    quickest = float("inf")
    for line in ways.lines:  # best first
        if line.mean is None or line.seconds is None:
            continue
        if line.seconds < quickest:
            front.append(line.name)
            quickest = line.seconds
    return tuple(front)
