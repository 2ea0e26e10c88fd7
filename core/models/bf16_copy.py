"""A copy of a model in bfloat16 that computes in its place, on a card with bf16 units.

Autocast over float32 weights keeps what flows between the layers in float32 and converts it before each product; a model
whose weights are bf16 does neither, which halves what is read and written between the products. The exact weights stay in
the model itself: there they are updated, validated and saved (mixed precision as in Micikevicius et al., 2018).
"""

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


class Bf16Copy:
    """The copy, and the way of weights to it and of gradients back.

    Attributes:
        model: the copy; what is trained of it is what is trained of the original.
    """

    def __init__(self, original: "PreTrainedModel"):
        import torch

        self.original, self.model = original, copy.deepcopy(original).to(torch.bfloat16)  # type: ignore[arg-type]
        self._trained: tuple[str, ...] | None = None
        self._exact: list[torch.Tensor] = []
        self._weights: list[torch.Tensor] = []
        self._gradients: list[torch.Tensor | None] = []
        self.follow()

    def follow(self) -> bool:
        """Train what the original trains now; True where that has changed."""
        trained = tuple(name for name, weight in self.original.named_parameters() if weight.requires_grad)
        self.model.train(self.original.training)
        if trained == self._trained:
            return False
        self._trained = trained
        self.model.requires_grad_(False)
        self._exact = [self.original.get_parameter(name) for name in trained]
        self._weights = [self.model.get_parameter(name).requires_grad_() for name in trained]
        self._gradients = []
        return True

    def take_weights(self) -> None:
        """Round the original's trained weights into the copy."""
        import torch

        with torch.no_grad():
            torch._foreach_copy_(self._weights, self._exact)

    def add_gradients(self, loss: "torch.Tensor", first: bool) -> None:
        """Put the gradients of ``loss`` (computed by the copy) into float32 places that stay the same from batch to batch.

        Args:
            first: begin anew, instead of adding to what is there.
        """
        import torch

        found = torch.autograd.grad(loss, self._weights, allow_unused=True)
        if not self._gradients:
            self._gradients = [
                None if gradient is None else torch.empty_like(exact)
                for gradient, exact in zip(found, self._exact, strict=True)
            ]
        places = [place for place in self._gradients if place is not None]
        values = [gradient for gradient in found if gradient is not None]
        if first:
            torch._foreach_copy_(places, values)
        else:
            torch._foreach_add_(places, [value.float() for value in values])

    def give_gradients(self) -> None:
        """Let the original's weights have what ``add_gradients`` gathered."""
        for weight, gradient in zip(self._exact, self._gradients, strict=True):
            weight.grad = gradient
