import json

import numpy as np

from core.evaluation.baselines import majority
from core.evaluation.notes import caveat_of
from core.evaluation.result import build_result, verdict_sentence
from core.evaluation.significance import PairedTest
from core.tasks import TASKS, interval_of, span, task_of


def test_the_sentence_names_the_better_one_and_its_gain():
    test = PairedTest("accuracy", -0.138, (-0.208, -0.075), 0.001, "real", 318)
    sentence = verdict_sentence("the probe", "the fine-tune", test)
    assert sentence.startswith("The fine-tune is better than the probe by 13.8 points of accuracy")
    assert "+7.5 to +20.8 points, 318 rows" in sentence


def test_what_is_not_shown_is_not_claimed():
    test = PairedTest("macro_f1", 0.02, (-0.01, 0.05), 0.3, "not_shown", 400)
    assert verdict_sentence("a", "b", test).startswith(
        "No difference in macro-F1 between a and b is shown (+2.0 points"
    )


def judged(truth, answers, labels, task="single_label", **more):
    """A result of these answers beside a baseline that always gives the first class."""
    outputs = np.eye(len(labels))[answers] if task == "single_label" else answers
    baseline = majority(np.zeros(9, dtype=int), len(truth), len(labels))
    return build_result(truth, outputs, labels, [(baseline, 0.0)], TASKS[task], **more)


def test_uneven_classes_are_judged_by_macro_f1_and_a_class_never_said_is_named():
    truth = np.array([0] * 60 + [1] * 40 + [2] * 9)
    result = judged(truth, np.where(truth == 2, 0, truth), ("a", "b", "ABBR"))
    assert result["headline"] == result["verdict"]["metric"] == "macro_f1"
    assert "points of macro-F1" in result["verdict"]["sentence"]
    assert "This run never answers with the class 'ABBR', which 9 rows truly have." in result["verdict"]["sentence"]


def test_even_classes_are_judged_by_accuracy_unless_the_whole_set_says_otherwise():
    truth = np.arange(60) % 2
    assert judged(truth, truth, ("a", "b"))["headline"] == "accuracy"
    assert judged(truth, truth, ("a", "b"), headline="macro_f1")["verdict"]["metric"] == "macro_f1"


def test_a_class_without_judged_rows_is_left_out_and_named():
    truth = np.arange(40) % 2
    result = judged(truth, truth, ("a", "b", "Shiping"))
    assert result["metrics"]["macro_f1"] == 1.0 and result["metrics"]["per_class"][2]["f1"] is None
    assert result["notes"] == ["No judged row has the class 'Shiping': it is left out of macro-F1 and shown as –."]
    assert "never answers" not in result["verdict"]["sentence"]
    json.dumps(result, allow_nan=False)


def test_what_carries_no_interval_says_why():
    truth = np.array([0] * 20 + [1] * 20 + [2])
    result = judged(truth, truth, ("a", "b", "rare"))
    assert result["intervals"]["macro_f1"] is None and result["intervals"]["accuracy"][0] < 1
    assert any("no interval" in note and "'rare'" in note for note in result["notes"])
    assert interval_of(result, "macro_f1") is None and span("macro_f1", None) == "no interval"


def test_rows_that_chose_the_checkpoint_are_said_to_have_done_so():
    truth = np.arange(60) % 2
    caveat = caveat_of("validation", TASKS["single_label"])
    result = judged(truth, truth, ("a", "b"), caveat=caveat)
    assert result["caveat"] == caveat and caveat in result["verdict"]["sentence"] and "chosen on these" in caveat
    assert "thresholds" in caveat_of("validation", TASKS["multi_label"])
    assert caveat_of("test", TASKS["single_label"]) is None


def test_a_single_run_speaks_of_two_models_and_not_of_their_training():
    truth = np.arange(60) % 2
    assert "these two models, not about training them again" in judged(truth, truth, ("a", "b"))["verdict"]["sentence"]


def test_a_few_large_errors_are_told_beside_rmse():
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 5, 300)
    task, labels = task_of("regression"), ("stars",)
    even = build_result(truth, truth + draw.normal(0, 1, 300), labels, [], task)
    few = build_result(truth, truth + draw.standard_t(2, 300), labels, [], task)
    assert not any("large errors" in note for note in even["notes"])
    assert any("A few large errors make up most of RMSE" in note for note in few["notes"])
    exact = build_result(truth, truth, labels, [], task)
    assert not any("large errors" in note for note in exact["notes"])


def test_where_frequent_labels_decide_micro_f1_the_mean_over_labels_is_told():
    truth = np.zeros((200, 4))
    truth[:, 0] = 1
    for label in (1, 2, 3):
        truth[label * 10 : label * 10 + 8, label] = 1
    outputs = np.tile([0.9, 0.1, 0.1, 0.1], (200, 1))
    result = build_result(truth, outputs, ("a", "b", "c", "d"), [], task_of("multi_label"), np.full(4, 0.5))
    assert any("The frequent labels decide micro-F1" in note and "25.0 %" in note for note in result["notes"])
    alike = build_result(truth, truth * 0.8 + 0.1, ("a", "b", "c", "d"), [], task_of("multi_label"), np.full(4, 0.5))
    assert not any("frequent labels" in note for note in alike["notes"])
