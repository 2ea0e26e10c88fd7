"""What a training by steps knows about itself: how far it is, what its best was, and how it goes on after a stop."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import TrainingError
from core.training import distributed
from core.training.events import StepLogged, TrainingDone
from core.training.update import Update

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


RESUMED = 1_000_003  # spreads the seeds of processes that go on, so that no stream is drawn from twice


@dataclass(slots=True)
class State:
    """What changes from step to step and is not inside the model or the optimiser."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    best_score: float = float("-inf")
    best_step: int = 0
    best: dict[str, Any] | None = None  # a copy of the best weights, on the CPU
    worse: int = 0  # validations since the best one
    validation_due: bool = False

    def out_of_patience(self, patience: int | None) -> bool:
        return patience is not None and self.worse >= patience

    def begin(self, saved: dict[str, Any] | None, seed: int, model: "PreTrainedModel", update: Update) -> None:
        """Go on from a snapshot, or start with the random numbers of ``seed`` where there is none."""
        import torch

        rank = distributed.rank()
        if not saved:
            torch.manual_seed(seed + rank)  # processes that train together drop out other numbers each
            return
        for name, value in saved["numbers"].items():
            setattr(self, name, value)
        model.load_state_dict(saved["model"])
        update.load_state_dict(saved["update"])
        if rank > 0:  # only the first process's random numbers are saved
            torch.manual_seed(seed + rank + RESUMED * self.step)
            return
        torch.set_rng_state(saved["random"])
        for card, random in enumerate(saved["random_cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(random, card)

    def snapshot(self, model: "PreTrainedModel", update: Update) -> dict[str, Any]:
        """All that a training needs to go on exactly, the best weights apart; ``begin`` takes it back."""
        import torch

        numbers = {name: getattr(self, name) for name in self.__slots__ if name != "best"}
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
        return {
            "numbers": numbers, "model": model.state_dict(), "update": update.state_dict(),
            "random": torch.get_rng_state(), "random_cuda": cuda,
        }  # fmt: skip

    def keep_best(self, model: "PreTrainedModel") -> None:
        """Copy the weights as they are now, into the place of the last best ones: two copies would not always fit."""
        weights = {name: value.detach() for name, value in model.state_dict().items()}
        if self.best is None:
            self.best = {name: value.cpu().clone() for name, value in weights.items()}
        else:
            for name, value in weights.items():
                self.best[name].copy_(value)

    def done(self, *, early: bool = False, stopped: bool = False) -> TrainingDone:
        """The last event of a training that ends here."""
        return TrainingDone(self.step, self.best_step, self.seconds, self.tokens, early, stopped)


@dataclass(slots=True)
class Window:
    """Losses and gradient norms since the last logged point, kept on the device: reading them waits for it."""

    losses: "list[torch.Tensor]" = field(default_factory=list)
    norms: "list[torch.Tensor]" = field(default_factory=list)

    def add(self, loss: "torch.Tensor", norm: "torch.Tensor") -> None:
        self.losses.append(loss)
        self.norms.append(norm)

    def event(self, state: State, steps_per_epoch: int, rate: float) -> StepLogged:
        """Their means, fetched from the device at once.

        Raises:
            TrainingError: when a loss or a norm is not a finite number; it names the first such step.
        """
        import torch

        values, count = torch.stack([*self.losses, *self.norms]).tolist(), len(self.losses)
        for index, (loss, norm) in enumerate(zip(values[:count], values[count:], strict=True)):
            if not (math.isfinite(loss) and math.isfinite(norm)):
                raise _diverged(state.step - count + index + 1, loss, rate)
        loss, norm = sum(values[:count]) / count, sum(values[count:]) / count
        speed = state.tokens / max(state.seconds, 1e-9)
        return StepLogged(state.step, state.step / steps_per_epoch, loss, rate, speed, norm)


def _diverged(step: int, loss: float, rate: float) -> TrainingError:
    what = (
        f"The loss became {'NaN' if math.isnan(loss) else 'infinite'}"
        if not math.isfinite(loss)
        else "The gradient became infinite"
    )
    if step == 1:
        return TrainingError(
            f"{what} at the first step.",
            "The source's weights are damaged or hold NaN; fetch it anew, or choose another.",
        )
    return TrainingError(
        f"{what} at step {step}: the training diverged.",
        f"Lower the learning rate (it was {rate:.1e} there), keep some warm-up, and let gradients be clipped at 1.",
    )
