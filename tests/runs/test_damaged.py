"""A run folder with a damaged file is shown with the reason, never started, and harms no other run."""

import json

import pytest

from core.config import RunConfig
from core.errors import RunError
from core.jobs import queue
from core.jobs.scheduler import Scheduler
from core.runs.folder import create_run, delete_run, get_run, list_runs, restore_run
from core.runs.folds import list_folds
from core.runs.history import read_history
from core.runs.store import pending_runs
from tests.damage import JSON_HARMS, harm, with_key
from tests.run_results import whole_result


@pytest.fixture
def finished(home):
    run = create_run(RunConfig("x"), "first")
    run.write_result(whole_result())
    run.model.mkdir()
    (run.model / "config.json").write_text("{}")
    run.write_status(state="finished", progress=1.0)
    return run


def tick():
    look = Scheduler()
    look._devices = ("cpu",)
    look._start = lambda run, devices: look.started.append(run.id)
    look.started = []
    look.tick()
    return look.started


@pytest.mark.parametrize("how", JSON_HARMS)
@pytest.mark.parametrize("file", ["config.json", "status.json"])
def test_a_queued_run_that_cannot_be_read_is_passed_over_and_the_next_one_starts(home, file, how):
    broken, whole = create_run(RunConfig("x")), create_run(RunConfig("x"))
    harm(broken.path / file, how)
    assert tick() == [whole.id]
    assert broken.state == "damaged" and whole.state == "queued"
    assert file in broken.status["error"]["message"] and str(broken.path) in broken.status["error"]["hint"]
    assert {run.id for run in list_runs()} == {broken.id, whole.id} and get_run(broken.id) == broken


@pytest.mark.parametrize(
    "change",
    [{"state": "paused"}, {"state": 5}, {"state": ...}, {"process": {"pid": "x"}}, {"process": []}, {"error": "text"},
     {"queued_at": "now"}, {"attempt": "2"}, {"heartbeat": 1e300}, {"progress": float("nan")}],
)  # fmt: skip
def test_a_status_with_a_wrong_value_is_never_taken_for_queued(home, change):
    run = create_run(RunConfig("x"))
    with_key(run.path / "status.json", **change)
    assert run.state == "damaged" and tick() == []


@pytest.mark.parametrize("how", JSON_HARMS)
def test_a_finished_run_whose_status_is_lost_is_known_by_its_result_and_never_trained_again(finished, how):
    harm(finished.path / "status.json", how)
    assert finished.state == "finished" and tick() == []
    with pytest.raises(RunError, match="is finished"):
        queue.resume(finished)


@pytest.mark.parametrize("how", JSON_HARMS)
def test_a_run_whose_result_is_lost_says_so(finished, how):
    harm(finished.path / "result.json", how)
    assert finished.state == "damaged" and finished.result is None and tick() == []
    assert "result.json" in finished.status["error"]["message"]
    with pytest.raises(RunError, match=r"result\.json"):
        queue.resume(finished)


@pytest.mark.parametrize("name", [name for name in whole_result() if name not in
                                  ("task", "thresholds", "peak_memory_mib", "validation", "device")])  # fmt: skip
@pytest.mark.parametrize("value", [..., "x", -1.5j])
def test_a_result_without_a_key_or_with_a_wrong_value_is_damaged(finished, name, value):
    if value == "x" and isinstance(whole_result()[name], str) and name != "split":
        value = 5
    with_key(finished.path / "result.json", **{name: value if value != -1.5j else [[]]})
    assert finished.state == "damaged" and repr(name) in finished.status["error"]["message"]


def test_keys_that_a_newer_version_added_do_no_harm(finished):
    with_key(finished.path / "result.json", novelty={"a": [1]})
    with_key(finished.path / "status.json", novelty=[1])
    with_key(finished.path / "meta.json", novelty="x")
    assert finished.state == "finished" and finished.meta["novelty"] == "x"
    with_key(finished.path / "config.json", novelty=1)
    assert finished.state == "damaged" and "Unknown setting: novelty" in finished.status["error"]["message"]


@pytest.mark.parametrize("how", JSON_HARMS)
def test_a_run_whose_name_is_lost_goes_by_its_id_and_its_time(finished, how):
    created = finished.meta["created"]
    harm(finished.path / "meta.json", how)
    assert finished.name == finished.id and abs(finished.meta["created"] - created) < 2
    assert finished.state == "finished" and list_folds() == []
    finished.meta["tags"].append("x")
    assert finished.meta["tags"] == []


