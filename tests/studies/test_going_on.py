"""Studies whose runs follow from earlier ones: the driver, what is asked of it, and how it is kept alive."""

import json
import os
import time
from dataclasses import replace

import pytest

from core.config import RunConfig
from core.errors import GraftError, StudyError
from core.jobs.drivers import MOST_STARTS, Drivers, driver_lock
from core.runs.folder import list_runs
from core.studies import driving
from core.studies.auto import next_auto, plan_auto
from core.studies.carrying import add, resume, stop
from core.studies.folder import Planned, list_studies
from core.studies.kind import Asked
from core.studies.registry import KINDS, answer_of, start_study
from core.studies.search import next_search, space
from core.studies.sources import needs_choosing_rows, next_sources, validation_score
from core.studies.standing import state_of
from tests.finished import finish


@pytest.fixture
def config(dataset, tiny_encoder):
    return RunConfig(dataset.id, str(tiny_encoder), max_length=32, epochs=4, learning_rate=1e-3)


def carried_out(study, dataset, right=lambda cell: 0.9):
    """Let every queued run of a study finish."""
    for number, cell in enumerate(study.cells()):
        if cell.run and cell.run.state == "queued":
            validation = {"macro_f1": right(cell), "loss": 0.1}
            finish(cell.run, dataset, right(cell), draw=number, validation=validation)


def test_a_source_study_ranks_races_shortly_and_then_in_whole(config, dataset, tiny_encoder):
    study = start_study("sources", config, Asked(seeds=2, sources=("minilm", str(tiny_encoder))))
    assert study.cells() == [] and state_of(study) == "running" and answer_of(study).ranking == ()
    first = next_sources(study)
    told = answer_of(study)
    assert told.ranking[0].source == "minilm" and told.ranking[0].ranks[0] == 1
    assert [cell.factors["round"] for cell in first] == ["short", "short"] and {
        cell.config.epochs for cell in first
    } == {2}
    add(study, first)
    assert next_sources(study) == (), "it waits for those that are there"
    carried_out(study, dataset, lambda cell: 0.9 if cell.plan.config.model == "minilm" else 0.6)
    whole = next_sources(study)
    assert len(whole) == 4 and {cell.config.epochs for cell in whole} == {4} and whole[0].config.model == "minilm"
    add(study, whole)
    carried_out(study, dataset, lambda cell: 0.9 if cell.plan.config.model == "minilm" else 0.6)
    assert next_sources(study) is None
    study.close()
    told = answer_of(study)
    assert state_of(study) == "finished" and told.realised[0][1:] == (1, 1)
    assert "ranked in" in told.sentence and "named the winner" in told.sentence
    json.dumps(told.to_json())


def test_a_ranking_without_labels_is_refused(home, tmp_path):
    from core.data.sets.add import add_dataset

    (tmp_path / "texts.txt").write_text("\n".join(f"line number {number} of a text" for number in range(40)))
    dataset, _ = add_dataset(tmp_path / "texts.txt")
    for kind in ("sources", "auto", "search"):
        with pytest.raises(StudyError, match="no labels"):
            start_study(kind, RunConfig(dataset.id), Asked())
    assert list_studies() == []


def test_the_driver_adds_waits_and_ends_and_one_is_enough(config, dataset, monkeypatch):
    steps = [(Planned("a", {"way": "a"}, config),), (), (Planned("b", {"way": "b"}, config.changed(seed=7)),), None]
    asked = []

    def goes_on(study):
        asked.append(len(study.cells()))
        return steps.pop(0)

    kind = KINDS["sources"]
    monkeypatch.setitem(KINDS, "sources", type(kind)(*(
        getattr(kind, name) if name != "goes_on" else goes_on for name in kind.__slots__
    )))  # fmt: skip
    study = start_study("sources", config, Asked())
    held = driver_lock(study.path)
    assert held.take() and driving.drive(study.path) == 0 and asked == [], "another is at work"
    held.release()
    assert driving.drive(study.path, sleep=lambda seconds: None) == 0
    assert asked == [0, 1, 1, 2] and study.is_done and not study.goes_on
    assert [cell.plan.name for cell in study.cells()] == ["a", "b"] and len(list_runs()) == 2


