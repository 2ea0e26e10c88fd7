"""Scores, from outputs to figures, tests and the verdict."""

import json

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from core.evaluation.baselines import counted, trivial
from core.evaluation.result import build_result
from core.evaluation.scores import evaluate
from core.evaluation.significance import paired_tests
from core.tasks import TASKS

TASK = TASKS["regression"]


def made(rows=300, noise=1.0, seed=0):
    random = np.random.default_rng(seed)
    truth = 2000 + 3 * random.normal(size=rows)
    return truth, truth + noise * np.random.default_rng(int(10 * noise)).normal(size=rows)


def test_figures_agree_with_scipy():
    truth, predicted = made()
    found = evaluate(TASK, truth, predicted, ("year",))
    assert found["metrics"]["rmse"] == pytest.approx(np.sqrt(np.mean((truth - predicted) ** 2)))
    assert found["metrics"]["mae"] == pytest.approx(np.mean(np.abs(truth - predicted)))
    assert found["metrics"]["pearson"] == pytest.approx(pearsonr(truth, predicted).statistic)
    assert found["metrics"]["spearman"] == pytest.approx(spearmanr(truth, predicted).statistic)
    for name in TASK.metrics:
        low, high = found["intervals"][name]
        assert low < found["metrics"][name] < high


def test_a_constant_has_no_correlation_and_that_can_be_written_down():
    truth, _ = made()
    found = evaluate(TASK, truth, np.full(len(truth), truth.mean()), ("year",))
    assert found["metrics"]["pearson"] is None and found["intervals"]["spearman"] == [None, None]
    json.dumps(found, allow_nan=False)


def test_the_smaller_error_is_the_better_one():
    truth, close = made(noise=0.5)
    _, far = made(noise=1.5)
    test = paired_tests(TASK, truth, close, far, 1)[0]
    assert test.metric == "rmse" and test.difference < 0 and test.verdict == "real"
    baselines = [(trivial("regression", truth, len(truth), 1), 0.0)]
    verdict = build_result(truth, close, ("year",), baselines, TASK)["verdict"]
    assert verdict["better"] and verdict["difference"] < 0
    assert verdict["sentence"].startswith("This run is better than Mean score by") and "of RMSE" in verdict["sentence"]


def test_words_that_carry_a_score_are_learnt():
    random = np.random.default_rng(0)
    texts = [" ".join(random.choice(["good", "bad", "fine", "film"], 6)) for _ in range(200)]
    scores = np.array([text.count("good") - text.count("bad") for text in texts], dtype=np.float32)
    baseline = counted("regression", texts[:150], scores[:150], texts[150:], 1, 0)
    assert np.corrcoef(baseline.outputs, scores[150:])[0, 1] > 0.9
