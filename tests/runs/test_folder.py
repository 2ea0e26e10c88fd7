import pytest

from core.config import RunConfig
from core.errors import RunError
from core.runs.folder import create_run, default_name, delete_run, get_run, list_runs, restore_run
from core.runs.history import history_of


def test_a_new_run_is_queued_and_found_by_id_and_name(home):
    run = create_run(RunConfig("reviews-01234567", train_size=50))
    assert run.state == "queued" and run.name == "minilm full on reviews 50 rows"
    assert get_run(run.id) == get_run(run.name) == run


def test_a_run_under_way_cannot_be_deleted_and_a_deleted_one_comes_back(home):
    run = create_run(RunConfig("x"))
    run.write_status(state="running")
    with pytest.raises(RunError, match="Stop it first"):
        delete_run(run)
    run.write_status(state="finished")
    delete_run(run)
    assert list_runs() == []
    assert restore_run(run.id).config == RunConfig("x")


def test_a_half_written_line_waits_until_it_is_whole(home):
    run = create_run(RunConfig("x"))
    run.events_path.write_bytes(b'{"event": "step", "step": 1}\n{"event": "st')
    events, offset = run.events_from(0)
    assert [event["step"] for event in events] == [1]
    with run.events_path.open("ab") as file:
        file.write(b'ep", "step": 2}\n')
    assert [event["step"] for event in run.events_from(offset)[0]] == [2]


def test_what_a_killed_attempt_logged_past_its_checkpoint_counts_once():
    steps = [{"event": "step", "step": step, "loss": 1.0} for step in (1, 2, 3, 4)]
    again = [{"event": "step", "step": step, "loss": 0.5} for step in (3, 4, 5)]
    attempt, resumed = {"event": "attempt"}, {"event": "started", "first_step": 2}
    history = history_of([attempt, {"event": "started", "first_step": 0}, *steps, attempt, resumed, *again])
    assert history.steps["step"].tolist() == [1, 2, 3, 4, 5] and history.attempts == 2
    assert history.steps["loss"].tolist() == [1.0, 1.0, 0.5, 0.5, 0.5]


def test_long_curves_are_thinned_and_keep_their_end():
    events = [{"event": "step", "step": step, "loss": 1.0} for step in range(9001)]
    steps = history_of(events).steps
    assert len(steps) <= 2001 and steps["step"].iloc[-1] == 9000


def test_a_name_promises_no_more_rows_than_the_set_has():
    config = RunConfig("support-tickets-0a1b2c3d", train_size=1000)
    assert default_name(config, 383) == "minilm full on support-tickets 383 rows"
    assert default_name(config, 9000) == "minilm full on support-tickets 1000 rows"
