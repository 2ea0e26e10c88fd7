"""Several tasks at once as a study: its plan, and what it says of who gains."""

from dataclasses import replace

import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import ConfigError, StudyError
from core.evaluation.seeds import WaysTest
from core.studies import ways
from core.studies.cost import cost_of
from core.studies.kind import Asked
from core.studies.registry import answer_of, start_study
from core.studies.together import TaskOutcome, plan_together, together_sentence
from core.studies.ways import Line, Ways
from tests.conftest import sentences
from tests.finished import finish


def test_each_seed_has_one_training_of_all_and_one_on_each(dataset, other):
    cells = plan_together(dataset, RunConfig(dataset.id, strategy="few_shot"), Asked(seeds=2, tasks=(other.id,)))
    assert len(cells) == 8 and {cell.config.strategy for cell in cells} == {"full"}
    first = cells[:4]
    assert [cell.factors["learnt"] for cell in first] == ["together", "together", "alone", "alone"]
    assert [cell.config.dataset for cell in first] == [dataset.id, other.id] * 2
    assert [cell.config.beside for cell in first] == [other.id, dataset.id, None, None]
    assert {cell.config.seed for cell in cells} == {42, 43}


def test_a_training_alone_learns_from_the_rows_that_it_has_together(dataset, other):
    cells = plan_together(dataset, RunConfig(dataset.id, apart=other.id), Asked(seeds=1, tasks=(other.id,)))
    assert [cell.config.apart for cell in cells] == [None, None, other.id, dataset.id]
    assert [cell.config.apart_from for cell in cells] == [(other.id,), (dataset.id,)] * 2


def test_sets_of_one_name_are_told_apart(dataset, other, tmp_path):
    path = tmp_path / "again" / "others.csv"
    path.parent.mkdir()
    path.write_text("\n".join(["text,label", *(f"{text} so,{label}" for text, label in sentences(90, seed=5))]))
    twin = add_dataset(path)[0]
    cells = plan_together(dataset, RunConfig(dataset.id), Asked(seeds=1, tasks=(other.id, twin.id)))
    assert len({cell.factors["set"] for cell in cells}) == 3 and len({cell.name for cell in cells}) == 6


def test_one_set_or_a_set_without_labels_is_refused(dataset, home, tmp_path):
    with pytest.raises(StudyError, match="Only one set"):
        plan_together(dataset, RunConfig(dataset.id), Asked(tasks=(dataset.id,)))
    path = tmp_path / "plain.txt"
    path.write_text("\n".join(text for text, _ in sentences(30)))
    with pytest.raises(ConfigError, match="has no labels"):
        plan_together(dataset, RunConfig(dataset.id), Asked(tasks=(add_dataset(path)[0].id,)))


def test_the_training_of_all_costs_once(dataset, other, tiny_encoder):
    import numpy as np

    config = RunConfig(dataset.id, str(tiny_encoder), train_size=40)
    cells = plan_together(dataset, config, Asked(seeds=1, tasks=(other.id,)))
    lengths = {config.model: np.full(50, 12, dtype=np.int32)}
    both, first = (cost_of(cells[:count], dataset, lengths).seconds for count in (2, 1))
    assert first is not None and both is not None and first < both < 2 * first + 1


def test_a_study_carried_out_says_what_24_rows_carry(dataset, other, tiny_encoder):
    study = start_study(
        "together", RunConfig(dataset.id, str(tiny_encoder), max_length=32), Asked(seeds=3, tasks=(other.id,))
    )
    assert answer_of(study).sentence == "" and [task.headline for task in answer_of(study).tasks] == ["", ""]
    for number, cell in enumerate(study.cells()):
        finish(cell.run, dataset if cell.plan.config.dataset == dataset.id else other, 0.7, draw=number)
    told = answer_of(study).to_json()
    assert [task["name"] for task in told["tasks"]] == [dataset.name, other.name]
    assert {task["test"]["verdict"] for task in told["tasks"]} <= {"too_few_rows", "not_shown", "real"}
    assert "No difference is shown" in told["sentence"] and "left out" not in told["sentence"]


def test_rows_that_were_left_out_are_told_and_whether_of_both_ways(dataset, other, tiny_encoder):
    study = start_study(
        "together", RunConfig(dataset.id, str(tiny_encoder), max_length=32), Asked(seeds=1, tasks=(other.id,))
    )
    left_out = {dataset.id: {"train": 1200, "validation": 34}, other.id: {"train": 0, "validation": 0}}
    for cell in study.cells():
        own = dataset if cell.plan.config.dataset == dataset.id else other
        joint = {"run": "x", "sets": [dataset.id, other.id], "left_out": left_out} if cell.plan.config.beside else None
        finish(cell.run, own, 0.7, joint=joint)
    told = answer_of(study)
    assert [task["left_out"] for task in told.to_json()["tasks"]] == [1234, 0]
    said = f"Rows that measure another of the sets were left out, together as well as alone: 1,234 of {dataset.name}."
    assert said in told.sentence
    before = tuple(replace(task, is_fair=False) for task in told.tasks)
    assert f"were left out, but not alone: 1,234 of {dataset.name}." in together_sentence(before, (None, None))


def outcome(name, difference, verdict, seconds=(30.0, 12.0)):
    interval = (difference - 0.01, difference + 0.01)
    test = WaysTest("accuracy", difference, interval, 0.01, verdict, 500, (3, 3))
    lines = [
        Line(f"{name} · {way}", {}, ("r",), 3, "finished", (0.8,), seconds=own)
        for way, own in zip(("together", "alone"), seconds, strict=True)
    ]
    return TaskOutcome(
        name, name, "accuracy", lines[1], lines[0], Ways("accuracy", (), (), 500), ways.Tested("a", "b", test, 0.02)
    )


def test_the_sentence_names_who_gains_who_loses_and_of_whom_nothing_is_shown():
    tasks = (outcome("news", 0.031, "real"), outcome("mood", -0.022, "real"), outcome("spam", 0.004, "not_shown"))
    said = together_sentence(tasks, (30.0, 36.0))
    assert "these gain: news by 3.1 points (95 % interval 2.1 to 4.1)" in said
    assert "Others lose: mood by 2.2 points (95 % interval 1.2 to 3.2)" in said
    assert (
        "No difference is shown for spam, +0.4 points" in said
        and "One training of all 3 takes 30 s" in said
        and "36 s in all" in said
    )
    assert together_sentence((outcome("mood", -0.022, "real"),), (None, None)).startswith("These lose: mood")
