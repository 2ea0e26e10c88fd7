"""The factor by which a loss is multiplied where products are computed in float16, whose numbers end at 65,504.

Small gradients would vanish there: the loss is made larger before its way back, and the gradients smaller after it. Where
they overflow, the step is left out and the factor halved; after many good steps it is doubled (Micikevicius et al., 2018,
section 3.2). The numbers are those of ``torch.amp.GradScaler``, whose own step knows neither a gradient that is clipped inside
the fused optimiser, nor word vectors that are updated apart (core/training/lazy_rows.py), nor a step that is recorded.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

FIRST = 2.0**16
GROWTH, BACKOFF = 2.0, 0.5
PATIENCE = 2000  # good steps after which the factor grows
LEAST = 1.0  # below it no gradient was ever too large: the training itself has gone wrong


class LossScale:
    """The factor, on the device, changed in place by each step.

    Attributes:
        factor: what losses are multiplied by, a scalar.
        overflow: 1.0 after a step whose gradients were not finite, else 0.0, a scalar; a fused optimiser reads it.
    """

    def __init__(self, device: str):
        import torch

        self.factor = torch.full((), FIRST, device=device)
        self.overflow = torch.zeros((), device=device)
        self._good = torch.zeros((), device=device)

    def see(self, norm: "torch.Tensor") -> "torch.Tensor":
        """Learn from the length of the multiplied gradients; returns what they are to be divided by.

        It asks the device for nothing, so it can be recorded.
        """
        import torch

        divisor = self.factor.clone()
        self.overflow.copy_((~torch.isfinite(norm)).float())
        self._good.add_(1.0).mul_(1.0 - self.overflow)
        grows = (self._good >= PATIENCE).float()
        self.factor.mul_(1.0 + grows * (GROWTH - 1.0)).mul_(1.0 - self.overflow * (1.0 - BACKOFF))
        self._good.mul_(1.0 - grows)
        return divisor

    def state_dict(self) -> dict[str, Any]:
        return {"factor": float(self.factor), "good": float(self._good)}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        self.factor.fill_(saved["factor"])
        self._good.fill_(saved["good"])
