"""Cells that differ by seed alone are one line, tested against the others and the baselines."""

import json

import pytest

from core.config import RunConfig
from core.errors import ConfigError, StudyError
from core.runs.folder import create_run, list_runs
from core.studies.folder import Cell, Planned
from core.studies.grid import grid, options_of
from core.studies.kind import Asked, asked_of
from core.studies.registry import answer_of, kind_of, start_study
from core.studies.seed_groups import seed_groups, ways_of
from core.studies.ways import read_ways
from tests.finished import finish


def test_a_grid_has_every_combination_once_for_each_seed_and_one_of_what_is_fixed():
    config = RunConfig("set", seed=5)
    options = {"Full": {"strategy": "full"}, "Probe": {"strategy": "linear_probe"}}
    cells = grid(
        config, {"strategy": options, "rate": options_of("learning_rate", [1e-4, 1e-3])}, 2, fixed=("linear_probe",)
    )
    assert len(cells) == 6 and len({cell.name for cell in cells}) == 6
    assert [cell.config.seed for cell in cells] == [5, 5, 5, 5, 6, 6]
    assert {cell.config.strategy for cell in cells[4:]} == {"full"}
    assert cells[0].factors == {"strategy": "Full", "rate": "Learning rate 0.0001", "seed": "5"}
    drawn = grid(config.changed(train_size=50), {"strategy": options}, 2, fixed=("linear_probe",))
    assert len(drawn) == 4, "another seed draws other rows, from which a probe learns something else"


def test_a_grid_that_cannot_be_is_refused():
    with pytest.raises(StudyError, match="501"):
        grid(RunConfig("set"), {"epochs": {str(number): {"epochs": number} for number in range(1, 168)}}, 3)
    with pytest.raises(StudyError, match="no setting"):
        options_of("colour", [1])
    with pytest.raises(ConfigError):
        grid(RunConfig("set"), {"epochs": options_of("epochs", [0])})


@pytest.mark.parametrize("wrong", [{"seeds": 0}, {"seeds": 21}, {"minutes": 0.0}, {"trials": 0}])
def test_what_makes_no_sense_to_ask_is_refused(wrong):
    with pytest.raises(StudyError):
        Asked(**wrong)


def test_what_was_asked_comes_back_from_the_folder(dataset):
    asked = Asked("because", 4, vary={"epochs": (1, 2)})
    study = start_study("settings", RunConfig(dataset.id, strategy="linear_probe"), asked)
    assert asked_of(study) == asked
    json.dumps(answer_of(study).to_json())


