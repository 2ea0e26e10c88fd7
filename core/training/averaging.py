"""Averaging of the best checkpoints: the mean of the weights at the k best validations (Izmailov et al., 2018).

Weights along one training lie in one valley, and their mean often generalises a little better than the best of them
(Wortsman et al., 2022). Whether it does here is validated; otherwise the best checkpoint stays.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from core.config import RunConfig
from core.evaluation.judge import validate
from core.tasks import METRICS, best_by, task_of
from core.training.events import Averaged, Evaluated, Event, TrainingDone
from core.training.loop import Rows
from core.training.scoring import score

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Candidates(Protocol):
    """The weights that may enter the mean, kept where a resumed run finds them again."""

    def scores(self) -> dict[int, float]:
        """Score of each kept validation, by its step."""

    def put(self, step: int, score: float, weights: dict[str, Any]) -> None: ...

    def drop(self, step: int) -> None: ...

    def get(self, step: int) -> dict[str, Any]: ...


def averaged(
    events: Iterator[Event], config: RunConfig, model: "PreTrainedModel", validation: Rows, kept: Candidates, *,
    device: str, bf16: bool,
) -> Iterator[Event]:  # fmt: skip
    """The events of a training, after whose end ``model`` holds the mean of its best checkpoints where that is not worse.

    When the loop tells of a validation, the model still holds the weights that were validated.
    """
    for event in events:
        if isinstance(event, Evaluated):
            _consider(event, config, model, kept)
        elif isinstance(event, TrainingDone) and not event.stopped:
            yield from _settle(config, model, validation, kept, device, bf16)
        yield event


def _consider(event: Evaluated, config: RunConfig, model: "PreTrainedModel", kept: Candidates) -> None:
    """Keep the weights of this validation if it is among the best; the earlier of two equal ones stays."""
    name = _decisive(config, model)
    reached = event.scores[name] if METRICS[name].higher else -event.scores[name]
    ranked = sorted({**kept.scores(), event.step: reached}.items(), key=lambda each: (-each[1], each[0]))
    chosen = {step for step, _ in ranked[: config.average_best]}
    if event.step in chosen:
        kept.put(event.step, reached, {name: value.detach().cpu() for name, value in model.state_dict().items()})
    for step in set(kept.scores()) - chosen:
        kept.drop(step)


def _settle(
    config: RunConfig, model: "PreTrainedModel", validation: Rows, kept: Candidates, device: str, bf16: bool
) -> Iterator[Event]:
    """Load the mean, validate it, and go back to the best single checkpoint if that was better."""
    scores = kept.scores()
    if len(scores) < 2 or not validation.encoded.rows:
        return
    best = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
    model.load_state_dict(mean_weights([kept.get(step) for step in sorted(scores)]))
    logits = score(model, validation.encoded, device, bf16)
    reached, _ = validate(model.config, logits, validation.labels, config.best_by)
    used = reached >= max(scores.values())
    if not used:
        model.load_state_dict(best)
    yield Averaged(
        tuple(sorted(scores)),
        max(scores.values()),
        reached,
        used,
        _sentence(_decisive(config, model), scores, reached, used),
    )


def mean_weights(states: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of each tensor over ``states``, summed in double precision; whole numbers are taken from the first."""
    import torch

    found = {}
    for name, first in states[0].items():
        if not first.is_floating_point():
            found[name] = first
            continue
        total = torch.zeros_like(first, dtype=torch.float64)
        for state in states:
            total += state[name].double()
        found[name] = (total / len(states)).to(first.dtype)
    return found


def _decisive(config: RunConfig, model: "PreTrainedModel") -> str:
    """Name of the validation score that decides."""
    return best_by(config, task_of(str(model.config.problem_type)))


def _sentence(name: str, scores: dict[int, float], reached: float, used: bool) -> str:
    steps, metric = ", ".join(str(step) for step in sorted(scores)), METRICS[name]
    after, before = (value if metric.higher else -value for value in (reached, max(scores.values())))
    told = (
        f"{metric.spoken} {100 * after:.1f} % beside {100 * before:.1f} %"
        if metric.share
        else f"{metric.spoken} {after:.4f} beside {before:.4f}"
    )
    what = (
        f"The mean of the {len(scores)} best checkpoints (steps {steps}) reached {told} of the best one on validation"
    )
    return f"{what}; the mean is kept." if used else f"{what}; the best one is kept."
