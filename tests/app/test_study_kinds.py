"""Every kind of study on the pages: its form, half way, done; and runs that differ by seed as one line."""

import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.runs.folder import create_run, list_runs
from core.studies.carrying import add
from core.studies.folder import list_studies
from core.studies.kind import Asked, asked_of
from core.studies.registry import KINDS, start_study
from core.studies.search import next_search
from core.studies.sources import next_sources
from core.studies.trash import delete_study
from pages.components.studies.deletion import GONE
from pages.components.studies.questions import QUESTIONS
from pages.components.studies.study_view import VIEWS
from tests.app.test_pages import links, open_page, said
from tests.finished import finish


def form() -> AppTest:
    def page():
        from core.data.sets.store import list_datasets
        from pages.components.studies.new_study import new_study

        new_study(list_datasets()[0])

    return AppTest.from_function(page, default_timeout=60).run()


def choose(app: AppTest, kind: str) -> AppTest:
    (pills,) = (group for group in app.get("button_group") if group.key == "study_kind")
    return pills.set_value(kind).run()


def test_every_kind_has_a_question_and_a_view():
    assert set(QUESTIONS) == set(KINDS) == set(VIEWS)


@pytest.mark.parametrize("kind", [name for name in KINDS if name not in ("ladder", "domains", "together")])
def test_every_kind_can_be_started_from_its_form(dataset, kind):
    app = choose(form(), kind)
    assert not app.exception and KINDS[kind].explained[:40] in said(app)
    app.button(key="start_study").click().run()
    (study,) = list_studies()
    assert study.read()["kind"] == kind
    assert study.goes_on == (KINDS[kind].goes_on is not None)
    asked = asked_of(study)
    if kind in ("labels", "strategies", "settings", "seeds"):
        assert asked.seeds == 3 and "trainings" in said(app)


@pytest.mark.parametrize("name", ["adapt", "read_along", "self_train"])
def test_a_use_of_texts_without_labels_is_varied_by_one_tick(dataset, name):
    app = choose(form(), "settings")
    app.multiselect(key="study_vary").set_value([]).run()
    app.checkbox(key=f"study_vary_{name}").check().run()
    assert not app.exception
    if name == "self_train":
        app.button(key="start_study").click().run()
        assert "all 84 training rows" in app.error[0].value and "fewer" in app.error[0].value and list_studies() == []
        app.number_input(key=f"study_rows_{dataset.id}").set_value(40).run()
    app.button(key="start_study").click().run()
    (study,) = list_studies()
    assert {getattr(cell.plan.config, name) for cell in study.cells()} == {"none", "own"} and len(study.cells()) == 6


def test_values_that_are_no_numbers_are_named_and_nothing_starts(dataset):
    app = choose(form(), "settings")
    app.text_input(key="study_vary_learning_rate").set_value("1e-4, fast").run()
    assert not app.exception and any("'fast'" in error.value for error in app.error) and list_studies() == []


@pytest.fixture
def config(dataset, tiny_encoder):
    return RunConfig(dataset.id, str(tiny_encoder), max_length=32)


def shown(study) -> AppTest:
    app = open_page("results", study=study.id)
    assert not app.exception, app.exception
    return app


def finish_all(study, dataset, but: int = 0) -> None:
    cells = study.cells()
    for number, cell in enumerate(cells[: len(cells) - but]):
        if cell.run.state != "finished":
            finish(cell.run, dataset, 0.7 + 0.01 * number, draw=number, validation={"macro_f1": 0.7 + 0.01 * number})


@pytest.mark.parametrize("kind", ["strategies", "settings", "seeds"])
def test_ways_of_training_are_shown_half_way_and_done(dataset, config, kind):
    varied = {"epochs": (1, 2)} if kind == "settings" else {}
    asked = Asked(
        seeds=3,
        strategies=("full", "lora") if kind == "strategies" else (),
        vary=varied,
    )
    study = start_study(kind, config, asked)
    assert "queued" in said(shown(study)).lower()
    finish_all(study, dataset, but=1)
    app = shown(study)
    assert "judged by the same" in said(app) and "mean of 3 trainings" not in said(app)
    finish_all(study, dataset)
    app = shown(study)
    assert "too few" in said(app), "24 rows judge: nothing about them can be tested"
    assert any("mean of 3 trainings" in metric.label for metric in app.metric)


def test_the_score_of_a_study_in_the_table_is_a_mean_over_seeds_and_not_its_luckiest_run(dataset, config):
    study = start_study("strategies", config, Asked(seeds=3, strategies=("full", "lora")))
    for cell in study.cells():
        finish(cell.run, dataset, {"0": 1.0, "1": 0.5, "2": 0.5}.get(cell.plan.factors["seed"], 0.5), draw=0)
    scores = {seed: cell.run.result["metrics"] for cell in study.cells() for seed in [cell.plan.factors["seed"]]}
    name = next(iter(study.cells())).run.result["headline"]
    mean = sum(metrics[name] for metrics in scores.values()) / 3
    (row,) = (row for _, row in open_page("results").dataframe[0].value.iterrows() if row["Kind"] == "study")
    assert row["Score"].startswith(f"{100 * mean:.1f} %") and mean < 0.9


