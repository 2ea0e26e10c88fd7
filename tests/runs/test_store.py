"""The run store: filled whatever the workspace is called and whatever became of its file."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from core import workspace
from core.config import RunConfig
from core.runs import store
from core.runs.folder import create_run
from tests.conftest import ROOT
from tests.damage import harm
from tests.run_results import whole_result

pytestmark = pytest.mark.slow


FLUSHER = "from core.runs import store; store.PAUSE = store.BACK_OFF = 0.05; store.LINGER = 0.5; store.serve()"


def serve():
    """A flusher in a hurry, in a process of its own, as MLflow keeps its connection as long as its process lives."""
    env = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    done = subprocess.run(
        [sys.executable, "-c", FLUSHER], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-2000:]


def finished(name="first"):
    run = create_run(RunConfig("x"), name)
    run.events_path.write_text('{"event": "step", "time": 1.0, "step": 1, "epoch": 0.5, "loss": 0.75}\n')
    run.write_result(whole_result())
    run.write_status(state="finished", progress=1.0, ended_at=time.time())
    return run


def losses(home):
    """Losses that the store in a workspace holds."""
    with closing(sqlite3.connect(home / "mlflow.db")) as database:
        return [value for (value,) in database.execute("select value from metrics where key = 'train.loss'")]


@pytest.mark.parametrize("name", ["w s 'q\" ünï 日本   #x", "50%20off?x=1&y", "a;b$c%d"])
def test_the_store_lies_in_the_workspace_whatever_that_is_called(tmp_path, monkeypatch, name):
    monkeypatch.setenv("GRAFT_HOME", str(tmp_path / name))
    finished()
    serve()
    assert losses(tmp_path / name) == [0.75] and store.pending_runs() == []
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A workspace whose store knows its one run."""
    home = tmp_path_factory.mktemp("filled") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAFT_HOME", str(home))
        finished()
        serve()
    assert losses(home) == [0.75]
    return home


@pytest.mark.parametrize("how", ["binary", "folder", "empty"])
def test_a_damaged_store_is_set_aside_and_filled_again(home, filled, how):
    shutil.copytree(filled, home)
    for ending in ("-wal", "-shm"):
        (home / f"mlflow.db{ending}").unlink(missing_ok=True)
    harm(home / "mlflow.db", how)
    assert store.pending_runs()
    serve()
    assert losses(home) == [0.75] and store.pending_runs() == []


def test_a_second_flusher_leaves_the_store_to_the_first(home, monkeypatch):
    from filelock import FileLock

    served = []
    monkeypatch.setattr(store, "_serve", lambda: served.append(1))
    with FileLock(workspace.home() / "flusher.lock"):
        store.serve()
    assert not served
    store.serve()
    store.serve()
    assert served == [1, 1], "the lock is free again when one has left"