def test_what_goes_wrong_is_told_and_the_study_can_go_on(config, monkeypatch):
    def fails(study):
        raise StudyError("The set is gone.", "Bring it back.")

    kind = KINDS["sources"]
    monkeypatch.setitem(KINDS, "sources", type(kind)(*(
        getattr(kind, name) if name != "goes_on" else fails for name in kind.__slots__
    )))  # fmt: skip
    study = start_study("sources", config, Asked())
    assert driving.drive(study.path) == 0
    assert state_of(study) == "stopped" and study.error["message"] == "The set is gone." and study.doing is None
    assert resume(study) == 0 and study.goes_on and study.error is None


def test_a_stopped_study_looks_for_no_more_until_it_is_resumed(config, dataset):
    study = start_study("auto", config, Asked(minutes=5.0))
    assert stop(study) == 2 and not study.goes_on and all(cell.run.stop_asked() for cell in study.cells())
    for cell in study.cells():
        cell.run.write_status(state="stopped")
        cell.run.clear_stop()
    assert state_of(study) == "stopped" and not study.goes_on
    assert resume(study) == 2 and study.goes_on and state_of(study) == "queued"


def test_a_scheduler_starts_a_driver_and_holds_a_study_whose_driver_dies_again_and_again(config, monkeypatch):
    study = start_study("sources", config, Asked())
    started = []

    class Dead:
        def poll(self):
            return 1

    monkeypatch.setattr("core.jobs.drivers._start", lambda folder: started.append(folder) or Dead())
    monkeypatch.setattr("core.jobs.drivers.EVERY", 0.0)
    drivers = Drivers()
    for _ in range(MOST_STARTS):
        assert drivers.look()
    assert started == [study.path] * MOST_STARTS
    drivers.look()
    assert study.is_held and "times without a word" in study.error["message"] and state_of(study) == "stopped"
    assert not drivers.look()


def test_auto_tries_what_fits_in_the_order_of_the_evidence_and_hands_over_by_validation(config, dataset):
    cells = plan_auto(dataset, config, Asked(minutes=30.0))
    assert [cell.config.strategy for cell in cells] == ["tfidf", "linear_probe"]
    study = start_study("auto", config, Asked(minutes=30.0, sources=("nowhere/at-all",)[:0]))
    assert next_auto(study) == (), "one way ahead is enough"
    carried_out(study, dataset, lambda cell: 0.8 if cell.plan.config.strategy == "tfidf" else 0.7)
    told = answer_of(study)
    assert told.sentence == "" and told.run == study.cells()[0].run.id
    (third,) = next_auto(study)
    while third.config.strategy == "linear_probe":  # of another source at hand
        add(study, (third,))
        carried_out(study, dataset, lambda cell: 0.6)
        (third,) = next_auto(study)
    assert third.choice.startswith("The rule of thumb")
    add(study, (third,))
    carried_out(study, dataset, lambda cell: 0.95)
    assert answer_of(study).run == study.cells()[-1].run.id
    study.close()
    told = answer_of(study)
    assert "Handed over is" in told.sentence and "validation rows chose it" in told.sentence
    json.dumps(told.to_json())


def test_auto_never_hands_over_less_than_what_counting_words_reaches_on_the_rows_that_choose(config, dataset):
    study = start_study("auto", config, Asked(minutes=30.0))
    carried_out(study, dataset, lambda cell: 0.9 if cell.plan.config.strategy == "tfidf" else 0.5)
    study.close()
    told = answer_of(study)
    assert told.run == study.cells()[0].run.id and "Handed over is Counted words" in told.sentence


