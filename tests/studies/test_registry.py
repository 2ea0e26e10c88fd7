import pytest

from core.config import RunConfig
from core.errors import StudyError
from core.strategies.registry import STRATEGIES
from core.studies.folder import create_study
from core.studies.kind import Asked
from core.studies.registry import KINDS, answer_of, start_study


def test_every_kind_is_known_by_its_name_and_plans_distinct_cells(dataset):
    for name, kind in KINDS.items():
        if name in ("domains", "together"):  # need sets of their own: tests/studies/test_domains.py, test_together.py
            continue
        assert kind.name == name and "{dataset}" in kind.question
        asked = Asked(vary={"epochs": (1, 2)} if "vary" in kind.asks else {})
        cells = kind.plan(dataset, RunConfig(dataset.id), asked)
        assert cells or kind.goes_on, "whatever does not plan looks for cells later"
        assert len({cell.name for cell in cells}) == len({repr(cell.config) for cell in cells}) == len(cells)


def test_a_study_of_an_unknown_kind_is_named(dataset):
    with pytest.raises(StudyError, match="no kind of study"):
        start_study("horoscope", RunConfig(dataset.id))
    study = create_study("horoscope", "From a newer version", "?", [], {})
    with pytest.raises(StudyError, match="'horoscope'"):
        answer_of(study)


@pytest.mark.parametrize(
    "asked, top",
    [("lp_ft", "lp_ft"), ("scratch", "full"), ("linear_probe", "full"), ("tfidf", "full"), ("few_shot", "few_shot")],
)
def test_the_ladder_has_fine_tuning_on_top_and_the_quickest_first(dataset, asked, top):
    config = RunConfig(dataset.id, strategy=asked, epochs=4, seed=9)
    probe, scratch, fine = KINDS["ladder"].plan(dataset, config, Asked("because", seeds=1))
    assert [probe.config.strategy, scratch.config.strategy, fine.config.strategy] == ["linear_probe", "scratch", top]
    assert {cell.config.seed for cell in (probe, scratch, fine)} == {9}
    assert scratch.config.epochs == (4 if STRATEGIES[top].teacher.by_epochs else None)
    assert fine.choice == ("because" if top == asked else "")


def test_an_unfinished_ladder_says_nothing_and_shows_what_it_waits_for(dataset):
    study = start_study("ladder", RunConfig(dataset.id), Asked(seeds=1), noun="reviews")
    told = answer_of(study)
    assert told.sentence == "" and told.gain is None and told.best_run is None
    assert [rung.name for rung in told.rungs] == [
        "trivial",
        "names",
        "counted",
        "scratch",
        "linear_probe",
        "fine_tuning",
    ]
    assert {rung.state for rung in told.rungs} == {"queued"} and study.read()[
        "question"
    ] == f"Does transfer pay on {dataset.name}?"
