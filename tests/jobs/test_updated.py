"""The program is replaced by another version while a scheduler serves."""

import pytest

from core.jobs import program, scheduler, worker


@pytest.fixture
def versions(home, monkeypatch):
    """What the look at the program finds, look by look; each look is due at once."""
    found = ["a"]
    monkeypatch.setattr(scheduler, "program_stamp", lambda: found.pop(0) if len(found) > 1 else found[0])
    monkeypatch.setattr(scheduler, "CODE_EVERY", 0.0)
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    return found


def test_a_scheduler_leaves_when_the_program_was_updated_and_another_is_started(versions, monkeypatch):
    versions[:] = ["a", "a", "b"]
    started = []
    monkeypatch.setattr(scheduler, "ensure_scheduler", lambda: started.append(scheduler._lock().take() or None))
    monkeypatch.setenv("GRAFT_SCHEDULER_IDLE", "30")
    scheduler.serve()
    assert started == [True], "the lock is free when the next one is started"


def test_a_scheduler_that_has_nothing_to_do_leaves_without_another(versions, monkeypatch):
    monkeypatch.setattr(scheduler, "ensure_scheduler", lambda: pytest.fail("nobody asked for one"))
    monkeypatch.setenv("GRAFT_SCHEDULER_IDLE", "0.1")
    scheduler.serve()


def test_any_change_of_a_file_counts_also_one_of_an_older_time(tmp_path, monkeypatch):
    import os

    (tmp_path / "core" / "jobs").mkdir(parents=True)
    for number, name in enumerate(("core/a.py", "core/jobs/b.py", "core/c.txt")):
        (tmp_path / name).write_text("old")
        os.utime(tmp_path / name, (1000 + number, 1000 + number))
    monkeypatch.setattr(program.workspace, "PROJECT", tmp_path)
    found = [program.program_stamp()]
    (tmp_path / "core/c.txt").write_text("no part of the program")
    assert program.program_stamp() == found[0]
    (tmp_path / "aside.py").write_text("new")
    os.utime(tmp_path / "aside.py", (10, 10))  # as rsync, cp -p and tar leave it
    os.replace(tmp_path / "aside.py", tmp_path / "core/a.py")
    found.append(program.program_stamp())
    (tmp_path / "core/d.py").write_text("added")
    os.utime(tmp_path / "core/d.py", (10, 10))
    found.append(program.program_stamp())
    (tmp_path / "core/jobs/b.py").unlink()
    found.append(program.program_stamp())
    assert len(set(found)) == 4


def test_an_older_worker_takes_no_further_run_of_a_study(home, monkeypatch):
    from core.config import RunConfig
    from core.runs.folder import create_run

    asked = []
    monkeypatch.setattr(worker, "_carry_out", lambda run, reporter: "finished")
    monkeypatch.setattr(worker, "take_next", lambda run: asked.append(run.id))
    for stamps in (["1", "1"], ["1", "2"]):
        run = create_run(RunConfig("x"))
        run.write_status(state="starting", attempt=1)
        monkeypatch.setattr(worker, "program_stamp", lambda stamps=stamps: stamps.pop(0))
        assert worker.work(run.path) == 0
    assert len(asked) == 1