def test_a_labels_curve_is_shown_half_way_and_done(dataset, config):
    study = start_study("labels", config, Asked(seeds=3, sizes=(4, 8), strategies=("full", "scratch")))
    assert "The first figures come" in said(shown(study))
    finish_all(study, dataset, but=2)
    assert "Solid lines use what the source has learnt" in said(shown(study))
    finish_all(study, dataset)
    assert "With 8 labelled" in said(shown(study))


def test_a_ranking_is_shown_with_its_race(dataset, config):
    study = start_study("sources", config, Asked(seeds=1, sources=("minilm", config.model)))
    study.tell("ranking the sources", 0.4)
    app = shown(study)
    assert "the ranking comes first" in said(app) and "ranking the sources" in str(
        [bar.text for bar in app.get("progress")]
    )
    study.told_nothing()
    add(study, next_sources(study))
    assert "Ranked without training" in said(shown(study))
    finish_all(study, dataset)
    add(study, next_sources(study))
    finish_all(study, dataset)
    study.close()
    assert "sources, ranked in" in said(shown(study)) and "short round" in said(shown(study))


def test_a_best_in_a_time_is_shown_half_way_done_and_with_its_error(dataset, config):
    study = start_study("auto", config, Asked(minutes=5.0))
    assert "of 5 minutes" in said(shown(study))
    finish_all(study, dataset)
    assert any("so far" in metric.label for metric in shown(study).metric)
    study.fail("The set is gone.", "Bring it back.")
    app = shown(study)
    assert any("The set is gone." in error.value for error in app.error)
    study.let_go_on()
    study.close()
    assert "Handed over is" in said(shown(study))


def test_a_search_is_shown_half_way_and_done(dataset, config):
    study = start_study("search", config, Asked(seeds=3, trials=3, vary={"epochs": (1, 2, 3)}))
    assert "drawn at random" in said(shown(study))
    for _ in range(3):
        add(study, next_search(study))
        finish_all(study, dataset)
    assert any("Best so far" in metric.label for metric in shown(study).metric)
    add(study, next_search(study))
    finish_all(study, dataset)
    assert next_search(study) is None
    study.close()
    assert "does best on the validation rows" in said(shown(study))


@pytest.fixture
def three_seeds(dataset, config):
    for seed in (1, 2, 3):
        finish(create_run(config.changed(seed=seed), f"Mine · seed {seed}"), dataset, 0.8, draw=seed)
    return [run.id for run in list_runs()]


def test_runs_that_differ_by_seed_are_one_line_until_asked_apart(three_seeds):
    app = open_page("results")
    assert not app.exception
    (table,) = app.dataframe
    assert table.value["Name"].tolist() == ["Mine × 3 seeds"] and "83.3 % to 83.3 %" in table.value["Score"][0]
    app.toggle(key="seeds_as_one").set_value(False).run()
    assert len(app.dataframe[0].value) == 3


def test_a_comparison_of_seeds_speaks_of_training_this_way(three_seeds, dataset, config):
    finish(create_run(config.changed(epochs=9), "Other"), dataset, 0.5)
    other = next(run.id for run in list_runs() if run.name == "Other")
    app = open_page("results", runs=",".join([*three_seeds, other]))
    assert not app.exception and "Over the seeds" in [header.value for header in app.header]
    assert "Best of 2" in said(app) or "Mine × 3 seeds" in said(app)


def test_a_run_is_repeated_by_one_click_and_counts_as_the_first(dataset, config):
    finish(create_run(config, "Mine"), dataset, 0.8)
    (run,) = list_runs()
    app = open_page("results", run=run.id)
    assert not app.exception
    app.button(key="repeat_start").click().run()
    (study,) = list_studies()
    cells = study.cells()
    assert [cell.reused for cell in cells] == [True, False, False] and cells[0].run == run


def test_a_deleted_study_is_brought_back_from_the_page(dataset, config):
    study = start_study("seeds", config, Asked(seeds=3))
    for cell in study.cells():
        finish(cell.run, dataset, 0.9)
    app = open_page("results", study=study.id)
    app.button(key=f"delete_{study.id}").click().run()
    assert "you can undo it" in said(app) and app.checkbox(key="delete_study_runs").label.startswith(
        "Delete the 3 runs"
    )
    delete_study(study, with_runs=True)  # as the dialog's button does, which this way of testing does not reach
    app.session_state[GONE] = (study.id, study.name)
    app.query_params.pop("study")
    app.run()
    app.button(key="undo_study").click().run()
    assert not app.exception and [each.id for each in list_studies()] == [study.id] and len(list_runs()) == 3


def test_a_ladder_asks_how_many_labels_transfer_saves_and_tells_it_once_a_curve_has_found_it(dataset, config):
    ladder = start_study("ladder", config, Asked(seeds=1))
    finish_all(ladder, dataset)
    app = shown(ladder)
    assert "How many labels does transfer save" in links(app)
    curve = start_study("labels", config, Asked(seeds=3, sizes=(4, 8), strategies=("full", "scratch")))
    for number, cell in enumerate(curve.cells()):
        finish(cell.run, dataset, 0.9 if cell.plan.config.strategy == "full" else 0.6, draw=number)
    app = shown(ladder)
    assert "For what it reaches with 8 labels" in said(app) and "Open the labels curve" in links(app).splitlines()
