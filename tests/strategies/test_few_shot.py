import pytest

from core.config import RunConfig
from core.errors import ConfigError
from core.tasks import TASKS, check_settings


def test_pairs_are_refused_where_rows_have_several_labels_or_a_score():
    check_settings(RunConfig("x", strategy="few_shot"), TASKS["single_label"])
    for task in ("multi_label", "regression"):
        with pytest.raises(ConfigError, match="few_shot learns from pairs of one class") as refused:
            check_settings(RunConfig("x", strategy="few_shot"), TASKS[task])
        assert refused.value.hint == "Choose linear_probe or lp_ft: they serve few rows as well."


@pytest.mark.parametrize("strategy", ["linear_probe", "few_shot", "lp_ft"])
def test_what_works_in_one_process_says_so(strategy):
    with pytest.raises(ConfigError, match=f"processes is 2, and {strategy} works in one"):
        RunConfig("x", strategy=strategy, processes=2)
