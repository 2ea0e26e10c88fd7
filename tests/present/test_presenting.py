"""A presentation is a process: it serves until it is stopped, its owner is gone, or the run is."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest

from core.__main__ import main
from core.jobs.process import identity
from core.present.presenting import presentation, start
from tests.conftest import ROOT
from tests.export.conftest import finished_run
from tests.processes import wait

pytestmark = [pytest.mark.slow]


@pytest.fixture
def run(home, tmp_path, tiny_encoder):
    run = finished_run(tmp_path, tiny_encoder)
    yield run
    presentation(run).stop()


def opens(link: str) -> bool:
    try:
        with urllib.request.urlopen(link, timeout=30) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_the_command_says_the_link_serves_and_ends_cleanly(run):
    command = [sys.executable, "-m", "core", "present", run.id, "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        assert told["run"] == run.id and told["address"].startswith("http://127.0.0.1:") and opens(told["address"])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0 and out == "" and "Traceback" not in err
    assert not opens(told["address"])


def test_started_from_a_page_it_is_found_again_and_stopped_for_good(run):
    first = start(run)
    assert opens(first.address) and start(run) == first == presentation(run).running()
    kept = run.path.parent.parent / "presenting" / f"{run.id}.json"
    assert all(file.stat().st_mode & 0o077 == 0 for file in kept.parent.iterdir())  # the token is in them
    presentation(run).stop()
    assert presentation(run).running() is None and not opens(first.address) and not kept.exists()


def test_it_ends_when_the_run_is_deleted(run):
    there = start(run)
    shutil.rmtree(run.path)
    wait(lambda: not opens(there.address), 20)
    wait(lambda: presentation(run).running() is None, 20)


def test_it_ends_with_the_process_that_asked_for_it(run):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        command = [sys.executable, "-m", "core", "present", run.id, "--json", "--owner", str(owner.pid)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            link = json.loads(process.stdout.readline())["address"]
            assert opens(link)
            owner.kill()
            owner.wait()
            assert process.wait(20) == 0
    assert not opens(link) and presentation(run).running() is None


def test_a_run_without_a_model_is_told_and_a_stale_note_counts_for_nothing(run, capsys):
    shutil.rmtree(run.model)
    assert main(["present", run.id, "--json"]) == 1
    assert "no finished model" in json.loads(capsys.readouterr().out)["error"]["message"]
    presentation(run).note("http://127.0.0.1:9/?token=x")
    assert presentation(run).running().who["pid"] == os.getpid() == identity()["pid"]
    presentation(run).forget()
    assert presentation(run).running() is None
