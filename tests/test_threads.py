"""Threads that wait must leave the cores to others, in every process of Graft's."""

import json
import os
import subprocess
import sys

import pytest

from core.threads import PASSIVE_WAITING
from tests.conftest import ROOT
from tests.processes import Graft, wait

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def environment(code: str, **variables: str) -> dict[str, str]:
    """What a child sees in its environment after ``code``."""
    plain = {name: value for name, value in os.environ.items() if name not in PASSIVE_WAITING}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {SHOW}"],
        cwd=ROOT,
        env=plain | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_core_tells_every_openmp_library_how_to_wait():
    assert PASSIVE_WAITING.items() <= environment("import core").items()


def test_what_a_user_has_set_stays():
    assert environment("import core", OMP_WAIT_POLICY="ACTIVE")["OMP_WAIT_POLICY"] == "ACTIVE"


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc"), reason="needs /proc to look into another process's environment")
def test_a_worker_is_started_with_it(tmp_path, reviews_csv, tiny_encoder):
    graft = Graft(tmp_path / "home")
    graft.env = {name: value for name, value in graft.env.items() if name not in PASSIVE_WAITING}
    try:
        dataset = graft.call("data", "add", str(reviews_csv))["dataset"]
        graft.call("train", "--dataset", dataset, "--model", str(tiny_encoder), "--epochs", "40", "--no-wait")
        worker = wait(lambda: graft.processes("worker"), 60)[0]
        assert PASSIVE_WAITING.items() <= worker.environ().items()
    finally:
        graft.end()
