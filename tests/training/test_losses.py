import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.training.losses import build_loss, class_weights, label_weights

LABELS = np.array([0] * 9 + [1] * 3)
LOGITS = torch.randn(12, 2, generator=torch.Generator().manual_seed(0))
TRUTH = torch.tensor(LABELS)


def loss(**settings):
    return build_loss(RunConfig("x", **settings), LABELS, 2, "cpu")(LOGITS, TRUTH).item()


def test_weighted_classes_count_the_same():
    weights = class_weights(LABELS, 3)
    assert weights == pytest.approx([12 / 18, 2.0, 0.0])
    each = torch.nn.functional.cross_entropy(LOGITS, TRUTH, reduction="none").numpy()
    assert loss(class_weights=True) == pytest.approx(
        (each[LABELS == 0].mean() + each[LABELS == 1].mean()) / 2, rel=1e-5
    )


def test_focal_loss_is_cross_entropy_at_zero_and_falls_with_gamma():
    plain = torch.nn.functional.cross_entropy(LOGITS, TRUTH).item()
    assert loss() == pytest.approx(plain)
    assert loss(focal_gamma=1e-6) == pytest.approx(plain, rel=1e-4)
    assert loss(focal_gamma=2.0) < loss(focal_gamma=1.0) < plain


def test_focal_loss_by_hand():
    right = torch.softmax(LOGITS, dim=1)[torch.arange(12), TRUTH]
    expected = (-((1 - right) ** 2) * right.log()).mean().item()
    assert loss(focal_gamma=2.0) == pytest.approx(expected, rel=1e-5)


def test_smoothed_labels_punish_certainty():
    sure = torch.tensor([[20.0, -20.0]])
    truth = torch.tensor([0])
    plain, smooth = (build_loss(RunConfig("x", label_smoothing=each), LABELS, 2, "cpu") for each in (0.0, 0.1))
    assert plain(sure, truth) < 1e-6 < 1 < smooth(sure, truth)


SETS = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 0, 0]], dtype=np.float32)


def test_several_labels_are_judged_each_for_itself():
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    shares = torch.sigmoid(logits).numpy()
    expected = -(SETS * np.log(shares) + (1 - SETS) * np.log(1 - shares)).mean()
    truth = torch.tensor(SETS)
    assert build_loss(RunConfig("x"), SETS, 3, "cpu")(logits, truth).item() == pytest.approx(expected, rel=1e-5)
    near = build_loss(RunConfig("x", focal_gamma=1e-6), SETS, 3, "cpu")(logits, truth).item()
    assert near == pytest.approx(expected, rel=1e-4)


def test_rare_labels_weigh_more_when_asked_and_absent_ones_do_not():
    assert label_weights(SETS) == pytest.approx([1 / 3, 3.0, 1.0])


def test_scores_are_learnt_with_their_mean_taken_off():
    targets = np.array([1.0, 3.0, 5.0], dtype=np.float32)
    loss = build_loss(RunConfig("x"), targets, 1, "cpu")
    standard = torch.tensor((targets - 3) / targets.std()).unsqueeze(1)
    assert loss(standard, torch.tensor(targets)).item() == pytest.approx(0, abs=1e-10)
    assert loss(torch.zeros(3, 1), torch.tensor(targets)).item() == pytest.approx(1.0)
