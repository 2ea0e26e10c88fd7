"""Two processes that share each batch end where one process does."""

import os
import signal
import subprocess
import sys

import pytest
import torch

from tests.conftest import ROOT
from tests.distributed_worker import main


@pytest.mark.slow
def test_two_processes_train_as_one_does(tmp_path):
    losses = main(tmp_path / "one.pt")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    child = subprocess.Popen(
        [*command, "-m", "tests.distributed_worker", str(tmp_path / "two.pt")], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"}, start_new_session=True,
    )  # fmt: skip
    try:
        _, said = child.communicate(timeout=150)
    except BaseException:
        os.killpg(child.pid, signal.SIGTERM)  # torchrun's own children as well
        child.communicate()
        raise
    assert child.returncode == 0, said[-3000:]
    one, two = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("one", "two"))
    assert len(losses) == 2
    for name, weight in one.items():
        assert torch.allclose(weight, two[name], atol=2e-4), name
