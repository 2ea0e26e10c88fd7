"""A study is deleted with or without its runs, and comes back as it was."""

import pytest

from core.config import RunConfig
from core.errors import StudyError
from core.runs.folder import list_runs
from core.studies.carrying import start
from core.studies.folder import Planned, list_studies
from core.studies.standing import state_of
from core.studies.trash import delete_study, own_runs, restore_study
from tests.run_results import whole_result


@pytest.fixture
def cells(dataset, tiny_encoder):
    base = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    return [Planned(name, {"rung": name}, base.changed(strategy=name)) for name in ("linear_probe", "scratch")]


def end(study):
    for cell in study.cells():
        if cell.run.state == "queued":
            cell.run.write_result(whole_result())
            cell.run.write_status(state="finished")


def test_a_study_under_way_is_not_deleted(cells):
    study = start("ladder", "First", "?", cells)
    with pytest.raises(StudyError, match="Stop it first"):
        delete_study(study)
    assert list_studies() == [study]


def test_its_runs_stay_unless_they_are_to_go_and_all_comes_back(cells):
    study = start("ladder", "First", "?", cells)
    end(study)
    assert delete_study(study) == [] and list_studies() == [] and len(list_runs()) == 2
    study = restore_study(study.id)
    gone = delete_study(study, with_runs=True)
    assert len(gone) == 2 and list_runs() == [] and list_studies() == []
    study = restore_study(study.id)
    assert {run.id for run in list_runs()} == set(gone) and state_of(study) == "finished"


def test_runs_that_another_study_uses_stay(cells):
    first = start("ladder", "First", "?", cells[:1])
    end(first)
    second = start("ladder", "Second", "?", cells)
    end(second)
    assert second.cells()[0].reused and own_runs(first) == []
    assert len(own_runs(second)) == 1
    own = second.cells()[1].run_id
    assert delete_study(second, with_runs=True) == [own]
    assert [run.id for run in list_runs()] == [first.cells()[0].run_id]


def test_a_damaged_study_can_be_deleted_and_one_that_is_not_there_not_restored(cells):
    study = start("ladder", "First", "?", cells)
    end(study)
    (study.path / "study.json").write_text("{")
    assert delete_study(study) == [] and list_studies() == []
    with pytest.raises(StudyError, match="not in the trash"):
        restore_study("ladder-20200101-000000-dead")
