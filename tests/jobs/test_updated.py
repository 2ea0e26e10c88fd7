"""The program is replaced by another version while a scheduler serves."""

import pytest

from core.jobs import scheduler


@pytest.fixture
def versions(home, monkeypatch):
    """What the look at the program finds, look by look; each look is due at once."""
    found = [100.0]
    monkeypatch.setattr(scheduler, "newest_code", lambda: found.pop(0) if len(found) > 1 else found[0])
    monkeypatch.setattr(scheduler, "CODE_EVERY", 0.0)
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    return found


def test_a_scheduler_leaves_when_the_program_was_updated_and_another_is_started(versions, monkeypatch):
    versions[:] = [100.0, 100.0, 200.0]
    started = []
    monkeypatch.setattr(scheduler, "ensure_scheduler", lambda: started.append(scheduler._lock().take() or None))
    monkeypatch.setenv("GRAFT_SCHEDULER_IDLE", "30")
    scheduler.serve()
    assert started == [True], "the lock is free when the next one is started"


def test_a_scheduler_that_has_nothing_to_do_leaves_without_another(versions, monkeypatch):
    monkeypatch.setattr(scheduler, "ensure_scheduler", lambda: pytest.fail("nobody asked for one"))
    monkeypatch.setenv("GRAFT_SCHEDULER_IDLE", "0.1")
    scheduler.serve()


def test_the_time_of_the_program_is_that_of_its_newest_file(tmp_path, monkeypatch):
    import os

    (tmp_path / "core" / "jobs").mkdir(parents=True)
    for number, name in enumerate(("core/a.py", "core/jobs/b.py", "core/c.txt")):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (1000 + number, 1000 + number))
    monkeypatch.setattr(scheduler.workspace, "PROJECT", tmp_path)
    assert scheduler.newest_code() == 1001
