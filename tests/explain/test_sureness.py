import numpy as np

from core.explain.sureness import how_often_right


def test_the_nearest_judged_rows_are_asked():
    confidence = np.concatenate([np.full(60, 0.95), np.full(60, 0.55)])
    correct = np.concatenate([np.ones(60), np.tile([1, 0], 30)]).astype(bool)
    sure, unsure = how_often_right(confidence, correct, 0.97), how_often_right(confidence, correct, 0.5)
    assert (sure.right, sure.rows, sure.low) == (50, 50, 0.95) and "right in 10 of 10: 50 of the 50" in sure.sentence
    assert (unsure.right, unsure.rows) == (25, 50) and "(55 to 55 %), it was right in 5 of 10" in unsure.sentence


def test_few_judged_rows_tell_nothing():
    assert how_often_right(np.full(19, 0.9), np.ones(19, dtype=bool), 0.9) is None