def test_when_the_time_is_over_auto_stops_what_runs_and_ends(config, dataset, monkeypatch):
    study = start_study("auto", config, Asked(minutes=1.0))
    first, second = (cell.run for cell in study.cells())
    finish(first, dataset, 0.8, validation={"macro_f1": 0.8})
    second.write_status(state="running", started_at=time.time())
    later = time.time() + 61
    monkeypatch.setattr("core.studies.auto.time.time", lambda: later)
    assert next_auto(study) == () and second.stop_asked()
    second.write_status(state="stopped")
    assert next_auto(study) is None
    study.close()
    assert state_of(study) == "finished" and answer_of(study).run == first.id


def test_a_search_draws_other_settings_each_time_goes_on_after_a_crash_and_trains_the_winner(config, dataset):
    study = start_study(
        "search", config, Asked(seeds=2, trials=6, vary={"epochs": (1, 2, 3), "learning_rate": (1e-4, 1e-2)})
    )
    drawn = set()
    for number in range(6):
        (trial,) = next_search(study)
        if number == 2:  # drawn, and the process was killed before it was queued
            (again,) = next_search(study)
            assert again.config == trial.config and again.name == trial.name
        drawn.add(trial.config.learning_rate)
        assert 1e-4 <= trial.config.learning_rate <= 1e-2 and trial.config.epochs in (1, 2, 3)
        add(study, (trial,))
        if number == 3:
            study.cells()[-1].run.write_status(state="failed", error={"message": "Out of memory.", "hint": ""})
        carried_out(study, dataset, lambda cell: 0.5 + 0.1 * cell.plan.config.epochs)
    assert len(drawn) == 6
    final = next_search(study)
    assert len(final) == 4 and {cell.factors["way"] for cell in final} == {"The winner", "The usual settings"}
    assert {cell.config.epochs for cell in final if cell.factors["way"] == "The winner"} <= {2, 3}
    assert {cell.config.test_size for cell in final} == {config.test_size}
    assert config.seed not in {cell.config.seed for cell in final}, "the model that won was picked for its luck too"
    add(study, final)
    carried_out(study, dataset)
    assert next_search(study) is None
    study.close()
    told = answer_of(study)
    assert "does best on the validation rows" in told.sentence and "few trainings" in told.sentence
    assert {one.state for one in told.trials} == {"finished", "failed"}
    json.dumps(told.to_json())


def test_a_search_of_which_no_trial_could_be_trained_says_so(config):
    study = start_study("search", config, Asked(seeds=1, trials=1, vary={"epochs": (1,)}))
    add(study, next_search(study))
    study.cells()[0].run.write_status(state="failed", error={"message": "No.", "hint": ""})
    with pytest.raises(StudyError, match="No trial"):
        next_search(study)
    with pytest.raises(StudyError, match="no setting"):
        start_study("search", config, Asked(vary={"colour": (1, 2)}))


def test_the_usual_space_lies_around_what_fits_the_source(config):
    told = space(config, Asked())
    low, high = told["learning_rate"]
    assert low < high and set(told["batch_size"]) == {8, 16, 32} and max(told["max_length"]) == config.max_length
    assert space(config, Asked(strategies=("full", "lora")))["strategy"] == ["full", "lora"]


def test_the_score_that_chooses_is_the_best_on_validation_rows_higher_is_better():
    assert (
        validation_score({"validation": {"loss": 0.1, "macro_f1": 0.7, "accuracy": 0.9}, "validation_rows": 9}) == 0.7
    )
    assert validation_score({"validation": {"loss": 0.1, "rmse": 1.5}, "validation_rows": 9}) == -1.5
    assert validation_score({"validation": {"loss": 0.0}, "validation_rows": 9}) is None, (
        "losses of a probe are no scores"
    )
    judged = {"validation": None, "headline": "accuracy", "metrics": {"accuracy": 0.4}}
    assert validation_score(judged) is None, "nothing may choose by the rows that judge"


