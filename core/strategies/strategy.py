"""A strategy: everything that the rest of the program asks about a way to transfer."""

from collections.abc import Callable
from dataclasses import dataclass

from core.strategies.adapter import Adapter
from core.strategies.cost import even_work, whole_step
from core.strategies.plan import Encoder, Plan, Settings, train_all
from core.strategies.teacher import STEPS, Teacher

FEW_ROWS, FEW_ROWS_OF_MANY = "few rows", "few rows of many classes or of long texts"


@dataclass(frozen=True, slots=True)
class TaskLimit:
    """The tasks that a strategy serves, where these are not all, with its ``reason`` and a ``hint`` what to do instead."""

    tasks: tuple[str, ...]
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to transfer.

    Attributes:
        name: as settings, commands and files have it.
        title: the same for a reader.
        sentence: what it does and when to take it.
        common: whether most people need it; the form shows the others on demand.
        plan: what is trained, at which rate and from when on. Raises SourceError where the architecture does not allow it.
        thaws: whether the plan lets parameters begin to move in the midst of the training.
        adapter: what is added to the encoder for the training, if anything.
        teacher: by which procedure weights learn.
        from_scratch: whether random weights take the place of the source's.
        prefers_mean: whether texts are best read by the mean of their tokens, where pooling is left open.
        chosen_for: the situation for which *Balanced* takes it, ``FEW_ROWS`` or ``FEW_ROWS_OF_MANY``; empty for none.
        chosen_because: the reason, as the end of a sentence.
        settings: names of the settings in ``RunConfig`` that only this strategy reads.
        only_for: the tasks that it serves; None for all.
        rate_factor: a fitting learning rate beside that of full fine-tuning.
        default_schedule: what the usual schedule, linear, becomes.
        encodes_first: whether every text runs once through weights that stand still before the training.
        few_weights: whether so little is trained that the optimiser's moments need no memory worth telling.
        step_cost: what a step on a token costs, given the number of layers, where full fine-tuning's costs 1.
        work_done: cost of the first share (0 to 1) of the training's steps, where all steps cost 1 if they are whole.
    """

    name: str
    title: str
    sentence: str
    common: bool = False
    plan: Callable[[Encoder, Settings], Plan] = train_all
    thaws: bool = False
    adapter: Adapter | None = None
    teacher: Teacher = STEPS
    from_scratch: bool = False
    prefers_mean: bool = False
    chosen_for: str = ""
    chosen_because: str = ""
    settings: tuple[str, ...] = ()
    only_for: TaskLimit | None = None
    rate_factor: float = 1.0
    default_schedule: str = "linear"
    encodes_first: bool = False
    few_weights: bool = False
    step_cost: Callable[[Settings, int], float] = whole_step
    work_done: Callable[[float], float] = even_work

    @property
    def transfers(self) -> bool:
        """Whether anything of a pretrained source is left in the model."""
        return self.teacher.encodes and not self.from_scratch

    def cost_share(self, settings: Settings, layers: int) -> float:
        """What training on a token costs over the whole training, as a share of what full fine-tuning costs."""
        return self.step_cost(settings, layers) * self.work_done(1.0)
