import numpy as np
import pytest

from core.transfer.retention import paired_retention


def paired(rows, right, lost, gained):
    """What a source got right of ``rows`` texts, and the run after it lost some of these and gained others."""
    before = np.arange(rows) < right
    after = before.copy()
    after[:lost] = False
    after[right : right + gained] = True
    return paired_retention(before, after)


def test_fifteen_texts_lost_and_none_gained_are_a_loss_though_the_shares_overlap():
    measured = paired(300, 270, 15, 0)
    assert measured["source_before_interval"][0] < measured["source_after_interval"][1]
    assert measured["verdict"] == "lost" and measured["p"] < 0.001 and measured["interval"][1] < 0


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [((300, 270, 0, 0), "kept"), ((300, 270, 6, 5), "no_loss_shown"), ((40, 30, 0, 0), "no_loss_shown"),
     ((3000, 2700, 60, 55), "kept"), ((300, 200, 0, 20), "kept")],
)  # fmt: skip
def test_kept_is_said_only_where_a_loss_of_two_points_is_ruled_out(texts, verdict):
    measured = paired(*texts)
    assert measured["verdict"] == verdict
    assert (measured["interval"][0] > -0.02) == (verdict == "kept")
