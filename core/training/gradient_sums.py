"""Gradients of several processes are summed in buckets, each as soon as its gradients are there, while others are still computed.

As in torch's DistributedDataParallel (Li et al., 2020), with shares of a batch that may be uneven or empty and computed in
pieces: a bucket goes off during the last piece. Every process sends the buckets in one order, that of their numbers: gradients
come from the last layer to the first, so the buckets are filled from the model's end.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from core.training.distributed import world_size

if TYPE_CHECKING:
    import torch

BUCKET = 25 * 2**20  # bytes sent at once: DistributedDataParallel's own choice


class GradientSums:
    """Adds up the gradients of ``weights`` over the processes that train together; alone it does nothing.

    Args:
        weights: in the order of the model; those that stand still are left out.
    """

    def __init__(self, weights: "Sequence[torch.nn.Parameter]"):
        self._weights = list(weights)
        self._several = world_size() > 1
        self._buckets: list[list[torch.nn.Parameter]] = []
        self._missing: list[int] = []  # by bucket, gradients that have yet to come
        self._sent: list[tuple[torch.Tensor, Any]] = []

    @contextmanager
    def during(self, last: bool) -> Iterator[None]:
        """Around the way back of a piece; in the ``last`` one, what is ready is sent at once."""
        if not (self._several and last):
            yield
            return
        self._divide()
        hooks = [
            weight.register_post_accumulate_grad_hook(lambda _, number=number: self._came(number))
            for number, bucket in enumerate(self._buckets)
            for weight in bucket
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def finish(self) -> None:
        """Send what was not sent, wait for all sums and put them in the gradients' place."""
        if not self._several:
            return
        if not self._buckets:  # no piece was computed here
            self._divide()
        self._send(len(self._buckets))
        for bucket, (flat, sending) in zip(self._buckets, self._sent, strict=True):
            sending.wait()
            for weight, whole in zip(bucket, flat.split([weight.numel() for weight in bucket]), strict=True):
                if weight.grad is None:
                    weight.grad = whole.view_as(weight).clone()
                else:
                    weight.grad.copy_(whole.view_as(weight))
        self._buckets, self._missing, self._sent = [], [], []

    def _divide(self) -> None:
        """Buckets of the weights that move now: the same in every process, whose layers thaw at the same steps."""
        self._buckets, self._sent, size = [], [], 0
        for weight in reversed([weight for weight in self._weights if weight.requires_grad]):
            bytes_of = weight.numel() * weight.element_size()
            if not self._buckets or size + bytes_of > BUCKET:
                self._buckets.append([])
                size = 0
            self._buckets[-1].append(weight)
            size += bytes_of
        self._missing = [len(bucket) for bucket in self._buckets]

    def _came(self, number: int) -> None:
        """A gradient of a bucket is whole; send what has become ready, in order."""
        self._missing[number] -= 1
        ready = len(self._sent)
        while ready < len(self._buckets) and not self._missing[ready]:
            ready += 1
        self._send(ready)

    def _send(self, upto: int) -> None:
        """Begin the sums of the buckets before ``upto`` that are not under way."""
        import torch
        import torch.distributed as dist

        for bucket in self._buckets[len(self._sent) : upto]:
            flat = torch.cat(
                [(torch.zeros_like(weight) if weight.grad is None else weight.grad).flatten() for weight in bucket]
            )
            self._sent.append((flat, dist.all_reduce(flat, async_op=True)))
