"""A process knows how much of its time it waits for a processor that others hold."""

import os
import subprocess
import sys

import pytest

from core.jobs.waiting import TASKS, share_waited
from tests.conftest import ROOT

WORK = """
import os, subprocess, sys, time
from core.jobs.waiting import Waiting, share_waited
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
burn = "while True: pass"
others = [subprocess.Popen([sys.executable, "-c", burn]) for _ in range(int(sys.argv[1]))]
waiting, end = Waiting(), time.monotonic() + 2
while time.monotonic() < end:
    pass
print(share_waited(*waiting.since_last()))
[other.kill() for other in others]
"""


def test_shares_are_of_the_time_in_which_there_was_something_to_do():
    assert share_waited(3.0, 1.0) == 0.25 and share_waited(0.0, 0.0) == 0.0


@pytest.mark.slow
@pytest.mark.skipif(not TASKS.exists() or not hasattr(os, "sched_setaffinity"), reason="Linux counts it by thread")
def test_beside_three_others_on_one_core_a_process_waits_most_of_its_time():
    done = subprocess.run(
        [sys.executable, "-c", WORK, "3"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert float(done.stdout) > 0.5
