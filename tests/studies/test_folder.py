import json

import pytest

from core.config import RunConfig
from core.errors import StudyError
from core.runs.folder import create_run, delete_run
from core.studies.folder import Planned, create_study, get_study, list_studies
from core.studies.standing import cell_state, share_done, state_of, study_state


def planned(*names):
    return [Planned(name, {"rung": name}, RunConfig("set", seed=at)) for at, name in enumerate(names)]


@pytest.fixture
def study(home):
    return create_study("ladder", "First", "Does it pay?", planned("a", "b"), {})


def test_a_study_is_found_by_id_and_by_name_the_newest_first(study):
    other = create_study("ladder", "First", "Again?", planned("a"), {}, noun="messages")
    assert get_study(study.id) == study and {each.id for each in list_studies()} == {study.id, other.id}
    assert other.read()["noun"] == "messages" and study.read()["noun"] == "texts"
    with pytest.raises(StudyError, match="no study"):
        get_study("nothing")
    with pytest.raises(StudyError, match="no study"):
        get_study("../runs")


def test_a_run_that_was_queued_before_a_crash_is_found_again(study):
    run = create_run(RunConfig("set"), study={"id": study.id, "cell": "b"})
    create_run(RunConfig("set"), study={"id": "another", "cell": "a"})
    a, b = study.cells()
    assert (a.run, cell_state(a)) == (None, "open") and b.run == run and cell_state(b) == "queued"
    study.note_run("b", run.id)
    assert study.cells()[1].run_id == run.id


def test_a_deleted_run_is_missed_by_its_name(study):
    run = create_run(RunConfig("set"), study={"id": study.id, "cell": "a"})
    study.note_run("a", run.id)
    run.write_status(state="finished")
    delete_run(run)
    assert cell_state(study.cells()[0]) == "deleted" and study.cells()[0].run is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"kind": "ladder"}',
        '{"kind": "ladder", "name": 3}',
        None,
        "unknown setting",
        "cell without a config",
    ],
)
def test_a_damaged_study_says_so_and_harms_no_other(study, content):
    other = create_study("ladder", "Other", "?", planned("a"), {})
    path = study.path / "study.json"
    value = json.loads(path.read_text())
    if content is None:
        path.unlink()
        path.mkdir()
    elif content == "unknown setting":
        value["cells"][0]["config"]["speed_of_light"] = 1
        path.write_text(json.dumps(value))
    elif content == "cell without a config":
        del value["cells"][0]["config"]
        path.write_text(json.dumps(value))
    else:
        path.write_text(content)
    assert state_of(study) == "damaged" and study.name == study.id
    with pytest.raises(StudyError, match="damaged"):
        study.cells()
    assert state_of(other) == "stopped" and {each.id for each in list_studies()} == {study.id, other.id}


@pytest.mark.parametrize(
    "states, whole",
    [
        (["queued", "queued"], "queued"), (["running", "queued"], "running"), (["finished", "queued"], "running"),
        (["stopping", "queued"], "stopping"), (["finished", "finished"], "finished"), (["finished", "stopped"], "stopped"),
        (["finished", "interrupted"], "stopped"), (["finished", "failed"], "partial"), (["finished", "deleted"], "partial"),
        (["failed", "failed"], "failed"), (["finished", "open"], "stopped"), (["failed", "running"], "running"),
    ],
)  # fmt: skip
def test_the_state_of_a_study_follows_from_its_cells(states, whole):
    assert study_state(states) == whole


def test_the_share_done_counts_cells_that_are_on_their_way(study):
    for cell, state, share in (("a", "finished", 1.0), ("b", "running", 0.5)):
        run = create_run(RunConfig("set"), study={"id": study.id, "cell": cell})
        run.write_status(state=state, progress=share)
    assert share_done(study.cells()) == pytest.approx(0.75)
