"""The function of each teacher: all give the events of a training, and take what the training loop takes."""

from collections.abc import Callable, Iterator

from core.strategies.teacher import FEATURES, FEATURES_THEN_STEPS, PAIRS, STEPS
from core.training.events import Event
from core.training.few_shot import few_shot
from core.training.loop import train
from core.training.probe import probe, probe_then_tune

TEACHERS: dict[str, Callable[..., Iterator[Event]]] = {
    STEPS.name: train,
    FEATURES.name: probe,  # neither takes nor offers a checkpoint
    FEATURES_THEN_STEPS.name: probe_then_tune,
    PAIRS.name: few_shot,
}
