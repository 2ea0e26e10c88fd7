"""What processes that train together do apart: draw their own random numbers, and ask each other seldom whether to stop."""

import pytest
import torch
import torch.distributed as dist

from core.training import distributed
from core.training.state import State


@pytest.fixture
def of_two(monkeypatch):
    sums = []
    monkeypatch.setattr(distributed, "world_size", lambda: 2)
    monkeypatch.setattr(dist, "all_reduce", lambda flag, how: sums.append(float(flag)))
    monkeypatch.setattr(torch, "tensor", lambda value, device: torch.full((), value))  # as if it lay on the card
    return sums


def test_processes_on_cards_ask_each_other_every_few_steps_only(of_two):
    ask = distributed.any_rank(lambda: True, "cuda:0")
    answers = [ask() for _ in range(2 * distributed.CARDS_ASK)]
    assert len(of_two) == 2
    assert answers == ([False] * (distributed.CARDS_ASK - 1) + [True]) * 2


def test_processes_on_a_cpu_ask_after_each_step(of_two):
    ask = distributed.any_rank(lambda: False, "cpu")
    assert [ask() for _ in range(5)] == [False] * 5 and len(of_two) == 5


def test_each_process_drops_out_other_numbers_and_the_first_those_of_a_run_that_is_alone(monkeypatch):
    drawn = []
    for rank in ("0", "1", "2"):
        monkeypatch.setenv("RANK", rank)
        State().begin(None, 42, torch.nn.Linear(1, 1), None)
        drawn.append(torch.rand(4).tolist())
    torch.manual_seed(42)
    assert drawn[0] == torch.rand(4).tolist()
    assert len({tuple(numbers) for numbers in drawn}) == 3
