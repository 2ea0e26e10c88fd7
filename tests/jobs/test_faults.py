"""What a run survives: real processes, really killed."""

import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT
from tests.processes import Graft, wait

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def graft(tmp_path):
    graft = Graft(tmp_path / "home")
    yield graft
    graft.end()


@pytest.fixture
def train(graft, reviews_csv, tiny_encoder):
    """Queue a run of a tiny encoder that lasts some seconds; its id."""
    dataset = graft.call("data", "add", str(reviews_csv))["dataset"]

    def start(epochs: int = 40, seed: int = 1) -> str:
        words = ["--dataset", dataset, "--model", str(tiny_encoder), "--epochs", str(epochs), "--seed", str(seed)]
        words += ["--learning-rate", "0.0005", "--batch-size", "8", "--checkpoint-seconds", "0.5", "--no-wait"]
        return graft.call("train", *words)["run"]

    return start


def test_a_killed_worker_is_noticed_resumed_and_ends_like_an_unbroken_run(graft, train):
    unbroken = train()
    graft.wait_state(unbroken, "finished")
    run = train()
    checkpoint = graft.home / "runs" / run / "checkpoint" / "state.pt"
    graft.wait_step(run, 80)
    wait(checkpoint.exists, 30)
    killed_at = time.monotonic()
    graft.kill("worker")
    graft.wait_state(run, "interrupted", seconds=30)
    assert time.monotonic() - killed_at < 30
    assert "Resume" in graft.show(run)["error"]["hint"]
    graft.call("runs", "resume", run)
    graft.wait_state(run, "finished")
    first, second = graft.show(unbroken), graft.show(run)
    assert second["attempt"] == 2
    assert '"event": "resumed"' in (graft.home / "runs" / run / "events.jsonl").read_text()
    assert first["metrics"] == second["metrics"]


def test_a_stop_keeps_a_checkpoint_and_a_resume_goes_on_from_it(graft, train):
    run = train(epochs=100)
    graft.wait_step(run, 60)
    graft.call("runs", "stop", run)
    assert graft.wait_state(run, "stopped", "finished") == "stopped"
    stopped_at = graft.show(run)["step"]
    assert stopped_at >= 60
    graft.call("runs", "resume", run)
    graft.wait_state(run, "finished")
    assert graft.show(run)["metrics"]["accuracy"] > 0.5
    refused = graft.call("runs", "stop", run, expect=1)
    assert "already finished" in refused["error"]["message"]


def test_queued_runs_start_after_the_scheduler_was_killed(graft, train):
    first, second = train(epochs=80), train(epochs=2)
    graft.wait_step(first, 40)
    graft.kill("scheduler")
    assert graft.show(second)["status"] == "queued"  # looking at it brings a new scheduler
    assert graft.wait_state(first, "finished") == "finished"
    assert graft.wait_state(second, "finished") == "finished"


def test_one_scheduler_serves_a_workspace_however_often_it_is_asked_for(graft, train):
    train(epochs=1), train(epochs=1), train(epochs=1)
    time.sleep(2)
    assert len(graft.processes("scheduler")) == 1


def test_of_schedulers_that_start_at_one_moment_one_serves_and_each_run_is_started_once(graft, train):
    train(epochs=1)
    graft.kill("scheduler")
    command = [sys.executable, "-m", "core", "scheduler"]
    together = [subprocess.Popen(command, cwd=ROOT, env=graft.env, stderr=subprocess.DEVNULL) for _ in range(4)]
    try:
        wait(lambda: sum(each.poll() is None for each in together) == 1, 60)
        runs = [train(epochs=1), train(epochs=1)]
        for run in runs:
            graft.wait_state(run, "finished")
        assert [graft.status(run)["attempt"] for run in runs] == [1, 1] and len(graft.processes("scheduler")) == 1
    finally:
        for each in together:
            each.kill()
            each.wait()


def test_a_scheduler_that_was_halted_goes_on_where_it_was(graft, train):
    graft.wait_state(train(epochs=1), "finished")
    (scheduler,) = graft.processes("scheduler")
    scheduler.send_signal(signal.SIGSTOP)
    run = train(epochs=1)
    time.sleep(3)
    assert graft.status(run)["state"] == "queued" and len(graft.processes("scheduler")) == 1
    scheduler.send_signal(signal.SIGCONT)
    graft.wait_state(run, "finished")
    assert graft.status(run)["attempt"] == 1 and [each.pid for each in graft.processes("scheduler")] == [scheduler.pid]


def points_in_store(graft, run) -> int:
    path = graft.home / "mlflow.db"
    if not path.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1) as database:
            query = "select count(*) from metrics m join tags t on t.run_uuid = m.run_uuid where t.value = ?"
            return database.execute(query, (run,)).fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def is_complete(graft, run) -> bool:
    steps = (graft.home / "runs" / run / "events.jsonl").read_text().count('"event": "step"')
    return steps > 0 and points_in_store(graft, run) >= 4 * steps


def test_a_deleted_store_is_filled_again_from_the_run_folder(graft, train):
    run = train()
    wait(lambda: points_in_store(graft, run), 60, lambda: (graft.home / "scheduler.log").read_text())
    for path in graft.home.glob("mlflow.db*"):
        path.unlink()
    graft.wait_state(run, "finished")
    wait(lambda: is_complete(graft, run), 60, lambda: (graft.home / "scheduler.log").read_text())


def test_a_locked_store_does_not_stop_training_and_is_caught_up(graft, train):
    first = train(epochs=1)
    graft.wait_state(first, "finished")
    wait(lambda: is_complete(graft, first), 60, lambda: (graft.home / "scheduler.log").read_text())
    with sqlite3.connect(graft.home / "mlflow.db", isolation_level=None) as lock:
        lock.execute("begin exclusive")
        run = train(epochs=2)
        graft.wait_state(run, "finished")
        lock.execute("rollback")
    wait(lambda: is_complete(graft, run), 90, lambda: (graft.home / "scheduler.log").read_text())