def test_a_study_of_a_damaged_memo_begins_that_part_anew(config, tiny_encoder):
    study = start_study("sources", config, Asked(seeds=1, sources=("minilm",)))
    (study.path / "memo-ranking.json").write_text('{"candidates": [{"source": 3, "colour": 1}]}')
    assert answer_of(study).ranking == ()
    assert next_sources(study)[0].factors["round"] == "whole", "one source needs no race"
    assert os.path.exists(study.path / "memo-ranking.json") and answer_of(study).ranking[0].rank == 1


def test_a_cell_that_was_taken_in_and_not_queued_is_queued_by_the_next_driver(config, dataset, monkeypatch):
    study = start_study("sources", config, Asked())
    study.add_cells([Planned("a", {"round": "short"}, config)], {})
    kind, asked = KINDS["sources"], []

    def goes_on(study):
        asked.append([cell.run is not None for cell in study.cells()])

    monkeypatch.setitem(
        KINDS,
        "sources",
        type(kind)(*(getattr(kind, name) if name != "goes_on" else goes_on for name in kind.__slots__)),
    )
    assert driving.drive(study.path) == 0 and asked == [[True]]


def test_an_idea_that_cannot_be_carried_out_does_not_sink_the_rest(config, dataset):
    study = start_study("auto", config, Asked(minutes=30.0, sources=("no-such/folder/at/all", "minilm")))
    carried_out(study, dataset, lambda cell: 0.7)
    (following,) = next_auto(study)
    assert following.config.model == "minilm"
    told = next(one for one in answer_of(study).tried if one.state == "left out")
    assert "cannot be tried" in told.why


def test_a_set_without_rows_to_choose_by_is_refused(dataset):
    sizes = {part: dataset.size(part) for part in ("train", "test")} | {"validation": 0}
    with pytest.raises(StudyError, match="no validation rows"):
        needs_choosing_rows(replace(dataset, sizes=sizes))
    needs_choosing_rows(dataset)


@pytest.mark.parametrize("name", ["test_size", "validation_size", "seed", "dataset"])
def test_what_decides_who_is_judged_by_what_is_no_setting_to_vary(config, name):
    for kind in ("search", "settings"):
        with pytest.raises(StudyError):
            start_study(kind, config, Asked(vary={name: (10, 20)}))
    assert list_studies() == []


def test_values_that_cannot_be_are_refused_before_a_search_begins(config):
    with pytest.raises(GraftError, match="batch_size"):
        start_study("search", config, Asked(vary={"batch_size": (0, 8)}))
    assert list_studies() == []


def test_going_on_trains_what_was_under_way_and_not_what_had_been_ended_on_purpose(config, dataset):
    study = start_study("search", config, Asked(seeds=1, trials=5, vary={"epochs": (1, 2)}))
    for _ in range(2):
        add(study, next_search(study))
        carried_out(study, dataset) if len(study.cells()) > 1 else study.cells()[0].run.write_status(state="stopped")
    add(study, next_search(study))
    stop(study)
    poor, _, last = study.cells()
    last.run.write_status(state="stopped")
    last.run.clear_stop()
    assert resume(study) == 1 and poor.run.state == "stopped" and last.run.state == "queued" and study.goes_on


def test_a_study_that_is_done_is_not_gone_on_with_and_a_pause_does_not_count(config, dataset, monkeypatch):
    study = start_study("auto", config, Asked(minutes=1.0))
    stop(study)
    later = time.time() + 3600
    monkeypatch.setattr("core.studies.carrying.time.time", lambda: later)
    for cell in study.cells():
        cell.run.write_status(state="stopped")
        cell.run.clear_stop()
    resume(study)
    monkeypatch.setattr("core.studies.auto.time.time", lambda: later + 1)
    assert next_auto(study) == () and not any(cell.run.stop_asked() for cell in study.cells()), (
        "an hour's pause is no work"
    )
    carried_out(study, dataset)
    study.close()
    with pytest.raises(StudyError, match="is done"):
        resume(study)
