"""Gradients of two processes, summed in buckets during the backward pass: the sums are those of one whole sum after it."""

import subprocess
import sys

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from core.training import gradient_sums
from core.training.gradient_sums import GradientSums
from tests.conftest import ROOT


def network():
    torch.manual_seed(3)
    layers = [torch.nn.Linear(16, 16) for _ in range(5)]
    layers[1].requires_grad_(False)  # stands still
    model = torch.nn.Sequential(*layers)
    model.register_parameter("unused", torch.nn.Parameter(torch.ones(7)))
    return model


def summed(model, rank, pieces, sums):
    """The gradients of both processes' pieces, by name, and how many buckets had gone off before the backward pass ended."""
    draw = torch.Generator().manual_seed(rank)
    model.zero_grad()
    for number in range(pieces):
        loss = model(torch.randn(4, 16, generator=draw)).square().sum()
        with sums.during(last=number == pieces - 1):
            loss.backward()
    during = len(sums._sent)
    sums.finish()
    return {name: weight.grad for name, weight in model.named_parameters() if weight.requires_grad}, during


def whole_sums(model, rank, pieces):
    """As one sum of all after all pieces, from the gradients end to end."""
    draw = torch.Generator().manual_seed(rank)
    model.zero_grad()
    for _ in range(pieces):
        model(torch.randn(4, 16, generator=draw)).square().sum().backward()
    moving = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    flat = torch.cat(
        [(torch.zeros_like(weight) if weight.grad is None else weight.grad).flatten() for weight in moving.values()]
    )
    dist.all_reduce(flat)
    parts = flat.split([weight.numel() for weight in moving.values()])
    return {name: part.view_as(weight) for (name, weight), part in zip(moving.items(), parts, strict=True)}


CASES = {"a piece each": (1, 1), "uneven pieces": (3, 1), "one has no rows": (2, 0)}  # pieces by process


def work(rank, meeting):
    torch.set_num_threads(1)
    gradient_sums.BUCKET = 2500  # bytes: a layer has 1,088, so that there are several buckets
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
    try:
        model = network()
        sums = GradientSums(list(model.parameters()))
        for case, pieces in CASES.items():  # one after the other: each batch begins anew
            found, during = summed(model, rank, pieces[rank], sums)
            expected = whole_sums(model, rank, pieces[rank])
            assert found.keys() == expected.keys()
            for name, value in expected.items():
                assert torch.equal(found[name], value), (case, name)
            assert during > 0 or not pieces[rank], f"{case}: nothing was sent during the backward pass"
    finally:
        dist.destroy_process_group()


@pytest.mark.slow
def test_sums_in_buckets_are_those_of_one_sum(tmp_path):
    # from a process of its own: what is spawned begins as its parent did, and tests of pages leave a page in this one's place
    command = [sys.executable, "-m", "tests.training.test_gradient_sums", str(tmp_path / "meeting")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_process_that_is_alone_sums_nothing():
    model = network()
    sums = GradientSums(list(model.parameters()))
    with sums.during(last=True):
        model(torch.ones(1, 16)).sum().backward()
    before = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    sums.finish()
    assert model.unused.grad is None
    assert all(torch.equal(value, model.get_parameter(name).grad) for name, value in before.items())


if __name__ == "__main__":
    mp.spawn(work, (sys.argv[1],), nprocs=2)
