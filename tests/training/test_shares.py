"""Two processes that share each batch end where one process does."""

import os
import subprocess
import sys

import pytest
import torch

from tests.conftest import ROOT
from tests.shares_worker import main


@pytest.mark.slow
def test_two_processes_train_as_one_does(tmp_path):
    losses = main(tmp_path / "one.pt")
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         "-m", "tests.shares_worker", str(tmp_path / "two.pt")],
        cwd=ROOT, capture_output=True, text=True, timeout=170, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    one, two = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("one", "two"))
    assert len(losses) == 2
    for name, weight in one.items():
        assert torch.allclose(weight, two[name], atol=2e-4), name
