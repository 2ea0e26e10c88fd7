import numpy as np
import pytest

from core.metrics.loss import LOSS, log_loss
from core.metrics.metric import Answered


def test_log_loss_is_the_mean_cross_entropy():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    assert log_loss(np.array([0, 1]), probabilities) == pytest.approx(-(np.log(0.5) + np.log(0.75)) / 2)


def test_answers_alone_have_no_loss():
    with pytest.raises(ValueError, match="outputs"):
        LOSS.forms["single_label"].value(Answered(np.array([0]), np.array([0]), 2))
