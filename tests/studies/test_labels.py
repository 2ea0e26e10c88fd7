"""Labels needed: the plan, the curves, and the sentence."""

import json

import pandas as pd
import pytest

from core.config import RunConfig
from core.errors import StudyError
from core.studies.kind import Asked
from core.studies.label_series import equal_labels
from core.studies.registry import answer_of, kind_of, start_study
from tests.conftest import sentences
from tests.finished import finish


@pytest.fixture
def dataset(home, tmp_path):
    from core.data.sets.add import add_dataset

    path = tmp_path / "reviews.csv"
    pd.DataFrame(sentences(900), columns=["review", "sentiment"]).to_csv(path, index=False)
    return add_dataset(path)[0]


def test_every_method_learns_from_the_same_growing_draws_and_chooses_by_no_more_rows(dataset):
    config = RunConfig(dataset.id, strategy="lora", learning_rate=0.01)
    cells = kind_of("labels").plan(dataset, config, Asked(seeds=2, sizes=(4, 8, 10_000)))
    sizes = sorted({cell.config.train_size for cell in cells})
    assert sizes == [8, 16, dataset.size("train")] and len(cells) == 3 * 3 * 2
    assert {cell.config.strategy for cell in cells} == {"lora", "linear_probe", "scratch"}
    assert all(cell.config.validation_size <= cell.config.train_size for cell in cells)
    rates = {(cell.config.strategy, cell.config.learning_rate) for cell in cells}
    assert rates == {("lora", 0.01), ("linear_probe", None), ("scratch", None)}


@pytest.mark.parametrize("wrong", [Asked(sizes=(8, 8)), Asked(sizes=(0, 8)), Asked(strategies=("magic",))])
def test_sizes_that_do_not_grow_and_unknown_methods_are_refused(dataset, wrong):
    with pytest.raises(StudyError):
        kind_of("labels").plan(dataset, RunConfig(dataset.id), wrong)


@pytest.fixture
def curve(dataset, tiny_encoder):
    """Fine-tuning grows from 84 to 92 of 100, scratch stays at 60."""
    config = RunConfig(dataset.id, str(tiny_encoder), strategy="full", max_length=32)
    study = start_study(
        "labels", config, Asked(seeds=3, sizes=(4, 8, 16, 32, 64), strategies=("full", "scratch")), noun="reviews"
    )
    for number, cell in enumerate(study.cells()):
        size = cell.plan.config.train_size
        right = 0.95 - 0.3 * size**-0.5 if cell.plan.config.strategy == "full" else 0.6
        finish(cell.run, dataset, right, draw=number)
    return study


def test_the_curves_have_a_point_for_each_size_and_a_level_line_without_labels(curve):
    told = answer_of(curve)
    by_key = {one.key: one for one in told.series}
    assert [rows for rows, _ in by_key["full"].lines] == [8, 16, 32, 64, 128]
    assert [rows for rows, _ in by_key["names"].lines] == [0]
    assert {"scratch", "tfidf", "majority"} <= set(by_key)
    line = by_key["full"].lines[0][1]
    assert len(line.values) == 3 and line.interval[0] < line.mean < line.interval[1]
    assert told.more.labels == 128 + 1000 and told.more.value == pytest.approx(0.94, abs=0.02)
    assert [test.forecast.labels for test in told.tried] == [128] and told.tried[0].held
    assert [(tested.b, tested.test.seeds) for tested in told.tests][:1] == [
        ("TF-IDF + logistic regression, 8 labels", (3, 3))
    ]
    assert len(told.tests) == 5 and {tested.test.verdict for tested in told.tests} <= {"real", "not_shown"}
    json.dumps(told.to_json())


def test_the_sentence_says_both_ends_what_is_saved_and_what_more_would_bring(curve):
    said = answer_of(curve).sentence
    assert (
        "With 8 labelled reviews to learn from (and 24 more to choose the checkpoint) full fine-tuning reaches 8"
        in said
        and "with 128 9" in said
    )
    assert "counting words" in said
    assert "the same network without pretraining with 128 stays below that" in said
    assert "another 1,000 labels (95 % interval" in said and "which holds" in said and "3 draws" in said
    assert equal_labels(answer_of(curve), "scratch") == (8, None)


def test_half_way_there_are_curves_and_no_sentence(curve):
    cells = curve.cells()
    cells[-1].run.write_status(state="running")
    told = answer_of(curve)
    assert told.sentence == "" and told.more is None and told.tests == () and told.series


def test_before_anything_has_finished_there_is_nothing(dataset, tiny_encoder):
    study = start_study("labels", RunConfig(dataset.id, str(tiny_encoder), max_length=32), Asked(seeds=1, sizes=(4, 8)))
    told = answer_of(study)
    assert told.series == () and told.sentence == ""
    json.dumps(told.to_json())
