"""Studies are queued, stopped and resumed as one; without a scheduler, so that nothing runs."""

import pytest

from core.config import RunConfig
from core.data.sets.descriptions import write_descriptions
from core.errors import GraftError, StudyError
from core.runs.folder import create_run, delete_run, list_runs
from core.runs.ties import study_tie
from core.studies.carrying import resume, start, stop
from core.studies.folder import Planned, list_studies
from core.studies.standing import cell_state, state_of
from tests.run_results import whole_result


@pytest.fixture
def cells(dataset, tiny_encoder):
    base = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    return [Planned(name, {"rung": name}, base.changed(strategy=name)) for name in ("linear_probe", "scratch", "full")]


def finished(config):
    run = create_run(config)
    run.write_result(whole_result())
    run.write_status(state="finished")
    return run


def test_every_cell_gets_a_run_that_knows_its_study(cells):
    study = start("ladder", "First", "?", cells)
    runs = [cell.run for cell in study.cells()]
    assert [study_tie(run).cell for run in runs] == ["linear_probe", "scratch", "full"]
    assert {study_tie(run).id for run in runs} == {study.id} and state_of(study) == "queued"
    queued = [run.status["queued_at"] for run in runs]
    assert queued == sorted(queued), "they start in the order of the plan"


def test_a_finished_run_with_the_same_settings_is_used_again_whatever_its_device(cells):
    done = finished(cells[0].config.changed(device="cpu", checkpoint_seconds=5.0))
    finished(cells[1].config.changed(seed=7))
    study = start("ladder", "First", "?", cells)
    first, second, _ = study.cells()
    assert first.run == done and first.reused and cell_state(first) == "finished"
    assert not second.reused and cell_state(second) == "queued" and len(list_runs()) == 4


def test_a_run_from_before_the_classes_were_described_is_not_used_again(cells, dataset):
    done = finished(cells[0].config)
    done.write_status(ended_at=1.0)
    write_descriptions(dataset, {"neg": "They did not like it."})
    study = start("ladder", "First", "?", cells[:1])
    assert not study.cells()[0].reused and study.cells()[0].run != done


def test_where_one_cell_cannot_be_queued_nothing_is(cells):
    wrong = Planned("wrong", {}, cells[0].config.changed(model="no/such-model"))
    with pytest.raises(GraftError):
        start("ladder", "First", "?", [*cells, wrong])
    assert list_runs() == [] and list_studies() == []


def test_a_stop_reaches_all_of_its_runs_and_no_other(cells):
    done, other = finished(cells[0].config), create_run(cells[0].config.changed(seed=3))
    study = start("ladder", "First", "?", cells)
    study.cells()[1].run.write_status(state="running")
    assert stop(study) == 2
    assert [cell.run.stop_asked() for cell in study.cells()] == [False, True, True] and state_of(study) == "stopping"
    assert not other.stop_asked() and done.state == "finished"


def test_what_has_ended_cannot_be_stopped_and_what_is_whole_not_resumed(cells):
    for cell in cells:
        finished(cell.config)
    study = start("ladder", "First", "?", cells)
    assert state_of(study) == "finished"
    with pytest.raises(StudyError, match="under way"):
        stop(study)
    with pytest.raises(StudyError, match="finished or under way"):
        resume(study)


def test_resuming_goes_on_with_what_ended_early_and_begins_anew_what_is_gone(cells):
    study = start("ladder", "First", "?", cells)
    probe, scratch, full = (cell.run for cell in study.cells())
    probe.write_status(state="failed", error={"message": "The disk was full.", "hint": ""})
    scratch.write_status(state="interrupted")
    full.write_status(state="stopped")
    delete_run(full)
    assert state_of(study) == "stopped"
    assert resume(study) == 3
    after = study.cells()
    assert [cell.run.id for cell in after[:2]] == [probe.id, scratch.id] and after[2].run.id != full.id
    assert [cell_state(cell) for cell in after] == ["queued"] * 3


def test_a_reused_run_that_is_gone_is_trained_for_the_study(cells):
    done = finished(cells[0].config)
    study = start("ladder", "First", "?", cells[:1])
    delete_run(done)
    assert state_of(study) == "failed" and resume(study) == 1
    (cell,) = study.cells()
    assert not cell.reused and study_tie(cell.run).id == study.id
