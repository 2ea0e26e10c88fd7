"""One scheduler a workspace, one worker a run folder, whatever is done to the files and the clock."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from core import workspace
from core.config import RunConfig
from core.errors import RunError
from core.jobs import heartbeats, queue, scheduler
from core.jobs.lock import NamedLock, is_at_work, worker_lock
from core.jobs.process import identity, is_alive
from core.jobs.scheduler import Scheduler
from core.runs.folder import create_run
from tests.conftest import ROOT


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def holder(home):
    """Another process that holds the lock of a run's folder."""
    started = []

    def hold(run):
        code = (
            "import pathlib, sys, time; from core.jobs.lock import NamedLock; lock = NamedLock(pathlib.Path(sys.argv[1])); "
            "lock.take(); print('held', flush=True); time.sleep(120)"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(run.path / "worker.lock")], stdout=subprocess.PIPE, cwd=ROOT
        )
        started.append(process)
        assert process.stdout.readline() == b"held\n"
        return process

    yield hold
    for process in started:
        process.kill()
        process.communicate()


def test_a_lock_whose_file_was_removed_is_no_longer_its_holders(tmp_path):
    lock = NamedLock(tmp_path / "a.lock")
    assert lock.take() and lock.is_mine()
    (tmp_path / "a.lock").unlink()
    assert not lock.is_mine()
    other = NamedLock(tmp_path / "a.lock")
    assert other.take() and other.is_mine() and not lock.is_mine()


def test_a_scheduler_whose_lock_was_removed_leaves(home):
    lock = NamedLock(workspace.home() / "scheduler.lock")
    assert lock.take()
    (home / "scheduler.lock").unlink()
    began = time.monotonic()
    Scheduler(lock).run(idle=60)
    assert time.monotonic() - began < 30


def test_a_second_scheduler_does_not_serve_beside_a_first_that_lost_its_lock(home, sleeper, monkeypatch):
    monkeypatch.setattr(scheduler, "LEAVING", 1.0)
    monkeypatch.setenv("GRAFT_SCHEDULER_IDLE", "0")
    workspace.write_json(workspace.home() / "scheduler.json", identity(sleeper.pid))
    scheduler.serve()
    assert workspace.read_json(home / "scheduler.json")["pid"] == sleeper.pid
    sleeper.kill()
    sleeper.wait()
    scheduler.serve()
    assert workspace.read_json(home / "scheduler.json")["pid"] == os.getpid()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the system tells no ticks")
def test_a_process_is_the_same_after_the_clock_was_set(sleeper):
    who = identity(sleeper.pid)
    assert is_alive(who | {"created": who["created"] + 300})
    assert not is_alive(who | {"ticks": who["ticks"] + 1})
    assert not is_alive(who | {"boot": "another"})


def test_identities_of_earlier_versions_and_what_is_none_are_told_apart(sleeper):
    who = {name: value for name, value in identity(sleeper.pid).items() if name in ("host", "pid", "created")}
    assert is_alive(who) and not is_alive(who | {"created": who["created"] + 300})
    for wrong in (None, [], "x", who | {"pid": -5}, who | {"pid": "x"}, who | {"created": None}, {"host": who["host"]}):
        assert not is_alive(wrong)


def test_a_worker_that_holds_its_folder_is_not_buried_whatever_its_status_says(home, holder):
    run = create_run(RunConfig("x"))
    worker = holder(run)
    gone = identity(worker.pid) | {"created": 1.0, "ticks": 1}
    run.write_status(state="running", process=gone, heartbeat=time.time() - 300, spawned_at=time.time() - 300)
    Scheduler().tick()
    assert run.state == "running" and is_at_work(run)
    run.write_status(state="interrupted")
    with pytest.raises(RunError, match="still at work"):
        queue.resume(run)
    run.write_status(state="running")
    worker.kill()
    worker.wait()
    Scheduler().tick()
    assert run.state == "interrupted" and not is_at_work(run)


@pytest.mark.slow
def test_a_second_worker_leaves_a_folder_alone_in_which_one_is_at_work(home, dataset):
    run = create_run(RunConfig(dataset.id))
    lock = worker_lock(run)
    assert lock.take()
    before = (run.path / "status.json").read_bytes()
    code = "import core.jobs.worker as w, pathlib, sys; w.TAKING = 0.2; sys.exit(w.work(pathlib.Path(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", code, str(run.path)], cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 1 and (run.path / "status.json").read_bytes() == before and not run.events_path.exists()


def elsewhere(run, heartbeat):
    who = {"host": "elsewhere", "pid": 1, "created": 1.0}
    run.write_status(state="running", process=who, heartbeat=heartbeat)
    return run


def test_a_heartbeat_from_the_future_counts_from_when_it_was_first_seen(home, monkeypatch):
    run, look = elsewhere(create_run(RunConfig("x")), time.time() + 86400), Scheduler()
    look.tick()
    assert run.state == "running"
    monkeypatch.setattr(heartbeats, "SILENCE", 0.2)
    time.sleep(0.4)
    look.tick()
    assert run.state == "interrupted"


def test_an_old_heartbeat_is_old_at_first_sight_and_one_that_moves_is_alive(home, monkeypatch):
    old, moving, look = (*(elsewhere(create_run(RunConfig("x")), time.time() - back) for back in (300, 1)), Scheduler())
    look.tick()
    assert (old.state, moving.state) == ("interrupted", "running")
    elsewhere(moving, time.time() - 290)  # its clock was set back, and it goes on
    look.tick()
    assert moving.state == "running"


@pytest.mark.slow
def test_a_worker_whose_folder_is_deleted_ends_and_the_folder_stays_away(home, dataset, tiny_encoder):
    import shutil

    config = RunConfig(dataset.id, model=str(tiny_encoder), epochs=400, batch_size=4, checkpoint_seconds=0.5)
    run = create_run(config)
    worker = subprocess.Popen(
        [sys.executable, "-m", "core", "worker", str(run.path)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        until = time.monotonic() + 120
        while not (run.status.get("step") or 0) and worker.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        assert run.status.get("step")
        shutil.rmtree(run.path, ignore_errors=True)
        shutil.rmtree(run.path, ignore_errors=True)
        worker.wait(60)
    finally:
        if psutil.pid_exists(worker.pid):
            worker.kill()
            worker.wait()
    assert not (run.path / "status.json").exists() and not (run.path / "model").exists()
