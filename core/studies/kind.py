"""A kind of study: which runs a question needs, and what they answer together."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.errors import StudyError
from core.strategies.registry import STRATEGIES
from core.studies.folder import Planned, Study

MOST_SEEDS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study is asked beside the settings that all its runs share. Each kind reads what its ``asks`` names.

    Attributes:
        choice: why the strategy in the settings was chosen, where it was chosen by itself.
        seeds: trainings of each way, which differ by seed.
        strategies: ways to transfer that are compared.
        sources: what may be transferred from; none means what is at hand.
        sizes: labelled rows a class, in growing order.
        vary: setting -> the values that are tried.
        trials: at most this many runs that search.
        minutes: at most this long.
        left_out: of domains, whether to train on all but one as well.
        tasks: ids of other sets that are learnt at once with the study's own.
    """

    choice: str = ""
    seeds: int = 3
    strategies: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    vary: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    trials: int | None = None
    minutes: float | None = None
    left_out: bool = False
    tasks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise StudyError(f"seeds is {self.seeds}.", f"Take 1 to {MOST_SEEDS}.")
        if self.minutes is not None and not 0.1 <= self.minutes <= 10_000:
            raise StudyError(f"minutes is {self.minutes:g}.", "Take 0.1 to 10,000.")
        if self.trials is not None and not 1 <= self.trials <= 10_000:
            raise StudyError(f"trials is {self.trials}.", "Take 1 to 10,000.")

    def to_json(self) -> dict[str, Any]:
        """As it stands in ``study.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Asked":
        """What ``to_json`` gave; what a newer version added is left out."""
        known = {entry.name for entry in fields(cls)}
        taken: dict[str, Any] = {
            name: tuple(one) if isinstance(one, list) else one for name, one in value.items() if name in known
        }
        taken["vary"] = {name: tuple(values) for name, values in (taken.get("vary") or {}).items()}
        return cls(**taken)


def asked_of(study: Study) -> Asked:
    """What a study was asked; of one that an earlier version started, with one training of each way.

    Raises:
        StudyError: when the study is damaged.
    """
    value = study.read().get("asked")
    return Asked.from_json(value) if value else Asked(seeds=1)


def known_strategies(names: Sequence[str]) -> Sequence[str]:
    """The names, where all of them are strategies.

    Raises:
        StudyError: naming the first that is none.
    """
    if unknown := [name for name in names if name not in STRATEGIES]:
        raise StudyError(f"There is no strategy {unknown[0][:80]!r}.", f"Strategies: {', '.join(STRATEGIES)}.")
    return names


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
        explained: what it does and what it is good for, in one or two sentences.
        plan: the cells for a set, the settings that all runs share, and what is asked, in the order in which their runs start.
        read: what the runs of a study say so far; it never trains.
        asks: the fields of ``Asked`` that it reads.
        goes_on: of a study whose runs depend on what earlier ones gave: the next cells, none while it must wait for those that are
            there, or None when it is done. It is called in a process of the study's own, may take long, and is called again after
            a crash: what it knows stands in the study's folder.
    """

    name: str
    title: str
    question: str
    explained: str
    plan: Callable[[DataSet, RunConfig, Asked], tuple[Planned, ...]]
    read: Callable[[Study], Answer]
    asks: tuple[str, ...] = ("seeds",)
    goes_on: Callable[[Study], Sequence[Planned] | None] | None = None
