"""Home with a ladder: queued, half way, done, stopped, damaged; and the form that starts one."""

import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.data.sets.samples import SAMPLES
from core.models.classifier import load_classifier
from core.runs.folder import list_runs
from core.runs.ties import study_tie
from core.studies.demo import sample_shown
from core.studies.folder import list_studies
from core.studies.kind import Asked
from core.studies.registry import start_study
from tests.app.test_pages import open_page, said
from tests.finished import finish


@pytest.fixture
def study(dataset, tiny_encoder):
    return start_study(
        "ladder", RunConfig(dataset.id, str(tiny_encoder), max_length=32), Asked(seeds=1), noun="reviews"
    )


def test_try_it_now_stores_the_sample_starts_the_ladder_and_shows_it(home):
    app = open_page("home")
    app.button(key="try_now").click().run()
    assert not app.exception
    (study,) = list_studies()
    assert [study_tie(run).id for run in list_runs()] == [study.id] * 3
    assert SAMPLES[sample_shown()].title in said(app) and "Does transfer pay on" in said(app)
    assert "Counted words waits" in said(app) and "0 of 3 trainings done" in str(
        [bar.text for bar in app.get("progress")] or said(app)
    )
    assert "Last runs" not in said(app), "the runs of a study stand in it"
    app.button(key="try_now").click().run()
    assert not app.exception and len(list_studies()) == 1, "a second click shows the ladder that is there"


def test_bars_come_as_each_rung_is_done_and_the_verdict_at_the_end(study, dataset):
    probe, scratch, fine = (cell.run for cell in study.cells())
    finish(probe, dataset, 0.8)
    app = open_page("home")
    assert not app.exception
    assert "Linear probe · 8" in said(app) and "Names alone, no labels · 0.0 %" in said(app)
    assert "No pretraining waits" in said(app) and "labelled reviews" not in said(app)
    finish(scratch, dataset, 0.5)
    finish(fine, dataset, 1.0)
    app = open_page("home")
    assert not app.exception
    assert "100 of 100 are answered right" in said(app) and "labelled reviews" in said(app)
    assert "trainings done" not in said(app)


def test_a_chip_is_answered_beside_the_truth(study, dataset, tiny_encoder):
    for cell in study.cells():
        finish(cell.run, dataset, 0.9)
    fine = study.cells()[2].run
    load_classifier(str(tiny_encoder), dataset.labels, seed=0).save(fine.model)
    app = open_page("home")
    (chips,) = app.get("button_group")
    chips.set_value(chips.options[0]).run()
    assert not app.exception and "The model says" in said(app) and "the truth is" in said(app)


def test_a_stopped_ladder_can_go_on_and_a_failed_training_says_why(study, dataset):
    probe, scratch, fine = (cell.run for cell in study.cells())
    finish(probe, dataset, 0.8)
    scratch.write_status(state="failed", error={"message": "The disk was full.", "hint": "Free some."})
    fine.write_status(state="stopped")
    app = open_page("home")
    assert "No pretraining failed: The disk was full." in said(app)
    app.button(key=f"study_Go on_{study.id}").click().run()
    assert not app.exception and [run.state for run in (scratch, fine)] == ["queued", "queued"]
    app.button(key=f"study_Stop_{study.id}").click().run()
    assert not app.exception and fine.stop_asked() and scratch.stop_asked()


def test_a_damaged_study_costs_its_own_place_alone(study):
    (study.path / "study.json").write_text("{")
    app = open_page("home")
    assert not app.exception and any("is damaged" in error.value for error in app.error)
    assert any(button.key == "try_now" for button in app.button)


def test_the_form_starts_a_ladder_with_the_chosen_top_and_rows(dataset):
    def page():
        from core.data.sets.store import list_datasets
        from pages.components.studies.new_study import new_study

        new_study(list_datasets()[0])

    app = AppTest.from_function(page, default_timeout=60).run()
    app.selectbox(key="study_strategy").set_value("lora")
    app.number_input(key=f"study_rows_{dataset.id}").set_value(40)
    app.button(key="start_study").click().run()
    (study,) = list_studies()
    configs = [cell.plan.config for cell in study.cells()]
    assert configs[2].strategy == "lora" and {config.train_size for config in configs} == {40}