@pytest.mark.parametrize(
    "wrong", [{"created": "now"}, {"created": 1e300}, {"tags": "a"}, {"tags": [1]}, {"name": 5}, {"fold": "1"}, {"fold": {"id": "a"}}]
)  # fmt: skip
def test_of_a_name_card_only_what_is_wrong_is_left_out(finished, wrong):
    with_key(finished.path / "meta.json", note="kept", **wrong)
    meta = finished.meta
    assert meta["note"] == "kept" and meta.get(next(iter(wrong))) != next(iter(wrong.values()))
    assert list_folds() == []


def test_events_that_lack_what_their_kind_needs_are_passed_over(finished):
    lines = [
        {"event": "step"}, {"event": "step", "step": "x"}, {"event": "evaluated"}, {"event": "warning"}, {"event": "started"},
        {"event": 5}, {"event": ["step"]}, [], "x", {"event": "step", "step": 3, "loss": 0.5}, {"novelty": 1},
    ]  # fmt: skip
    finished.events_path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with finished.events_path.open("ab") as file:
        file.write(b"[" * 200_000 + b"\n\xff\xfe\x00\n")
    assert read_history(finished).steps["step"].tolist() == [3]


def test_events_that_are_a_folder_are_none(finished):
    finished.events_path.mkdir()
    assert finished.events() == [] and finished.log_tail() == ""


@pytest.mark.parametrize("how", [*JSON_HARMS, "flipped"])
def test_damaged_predictions_are_named_with_what_to_do(finished, how):
    path = finished.predictions("test")
    path.parent.mkdir()
    path.write_bytes(b"PAR1" + bytes(range(200)) + b"PAR1")
    harm(path, how)
    with pytest.raises(RunError, match="predictions of run first") as caught:
        finished.read_predictions("test")
    assert "train it again" in caught.value.hint


def test_a_run_whose_folder_lost_its_config_is_still_shown_and_can_be_deleted_and_brought_back(finished):
    for name in ("config.json", "status.json", "meta.json"):
        (finished.path / name).unlink()
    assert [run.id for run in list_runs()] == [finished.id] and finished.state == "damaged"
    delete_run(finished)
    assert list_runs() == []
    assert restore_run(finished.id).state == "damaged"


def test_what_is_no_run_is_passed_over(home):
    run = create_run(RunConfig("x"))
    runs = run.path.parent
    (runs / "notes.txt").write_text("x")
    (runs / "empty").mkdir()
    (runs / "dangling").symlink_to(runs / "nowhere")
    (runs / "other").mkdir()
    (runs / "other" / "picture.png").write_bytes(b"x")
    assert list_runs() == [run]


def test_a_run_that_lost_only_its_status_can_be_resumed_from_its_checkpoint(home):
    run = create_run(RunConfig("x"))
    harm(run.path / "status.json", "cut")
    queue.resume(run)
    assert run.state == "queued" and tick() == [run.id]


@pytest.mark.parametrize("how", JSON_HARMS)
def test_a_damaged_run_does_not_keep_the_store_busy(finished, how):
    harm(finished.path / "store.json", how)
    assert [run.id for run in pending_runs()] == [finished.id]
    harm(finished.path / "config.json", how)
    assert pending_runs() == []


@pytest.mark.parametrize("length", [101, 300, 6000])
def test_an_endless_name_of_a_run_is_answered_with_a_sentence(home, length):
    with pytest.raises(RunError) as caught:
        get_run("A" * length)
    assert caught.value.message.startswith("There is no run 'AAAA") and len(caught.value.message) < 120


@pytest.mark.parametrize("ref", ["../../etc/passwd", "a\0b", "", ".", "ü" * 90, "\udcff"])
def test_names_that_can_be_no_folder_are_answered_with_a_sentence(home, ref):
    with pytest.raises(RunError, match="There is no run"):
        get_run(ref)


def test_a_run_is_not_given_an_endless_name(home):
    with pytest.raises(RunError, match="300 characters"):
        create_run(RunConfig("x"), "A" * 300)
    run = create_run(RunConfig("x"), "A" * 200)
    with pytest.raises(RunError, match="6,000 characters"):
        run.write_meta(name="A" * 6000)
    assert len(create_run(RunConfig("x" * 6000)).name) <= 200
    assert len(list_runs()) == 2
