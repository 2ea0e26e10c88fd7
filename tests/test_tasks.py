import numpy as np
import pytest

from core.config import RunConfig
from core.errors import ConfigError
from core.tasks import (
    TASKS,
    check_settings,
    encode_targets,
    figure,
    join_labels,
    readable,
    scale_of,
    split_labels,
    task_of,
)


def test_answers_become_the_array_that_their_task_learns_from():
    one = encode_targets(TASKS["single_label"], ["b", "a"], ("a", "b"))
    several = encode_targets(TASKS["multi_label"], ["a|c", ""], ("a", "b", "c"))
    scores = encode_targets(TASKS["regression"], ["7", "3.5"], ("rating",))
    assert one.tolist() == [1, 0] and one.dtype == np.int64
    assert several.tolist() == [[1, 0, 1], [0, 0, 0]] and several.dtype == np.float32
    assert scores.tolist() == [7.0, 3.5] and scores.dtype == np.float32


def test_joined_labels_come_apart_again():
    assert split_labels(join_labels(("a", "b"))) == ("a", "b") and split_labels("") == ()


def test_a_task_is_known_by_a_sets_word_and_by_a_models():
    assert task_of("text_pair").kind == task_of("single_label_classification").kind == "single_label"
    assert task_of("multi_label_classification").kind == "multi_label" and task_of("regression").headline == "rmse"


def test_scores_that_never_vary_keep_a_spread_of_one():
    assert scale_of(np.full(4, 3.0)) == (3.0, 1.0)


@pytest.mark.parametrize("setting", [{"class_weights": True}, {"focal_gamma": 2.0}, {"label_smoothing": 0.1}])
def test_settings_for_classes_are_refused_for_scores_and_named(setting):
    with pytest.raises(ConfigError, match=next(iter(setting))):
        check_settings(RunConfig("x", **setting), TASKS["regression"])
    check_settings(RunConfig("x", **setting), TASKS["multi_label"])


def test_a_checkpoint_cannot_be_chosen_by_a_score_of_another_task():
    with pytest.raises(ConfigError, match="'rmse'"):
        check_settings(RunConfig("x", best_by="rmse"), TASKS["single_label"])
    check_settings(RunConfig("x", best_by="rmse"), TASKS["regression"])


def test_numbers_are_read_without_powers_of_ten():
    assert [readable(number) for number in (1998.4, 4.183, 0.01234, -12.34, 0.0)] == [
        "1998",
        "4.18",
        "0.0123",
        "-12.3",
        "0",
    ]


def test_a_share_is_read_in_per_cent_and_an_error_in_its_units():
    assert figure("accuracy", 0.8516) == "85.2 %" and figure("rmse", 0.8431) == "0.843"
    assert (figure("pearson", None), figure("accuracy", None, undefined="–")) == ("not defined", "–")