@pytest.fixture
def repeated(dataset, tiny_encoder):
    """Two strategies with three seeds each: the first right on 95 of 100 rows, the second on 60."""
    config = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    study = start_study("strategies", config, Asked(seeds=3, strategies=("full", "lora")))
    for number, cell in enumerate(study.cells()):
        right = (0.95 if cell.plan.config.strategy == "full" else 0.6) + 0.01 * (number // 2)
        finish(cell.run, dataset, right, draw=number, seconds=20.0 if cell.plan.config.strategy == "full" else 5.0)
    return study


@pytest.fixture
def many_rows(tmp_path):
    """As many rows as the fixture of a data set of the tests takes: enough to judge by."""
    import pandas as pd

    from tests.conftest import sentences

    path = tmp_path / "reviews.csv"
    pd.DataFrame(sentences(900), columns=["review", "sentiment"]).to_csv(path, index=False)
    return path


@pytest.fixture
def dataset(home, many_rows):
    from core.data.sets.add import add_dataset

    return add_dataset(many_rows)[0]


def test_seeds_are_one_line_with_mean_and_interval_and_the_better_way_is_told(repeated):
    told = answer_of(repeated)
    full, lora = told.ways.line("Full fine-tuning"), told.ways.line("LoRA")
    assert len(full.values) == 3 and full.mean == pytest.approx(sum(full.values) / 3)
    assert full.interval[0] < full.mean < full.interval[1] and told.best is full
    test = told.ways.test("Full fine-tuning", "LoRA")
    assert test.verdict == "real" and test.seeds == (3, 3) and test.difference == pytest.approx(full.mean - lora.mean)
    assert told.ways.test("LoRA", "Full fine-tuning").difference == -test.difference
    assert "Best of 2: Full fine-tuning" in told.sentence and "shown to be worse" in told.sentence
    assert "over 3 seeds" in told.sentence
    assert told.front[-1] == "Majority class" and "LoRA" not in told.front, "what another beats in both is not marked"


def test_from_one_seed_no_verdict_about_ways_is_told(dataset, tiny_encoder):
    study = start_study(
        "strategies",
        RunConfig(dataset.id, str(tiny_encoder), max_length=32),
        Asked(seeds=1, strategies=("full", "lora")),
    )
    for cell, right in zip(study.cells(), (0.95, 0.6), strict=True):
        finish(cell.run, dataset, right)
    told = answer_of(study)
    assert {test.test.verdict for test in told.ways.tests} == {"too_few_seeds"}
    assert "do not tell ways of training apart" in told.sentence and "about these models" in told.sentence


def test_a_failed_cell_does_not_sink_the_study(repeated, dataset):
    cell = repeated.cells()[-1]
    cell.run.write_status(state="failed", error={"message": "Out of memory.", "hint": ""})
    told = answer_of(repeated)
    assert told.sentence and len(told.ways.line("LoRA").values) == 2
    assert told.ways.test("Full fine-tuning", "LoRA").verdict == "too_few_seeds"


def test_a_study_under_way_shows_figures_and_no_verdict(repeated):
    repeated.cells()[-1].run.write_status(state="running")
    told = answer_of(repeated)
    assert told.sentence == "" and told.ways.tests == () and told.ways.line("Full fine-tuning").mean


def test_a_repeat_says_how_far_trainings_lie_apart(dataset, tiny_encoder):
    study = start_study("seeds", RunConfig(dataset.id, str(tiny_encoder), max_length=32), Asked(seeds=3))
    for number, cell in enumerate(study.cells()):
        finish(cell.run, dataset, 0.8 + 0.02 * number, draw=number)
    assert len({cell.plan.config.seed for cell in study.cells()}) == 3
    told = answer_of(study).sentence
    assert "Trained 3 times it reaches 82.2 % accuracy on average, from 80.0 % to 84.4 %" in told, told


def test_what_trains_to_the_same_model_is_trained_once(dataset):
    config = RunConfig(dataset.id, strategy="linear_probe")
    assert len(kind_of("seeds").plan(dataset, config, Asked(seeds=3))) == 1


def test_runs_of_any_origin_that_differ_by_seed_are_a_group(dataset, tiny_encoder):
    config = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    for seed in (1, 2, 3):
        finish(create_run(config.changed(seed=seed, device="cpu"), f"Mine · seed {seed}"), dataset, 0.9, draw=seed)
    finish(create_run(config.changed(epochs=9), "Other"), dataset, 0.9)
    create_run(config.changed(seed=4), "Mine, waiting")
    (group,) = seed_groups(list_runs())
    assert [run.config.seed for run in group.runs] == [1, 2, 3] and group.name == "Mine × 3 seeds"
    ways = ways_of([run for run in list_runs() if run.state == "finished"])
    assert len(ways.line("Mine × 3 seeds").values) == 3 and len(ways.line("Other").values) == 1


def test_runs_on_other_rows_are_shown_untested(repeated):
    first = repeated.cells()[0].run
    first.write_result(first.result | {"rows_digest": "others"})
    told = answer_of(repeated)
    assert told.ways.tests == () and told.ways.line("Full fine-tuning").interval is None


def test_cells_without_results_are_lines_without_figures(dataset):
    cell = Cell(Planned("a", {"way": "A"}, RunConfig(dataset.id)), None, None, False)
    (line,) = read_ways([cell], final=True).lines
    assert line.mean is None and line.name == "A" and line.planned == 1


def test_two_ways_that_were_called_alike_stay_two(dataset, tiny_encoder):
    config = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    for epochs, right in ((2, 0.6), (9, 0.95)):
        for seed in (1, 2, 3):
            finish(
                create_run(config.changed(seed=seed, epochs=epochs), f"Mine · seed {seed}"), dataset, right, draw=seed
            )
    ways = ways_of(list_runs())
    trained = [line for line in ways.lines if line.planned]
    assert [len(line.values) for line in trained] == [3, 3] and trained[0].mean == pytest.approx(0.95, abs=0.01)
    assert ways.test(trained[0].name, trained[1].name).verdict == "real"


def test_baselines_of_several_sizes_are_a_line_each(dataset, tiny_encoder):
    config = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    study = start_study("settings", config, Asked(seeds=3, vary={"train_size": (20, 200)}))
    for number, cell in enumerate(study.cells()):
        finish(cell.run, dataset, 0.8, draw=number)
    names = [line.name for line in answer_of(study).ways.lines if not line.planned]
    assert {"TF-IDF + logistic regression, 20 rows", "TF-IDF + logistic regression, 200 rows"} <= set(names)


def test_the_figures_stand_when_the_set_is_deleted(repeated, dataset):
    from core.data.sets.store import delete_dataset
    from core.results.ways import _baseline

    _baseline.cache_clear()
    delete_dataset(dataset.id)
    told = answer_of(repeated)
    assert told.ways.test("Full fine-tuning", "LoRA").verdict == "real" and told.sentence


def test_runs_of_another_task_are_left_out_of_the_ways(dataset, tiny_encoder):
    config = RunConfig(dataset.id, str(tiny_encoder), max_length=32)
    for seed in (1, 2):
        finish(create_run(config.changed(seed=seed)), dataset, 0.9, draw=seed)
    other = create_run(config.changed(epochs=7), "Score")
    finish(other, dataset, 0.9)
    other.write_result(other.result | {"task": "regression", "metrics": {"rmse": 1.0, "mae": 1.0}})
    runs = sorted(list_runs(), key=lambda run: run.name == "Score")
    assert "Score" not in [line.name for line in ways_of(runs).lines]
