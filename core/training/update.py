"""One update of the weights: clip the gradients, step the optimiser, and do no work on what a batch did not touch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config import RunConfig
from core.errors import TrainingError
from core.strategies.registry import STRATEGIES
from core.training.batches import send
from core.training.distributed import world_size
from core.training.lazy_rows import SMALLEST, LazyRows
from core.training.loss_scale import LEAST, LossScale
from core.training.optimiser import build_optimiser
from core.training.recorded import Recorder, can_record

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

MOMENTS = {"exp_avg", "exp_avg_sq"}  # what AdamW and Adam make for a weight at its first step


class Update:
    """The optimiser of a run with all that belongs to a step.

    On a CPU the word vectors are updated lazily (core/training/lazy_rows.py): same result, a fraction of the work. On a
    card the step is recorded and replayed (core/training/recorded.py), so gradients must lie where they lay before. In
    float16 losses are multiplied (core/training/loss_scale.py), and a step whose gradients overflow is left out.
    """

    def __init__(
        self,
        model: "PreTrainedModel",
        config: RunConfig,
        device: str,
        rates: Mapping[str, float],
        fp16: bool = False,
        moves_all: bool = False,
    ):
        """``moves_all``: whether something else moves every word vector at each step, so that none can be made up for later."""
        import torch

        self._clip = config.clip_norm
        self._scale = LossScale(device) if fp16 else None
        self._rows = None if moves_all else _lazy_rows(model, config, device, rates)
        dense = {
            name: share
            for name, share in rates.items()
            if self._rows is None or model.get_parameter(name) is not self._rows.weight
        }
        self._weights = [model.get_parameter(name) for name in dense]
        self._optimiser = build_optimiser(model, config, device, dense)
        self._groups = self._optimiser.param_groups
        self._fused = all(group.get("fused") for group in self._groups)
        self._own = [{name: group.get(name) for name in ("fused", "foreach", "capturable")} for group in self._groups]
        self._recorder = Recorder(device) if can_record(device) else None
        self._rates = torch.zeros(len(self._groups), device=device) if self._recorder else None
        self._use_own_settings()

    def before(self, tokens: np.ndarray) -> None:
        """Make the weights ready for a batch of these token numbers."""
        if self._rows:
            self._rows.before(tokens)

    def scaled(self, loss: "torch.Tensor") -> "torch.Tensor":
        """What the gradients are to be computed of."""
        return loss if self._scale is None else loss * self._scale.factor

    def left_out(self) -> bool:
        """Whether the last step was left out, since gradients were too large for float16: the batch is to be computed
        again, with a smaller factor. In float16 the answer waits for the device; else it is no.

        Raises:
            TrainingError: when no factor helps.
        """
        if self._scale is None or not bool(self._scale.overflow):
            return False
        if float(self._scale.factor) < LEAST:
            raise TrainingError(
                "The gradients are no finite numbers in float16, however small the loss is made.",
                "Lower the learning rate, set the precision to fp32, or fetch the source anew: its weights may be damaged.",
            )
        return True

    def forget(self) -> None:
        """Drop the gradients of a batch that could not be finished, and moments that memory sufficed for in part only."""
        self._optimiser.zero_grad(set_to_none=True)
        states = self._optimiser.state
        for weight in [weight for weight, state in states.items() if not MOMENTS <= state.keys()]:
            del states[weight]
        if self._recorder:
            self._recorder.clear()
        if self._rows:
            self._rows.forget()

    def apply(self, rate: float) -> "torch.Tensor":
        """Step with the gradients that are there; returns their length before clipping, a scalar on the device.

        In float16 ask ``left_out`` afterwards.
        """
        import torch

        if self._recorder is not None and self._rates is not None:
            self._rates.copy_(
                send(torch.tensor([rate * group["share"] for group in self._groups]), str(self._rates.device))
            )
            there = tuple(weight.grad is not None and weight.grad.data_ptr() for weight in self._weights)
            norm = self._recorder.run(there, lambda: self._step()[0]).clone()
        else:
            for group in self._groups:
                group["lr"] = rate * group["share"]
            norm, shrink = self._step()
            if self._rows and (self._scale is None or not bool(self._scale.overflow)):
                self._rows.step(rate, float(shrink))
        self._optimiser.zero_grad(set_to_none=True)
        return norm

    def _step(self) -> "tuple[torch.Tensor, torch.Tensor]":
        """Step at the groups' rates; the gradients' length, and what they were divided by."""
        import torch

        norm = torch.nn.utils.get_total_norm([w.grad for w in self._weights if w.grad is not None])
        if self._rows:
            norm = torch.hypot(norm, self._rows.gather())
        divisor = None if self._scale is None else self._scale.see(norm)
        norm = norm if divisor is None else norm / divisor
        shrink = (norm / self._clip).clamp(min=1.0) if self._clip else torch.ones_like(norm)
        shrink = shrink if divisor is None else shrink * divisor
        if self._fused:  # the fused kernel divides by it on its way, which saves a pass over the gradients
            self._optimiser.grad_scale = shrink  # type: ignore[attr-defined]
            if self._scale is not None:  # and does nothing where this is 1
                self._optimiser.found_inf = self._scale.overflow  # type: ignore[attr-defined]
        elif self._scale is not None and bool(self._scale.overflow):
            return norm, shrink
        else:
            for weight in self._weights:
                if weight.grad is not None:
                    weight.grad.div_(shrink)
        self._optimiser.step()
        return norm, shrink

    def settle(self) -> None:
        """Bring all weights up to date before they are read."""
        if self._rows:
            self._rows.settle()

    def close(self) -> None:
        """Settle, and leave the model as a plain one."""
        if self._rows:
            self._rows.detach()
            self._rows = None

    def state_dict(self) -> dict[str, Any]:
        scale = {"scale": self._scale.state_dict()} if self._scale else {}
        return {"dense": self._optimiser.state_dict(), "rows": self._rows.state_dict() if self._rows else None} | scale

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        self._optimiser.load_state_dict(saved["dense"])
        self._groups = self._optimiser.param_groups
        self._use_own_settings()
        if self._recorder:
            self._recorder.clear()
        if self._rows and saved["rows"] is not None:
            self._rows.load_state_dict(saved["rows"])
        if self._scale and saved.get("scale"):
            self._scale.load_state_dict(saved["scale"])

    def _use_own_settings(self) -> None:
        """What belongs to this device and not to the state: a checkpoint may come from another one."""
        for number, (group, own) in enumerate(zip(self._groups, self._own, strict=True)):
            group.update(own)
            if self._rates is not None:  # a recorded step reads its rates from the card
                group.update(capturable=True, lr=self._rates[number])


def _lazy_rows(model: "PreTrainedModel", config: RunConfig, device: str, rates: Mapping[str, float]) -> LazyRows | None:
    """The word vectors, where they are trained on a CPU and are many."""
    import torch

    table = model.get_input_embeddings()
    if (
        device != "cpu"
        or world_size() > 1
        or not isinstance(table, torch.nn.Embedding)
        or table.weight.numel() < SMALLEST
    ):
        return None
    rates_of = [share for name, share in rates.items() if model.get_parameter(name) is table.weight]
    if not rates_of or STRATEGIES[config.strategy].thaws:  # rows would have to know when
        return None
    decay = config.weight_decay if config.optimizer == "adamw" else 0.0
    return LazyRows(table, (0.9, 0.999), 1e-8, decay, rates_of[0])
