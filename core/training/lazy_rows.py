"""AdamW on an embedding table that works only on the rows a batch uses, and ends where dense AdamW would.

Half of a small encoder's weights are word vectors, and a batch uses a few hundred of thirty thousand. A row without a gradient
still moves in AdamW, by the fading momentum of its last ones; that motion has a closed form, so it is made up for when the
row is needed next (or all rows are, before the weights are read). With ``m`` and ``v`` after step ``t`` and no gradient since,
the row has moved by ``m / sqrt(v)`` times

    S(t, n) = sum over j = t+1 .. n of  rate_j * (b1 / sqrt(b2))**(j - t) * sqrt(1 - b2**j) / (1 - b1**j)

at step ``n``, AdamW's own formula (Loshchilov and Hutter, 2019, algorithm 2) with the epsilon in its place at step ``t``.
"""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

FADED = 400  # steps after which momentum is below rounding: (0.9 / sqrt(0.999))**400 < 1e-18
BLOCK = 8192  # rows brought up to date at once: the whole table of a multilingual encoder would be copied six times
SMALLEST = 1_000_000  # numbers in a table below which dense work costs nothing


class LazyRows:
    """The word vectors of a model, their moments, and what each row still has to make up for.

    While it is attached, the table takes no gradient itself; the vectors that were looked up do.
    """

    def __init__(
        self, table: "torch.nn.Embedding", betas: tuple[float, float], epsilon: float, decay: float, share: float
    ):
        import torch

        self.table, self.betas, self.epsilon, self.decay, self.share = table, betas, epsilon, decay, share
        self.weight = table.weight
        self.first = torch.zeros_like(self.weight)  # m, (vocabulary, width)
        self.second = torch.zeros_like(self.weight)  # v
        self.last = np.zeros(len(self.weight), dtype=np.int64)  # step at which each row was last brought up to date
        self.used = np.zeros(len(self.weight), dtype=bool)  # rows with moments: those that some batch has used
        self.step_count = 0
        self._catch_up = np.zeros(1)  # S(t, now) by t
        self._log_decay = np.zeros(1)  # sum of log(1 - rate * decay) up to each step
        self._looked_up: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._rows: torch.Tensor | None = None
        self._gradient: torch.Tensor | None = None
        self.weight.requires_grad_(False)
        self._hook = table.register_forward_hook(self._hear)

    def detach(self) -> None:
        """Bring every row up to date and give the table back as it was."""
        self.settle()
        self._hook.remove()
        self.weight.requires_grad_(True)

    def before(self, tokens: np.ndarray) -> None:
        """Bring the rows that the coming batch uses up to date.

        Args:
            tokens: (tokens,) token numbers of the batch, in any order.
        """
        self._advance(np.unique(tokens))

    def gather(self) -> "torch.Tensor":
        """Collect the gradients of all look-ups since the last update; returns their length (a scalar tensor)."""
        import torch

        ids = torch.cat([tokens for tokens, vectors in self._looked_up if vectors.grad is not None] or [_none()])
        flat = [v.grad.reshape(-1, v.shape[-1]) for _, v in self._looked_up if v.grad is not None]
        self._looked_up.clear()
        if not flat:
            self._rows = self._gradient = None
            return torch.zeros(())
        self._rows, place = torch.unique(ids, return_inverse=True)
        gradient = torch.zeros(len(self._rows), self.weight.shape[1])
        gradient.index_add_(0, place, torch.cat(flat).to(gradient.dtype))
        if self.table.padding_idx is not None:  # torch's embedding never trains the padding row
            gradient[self._rows == self.table.padding_idx] = 0.0
        self._gradient = gradient
        return torch.linalg.vector_norm(gradient)

    def forget(self) -> None:
        """Drop what was looked up, as after a batch that ran out of memory."""
        self._looked_up.clear()

    def step(self, rate: float, clip: float) -> None:
        """One update with what ``gather`` found, gradients divided by ``clip``; other rows are made up for later."""
        import torch

        self.step_count += 1
        n, (b1, b2), rate = self.step_count, self.betas, rate * self.share
        if self._rows is not None and self._gradient is not None:
            rows, gradient = self._rows, self._gradient / clip
            self._advance(rows.numpy(), upto=n - 1)
            with torch.no_grad():
                first = self.first[rows].mul_(b1).add_(gradient, alpha=1 - b1)
                second = self.second[rows].mul_(b2).addcmul_(gradient, gradient, value=1 - b2)
                self.first[rows], self.second[rows] = first, second
                change = first / (second.sqrt() / math.sqrt(1 - b2**n) + self.epsilon)
                self.weight[rows] = self.weight[rows] * (1 - rate * self.decay) - change * (rate / (1 - b1**n))
            self.last[rows.numpy()] = n
            self.used[rows.numpy()] = True
        self._rows = self._gradient = None
        self._remember(rate)

    def settle(self) -> None:
        """Bring every row up to date, so that the weights can be read."""
        self._advance(np.arange(len(self.last)))

    def state_dict(self) -> dict[str, Any]:
        import torch

        rows = torch.from_numpy(np.flatnonzero(self.used))
        return {
            "rows": rows, "first": self.first[rows], "second": self.second[rows], "last": torch.from_numpy(self.last.copy()),
            "step": self.step_count, "catch_up": torch.from_numpy(self._catch_up.copy()),
            "log_decay": torch.from_numpy(self._log_decay.copy()),
        }  # fmt: skip

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        rows = saved.get("rows", slice(None))  # an earlier version saved the moments of all rows
        self.used[rows if isinstance(rows, slice) else rows.numpy()] = True
        self.first[rows], self.second[rows] = saved["first"], saved["second"]
        self.last = saved["last"].numpy().copy()
        self.step_count = saved["step"]
        self._catch_up, self._log_decay = saved["catch_up"].numpy().copy(), saved["log_decay"].numpy().copy()

    def _hear(self, table: Any, inputs: "tuple[torch.Tensor, ...]", vectors: "torch.Tensor") -> "torch.Tensor | None":
        import torch

        if not (table.training and torch.is_grad_enabled()):
            return None
        leaf = vectors.detach().requires_grad_()
        self._looked_up.append((inputs[0].reshape(-1), leaf))
        return leaf

    def _advance(self, rows: np.ndarray, upto: int | None = None) -> None:
        """Make up for the steps since each of ``rows`` was last brought up to date."""
        now = self.step_count if upto is None else upto
        rows = rows[self.last[rows] < now]
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            self._decay_block(block[~self.used[block]], now)
            self._advance_block(block[self.used[block]], now)
        self.last[rows] = now

    def _decay_block(self, rows: np.ndarray, now: int) -> None:
        """Rows that no batch has used have no momentum: all that moves them is the decay. Their moments are never
        written, so that the memory of a table of 250,000 words is that of the words in use."""
        import torch

        left = torch.from_numpy(np.exp(self._log_decay[now] - self._log_decay[self.last[rows]])).float().unsqueeze(1)
        with torch.no_grad():
            self.weight[torch.from_numpy(rows)] *= left

    def _advance_block(self, rows: np.ndarray, now: int) -> None:
        import torch

        since = self.last[rows]
        moved = torch.from_numpy(self._catch_up[since]).float().unsqueeze(1)
        kept = torch.from_numpy(np.exp(self._log_decay[now] - self._log_decay[since])).float().unsqueeze(1)
        fade = [torch.from_numpy(beta ** (now - since).astype(np.float64)).float().unsqueeze(1) for beta in self.betas]
        scale = np.sqrt(1 - self.betas[1] ** np.maximum(since, 1))  # v is not corrected for its start, so epsilon is
        epsilon = torch.from_numpy(self.epsilon * scale).float().unsqueeze(1)
        at = torch.from_numpy(rows)
        with torch.no_grad():
            first, second = self.first[at], self.second[at]
            self.weight[at] = self.weight[at] * kept - moved * first / (second.sqrt() + epsilon)
            self.first[at], self.second[at] = first * fade[0], second * fade[1]

    def _remember(self, rate: float) -> None:
        """Add step ``step_count`` to what rows last touched at earlier steps have to make up for."""
        n, (b1, b2) = self.step_count, self.betas
        start = max(0, n - FADED)
        ages = n - np.arange(start, n)
        size = rate * math.sqrt(1 - b2**n) / (1 - b1**n)
        self._catch_up[start:n] += size * (b1 / math.sqrt(b2)) ** ages
        self._catch_up = np.append(self._catch_up, 0.0)
        self._log_decay = np.append(self._log_decay, self._log_decay[-1] + math.log1p(-rate * self.decay))


def _none() -> "torch.Tensor":
    import torch

    return torch.empty(0, dtype=torch.int64)
