"""The lazy update of word vectors ends where dense AdamW ends."""

import numpy as np
import pytest
import torch

from core.training.lazy_rows import LazyRows

VOCABULARY, WIDTH = 50, 8


def batches(steps: int) -> list[torch.Tensor]:
    """Token numbers in which some rows come often, some once, some never."""
    draw = np.random.default_rng(0)
    return [torch.from_numpy(draw.zipf(1.5, (4, 6)).clip(1, VOCABULARY - 5)) for _ in range(steps)]


def loss_of(table: torch.nn.Embedding, ids: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (table(ids) - target).square().mean() * 1e-3


def dense(table: torch.nn.Embedding, steps: list[torch.Tensor], rates: list[float], target: torch.Tensor) -> None:
    optimiser = torch.optim.AdamW(table.parameters(), lr=0.0, weight_decay=0.01)
    for ids, rate in zip(steps, rates, strict=True):
        optimiser.param_groups[0]["lr"] = rate
        loss_of(table, ids, target).backward()
        optimiser.step()
        optimiser.zero_grad()


def lazy_steps(
    lazy: LazyRows, table: torch.nn.Embedding, steps: list[torch.Tensor], rates: list[float], target: torch.Tensor
) -> None:
    for ids, rate in zip(steps, rates, strict=True):
        lazy.before(ids.numpy().ravel())
        loss_of(table, ids, target).backward()
        lazy.gather()
        lazy.step(rate, 1.0)


@pytest.fixture
def tables() -> tuple[torch.nn.Embedding, torch.nn.Embedding]:
    torch.manual_seed(0)
    one = torch.nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
    other = torch.nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
    other.load_state_dict(one.state_dict())
    return one, other


def rates(steps: int) -> list[float]:
    return [1e-2 * min(1.0, (step + 1) / 10) * (1 - step / steps) for step in range(steps)]


def test_lazy_rows_end_where_dense_adamw_ends(tables):
    one, other = tables
    before = one.weight.detach().clone()
    target = torch.randn(WIDTH)
    dense(one, batches(120), rates(120), target)
    lazy = LazyRows(other, (0.9, 0.999), 1e-8, 0.01, 1.0)
    lazy_steps(lazy, other, batches(120), rates(120), target)
    lazy.detach()
    moved = (one.weight - before).abs().max()
    assert moved > 0.05
    assert (one.weight - other.weight).abs().max() < 1e-3 * moved


def test_rows_that_never_came_only_decay(tables):
    one, other = tables
    dense(one, batches(60), rates(60), torch.zeros(WIDTH))
    lazy = LazyRows(other, (0.9, 0.999), 1e-8, 0.01, 1.0)
    lazy_steps(lazy, other, batches(60), rates(60), torch.zeros(WIDTH))
    lazy.detach()
    assert torch.allclose(one.weight[-3:], other.weight[-3:], atol=1e-6)


def test_a_saved_state_goes_on_exactly(tables):
    one, other = tables
    steps, target = batches(40), torch.randn(WIDTH)
    whole = LazyRows(one, (0.9, 0.999), 1e-8, 0.01, 1.0)
    lazy_steps(whole, one, steps, rates(40), target)
    first = LazyRows(other, (0.9, 0.999), 1e-8, 0.01, 1.0)
    lazy_steps(first, other, steps[:15], rates(40)[:15], target)
    weights, state = other.weight.detach().clone(), first.state_dict()
    state = {name: value.clone() if isinstance(value, torch.Tensor) else value for name, value in state.items()}
    again = torch.nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
    again.weight.data.copy_(weights)
    second = LazyRows(again, (0.9, 0.999), 1e-8, 0.01, 1.0)
    second.load_state_dict(state)
    lazy_steps(second, again, steps[15:], rates(40)[15:], target)
    whole.detach()
    second.detach()
    assert torch.equal(one.weight, again.weight)


def test_a_detached_table_is_a_plain_one(tables):
    _, other = tables
    lazy = LazyRows(other, (0.9, 0.999), 1e-8, 0.0, 1.0)
    lazy.detach()
    other(torch.tensor([1, 2])).sum().backward()
    assert other.weight.grad is not None


def test_rows_that_no_batch_uses_only_decay_and_cost_no_moments(tables):
    one, other = tables
    target = torch.randn(WIDTH)
    dense(one, batches(40), rates(40), target)
    lazy = LazyRows(other, (0.9, 0.999), 1e-8, 0.01, 1.0)
    lazy_steps(lazy, other, batches(40), rates(40), target)
    unused = np.flatnonzero(~lazy.used)
    saved = lazy.state_dict()
    assert len(unused) > 3 and len(saved["rows"]) == len(saved["first"]) == VOCABULARY - len(unused)
    lazy.settle()
    assert torch.allclose(one.weight[unused], other.weight[unused], atol=1e-7)


def test_moments_that_an_earlier_version_saved_for_all_rows_are_read(tables):
    one, other = tables
    target = torch.randn(WIDTH)
    unbroken, resumed = (LazyRows(table, (0.9, 0.999), 1e-8, 0.01, 1.0) for table in (one, other))
    lazy_steps(unbroken, one, batches(60)[:30], rates(60)[:30], target)
    saved = unbroken.state_dict()
    whole = {name: value for name, value in saved.items() if name != "rows"}
    whole |= {"first": unbroken.first.clone(), "second": unbroken.second.clone()}
    other.weight.data.copy_(one.weight)
    resumed.load_state_dict(whole)
    for lazy, table in ((unbroken, one), (resumed, other)):
        lazy_steps(lazy, table, batches(60)[30:], rates(60)[30:], target)
        lazy.settle()
    assert torch.allclose(one.weight, other.weight, atol=1e-7)
