"""Processes that are halted, asked to end or find their data gone: nothing is lost, and what holds a run up is said."""

import os
import signal
import subprocess
import sys
import time

import pytest

from core import workspace
from core.cli.run_state import state_lines, state_of
from core.config import RunConfig
from core.data.sets.store import delete_dataset, restore_dataset
from core.jobs import queue, scheduler, worker
from core.jobs.process import identity
from core.jobs.scheduler import Scheduler
from core.jobs.worker import work
from core.runs.folder import create_run
from tests.app.test_pages import open_page, said
from tests.conftest import ROOT
from tests.processes import wait

needs_signals = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot halt a process")


@pytest.fixture
def started(home):
    """Worker processes of runs; what is left of them is ended."""
    workers = []

    def start(run):
        run.write_status(state="starting", spawned_at=time.time(), process=None)
        command = [sys.executable, "-m", "core", "worker", str(run.path)]
        workers.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return workers[-1]

    yield start
    for started in workers:
        started.kill()
        started.wait()


def steps(run):
    return run.status.get("step") or 0


def short(dataset, encoder, **settings):
    settings = {"epochs": 60, "batch_size": 4, "checkpoint_seconds": 0.3} | settings
    return create_run(RunConfig(dataset.id, model=str(encoder), device="cpu", **settings))


@needs_signals
@pytest.mark.slow
def test_a_worker_that_was_halted_goes_on_and_one_that_is_asked_to_end_stops_with_a_checkpoint(
    started, dataset, tiny_encoder
):
    run = short(dataset, tiny_encoder, epochs=1000)
    worker = started(run)
    wait(lambda: steps(run) > 5, 90)
    worker.send_signal(signal.SIGSTOP)
    run.write_status(heartbeat=time.time() - 3600)
    Scheduler().tick()
    assert run.state == "running"
    before = steps(run)
    worker.send_signal(signal.SIGCONT)
    wait(lambda: steps(run) > before, 60)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0 and run.state == "stopped" and run.resumable
    assert (run.path / "checkpoint" / "state.pt").exists()


@needs_signals
@pytest.mark.slow
def test_a_worker_that_hangs_is_ended_by_a_stop_and_goes_on_from_its_checkpoint(
    started, dataset, tiny_encoder, monkeypatch
):
    monkeypatch.setattr(scheduler, "STOP_GRACE", 0.3)
    monkeypatch.setattr(scheduler, "TERM_GRACE", 0.3)
    run, look = short(dataset, tiny_encoder), Scheduler()
    worker = started(run)
    wait(lambda: (run.path / "checkpoint" / "state.pt").exists(), 90)
    worker.send_signal(signal.SIGSTOP)
    queue.stop(run)
    wait(lambda: look.tick() and worker.poll() is not None, 30)
    wait(lambda: look.tick() or run.state == "stopped", 30)
    assert run.state == "stopped"
    queue.resume(run)
    assert work(run.path) == 0 and run.state == "finished"
    assert '"event": "resumed"' in run.events_path.read_text()


@pytest.mark.slow
def test_a_run_whose_data_set_was_deleted_while_it_waited_says_so_and_runs_once_it_is_back(home, dataset, tiny_encoder):
    run = short(dataset, tiny_encoder, epochs=1)
    delete_dataset(dataset.id)
    assert work(run.path) == 1 and run.state == "failed"
    assert dataset.id in run.status["error"]["message"] and run.status["error"]["hint"]
    assert "Graft itself failed" not in run.status["error"]["message"]
    restore_dataset(dataset.id)
    queue.resume(run)
    assert work(run.path) == 0 and run.state == "finished"


@pytest.mark.slow
def test_a_set_that_is_deleted_while_its_run_is_under_way_costs_nothing_of_it(home, dataset, tiny_encoder, monkeypatch):
    run = short(dataset, tiny_encoder, epochs=1)
    fitted = worker.fit

    def fit_and_delete(*words):
        done = fitted(*words)
        delete_dataset(dataset.id)
        return done

    monkeypatch.setattr(worker, "fit", fit_and_delete)
    assert worker.work(run.path) == 0 and run.state == "finished"
    assert run.result["headline"] == "accuracy" and (run.model / "config.json").exists()
    assert any("was not looked for" in warning for warning in run.result["warnings"])


@pytest.fixture
def halted(home, dataset):
    """A queued run, and a scheduler that lives and has not looked at it for 100 seconds; its pid."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
    who = workspace.home() / "scheduler.json"
    workspace.write_json(who, identity(process.pid))
    os.utime(who, (time.time() - 100, time.time() - 100))
    yield create_run(RunConfig(dataset.id)), process.pid
    process.kill()
    process.wait()


def test_where_the_scheduler_hangs_a_waiting_run_says_so(halted):
    run, pid = halted
    state = state_of(run)
    assert f"process {pid} is paused or hangs" in state["held_up"] and state["held_up"] in state_lines(state)
    assert f"process {pid} is paused or hangs" in said(open_page("results", run=run.id))


def test_a_scheduler_that_looks_at_its_queue_holds_nothing_up(halted, monkeypatch):
    monkeypatch.setattr(scheduler, "pending_runs", list)  # no process that fills the run store outlives this
    run, _ = halted
    run.ask_stop()
    Scheduler().run(idle=0.0)
    assert queue.held_up(run) != ""  # it has not looked even once
    Scheduler().run(idle=0.1)
    assert queue.held_up(run) == "" and state_of(run)["held_up"] is None


def test_without_a_scheduler_nothing_is_said_to_hang(home, dataset):
    run = create_run(RunConfig(dataset.id))
    assert state_of(run)["held_up"] is None
