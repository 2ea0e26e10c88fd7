"""The rule of *Balanced*: its boundaries, and that it has an answer for everything that can be trained."""

import pytest

from core.config import RunConfig
from core.runs.folder import create_run
from core.strategies.registry import STRATEGIES
from core.tasks import check_settings, task_of
from core.transfer.choice import FEW, MANY_CLASSES, choose, choose_for

KINDS = ("single_label", "text_pair", "multi_label", "regression")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "classes"), [(1, 1), (4, 2), (300, 150), (5000, 2), (10**6, 28)])
def test_every_choice_can_be_trained_and_says_what_it_is(kind, rows, classes):
    choice = choose(rows, classes, 30, kind)
    config = RunConfig("x", strategy=choice.strategy, epochs=choice.epochs)
    check_settings(config, task_of(kind))
    assert choice.sentence.startswith(STRATEGIES[choice.strategy].title)
    assert (choice.epochs is None) == (not STRATEGIES[choice.strategy].teacher.by_epochs)


@pytest.mark.parametrize("classes", [2, 6, MANY_CLASSES, 20])
def test_once_rows_suffice_for_the_whole_model_more_rows_never_take_it_back(classes):
    ways = [choose(rows * classes, classes).strategy for rows in range(1, 400)]
    assert set(ways[FEW:]) == {"full"}
    assert "full" not in ways[:FEW]


def test_pairs_are_for_few_rows_of_few_classes_and_texts_that_are_not_long():
    assert choose(FEW * 4, 4).strategy == choose(FEW * 4, 4, 400, on_gpu=True).strategy == "few_shot"
    others = choose(FEW * 4, 4, 400), choose(FEW * MANY_CLASSES, MANY_CLASSES), choose(300, 150)
    assert {choice.strategy for choice in others} == {"lp_ft"}


def test_what_was_not_measured_is_said():
    for choice in (choose(80, 10), choose(1280, 10)):
        assert "tried on few sets" in choice.sentence and choice.measured
    for choice in (
        choose(4, 2),
        choose(3000, 150),
        *(choose(320, 10, task=kind) for kind in KINDS[1:]),
    ):
        assert not choice.measured and "outside what was measured" in choice.sentence


def test_a_stored_set_is_chosen_for_by_the_rows_that_the_run_takes(dataset):
    classes = len(dataset.labels)
    few = choose_for(dataset, RunConfig(dataset.id, train_size=8 * classes, device="cpu"))
    assert few.strategy == "few_shot" and f"8 rows for each of {classes} class" in few.sentence


def test_the_sentence_stays_with_the_run(dataset):
    run = create_run(RunConfig(dataset.id), choice="because")
    assert run.meta["choice"] == "because"
