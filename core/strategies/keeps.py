"""Ways to keep what the source could do while a target is learnt: an option of strategies that move the encoder by steps."""

from dataclasses import dataclass

from core.strategies.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Keep:
    """A way to keep.

    Attributes:
        name: as settings have it.
        sentence: what it does and what it costs.
        anchors: whether weights are pulled back to where they started.
        weighs: whether each weight is pulled by its own importance for the source's task.
        rehearses: whether the source's head is trained along with, on "source" rows or on its own answers to "target" rows; else empty.
    """

    name: str
    sentence: str
    anchors: bool = False
    weighs: bool = False
    rehearses: str = ""

    @property
    def needs_run(self) -> bool:
        """Whether the source must be an earlier run, whose task and head are known."""
        return self.weighs or bool(self.rehearses)


KEEPS = {
    keep.name: keep
    for keep in (
        Keep("none", "nothing is done to keep the source."),
        Keep("l2sp", "all weights of the encoder are pulled back to the source, in place of the pull to zero.", anchors=True),
        Keep("ewc", "weights are pulled back the more, the more the earlier run's task needs them.", anchors=True, weighs=True),
        Keep("replay", "each step also learns from as many rows of the earlier run's set; a step costs twice.", rehearses="source"),
        Keep("distil", "each step also keeps the earlier model's answers to the new texts; a step costs twice.", rehearses="target"),
    )
}  # fmt: skip


def can_keep(strategy: Strategy) -> bool:
    """Whether a strategy moves a source's own weights by steps over labelled rows, so that there is something to hold back."""
    teacher = strategy.teacher
    return teacher.steps and teacher.by_epochs and not strategy.adapter and not strategy.from_scratch


def can_read_along(strategy: Strategy) -> bool:
    """Whether each step of a strategy can learn from texts without labels as well: its steps are all that moves the weights."""
    return can_keep(strategy) and not strategy.teacher.reads_features
