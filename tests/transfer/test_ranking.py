import pytest

from core.errors import RunError
from core.transfer.ranking import rank_sources
from core.transfer.retention import retention
from tests.processes import Graft

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_a_pretrained_source_ranks_above_a_random_one_and_a_missing_one_is_told(dataset, tiny_encoder):
    candidates, seconds = rank_sources(dataset, [str(tiny_encoder), "nobody/nothing", "minilm"], rows=60)
    assert [each.source for each in candidates] == ["minilm", str(tiny_encoder), "nobody/nothing"]
    assert [each.rank for each in candidates] == [1, 2, None]
    assert "nobody/nothing" in candidates[2].error and seconds > 0


def test_an_unfinished_run_has_no_retention(dataset):
    from core.config import RunConfig
    from core.runs.folder import create_run

    with pytest.raises(RunError, match="no result"):
        retention(create_run(RunConfig(dataset.id)))


def test_retention_of_a_pretrained_source_and_of_an_earlier_run(tmp_path, reviews_csv, tiny_encoder):
    graft = Graft(tmp_path / "home")
    try:
        dataset = graft.call("data", "add", str(reviews_csv))["dataset"]
        words = ["train", "--dataset", dataset, "--epochs", "2", "--lr", "0.003"]
        first = graft.call(*words, "--model", str(tiny_encoder))["run"]
        second = graft.call(*words, "--init-from", first, "--strategy", "linear_probe")["run"]
        told = graft.call("retention", first)
        low, high = told["interval"]
        assert told["difference"] == pytest.approx(told["source_after"] - told["source_before"])
        assert low <= told["difference"] <= high and (told["p"] < 0.05) == (high < 0 or low > 0)
        assert told["verdict"] == ("lost" if high < 0 else "kept" if low > -0.02 else "no_loss_shown")
        kept = graft.call("retention", second)  # a probe leaves the encoder as it was
        assert kept["source_after"] == kept["source_before"] and kept["difference"] == 0.0
        third = graft.call(*words, "--init-from", second)["run"]
        told = graft.call("retention", third, "--sequence")["sequence"]
        assert [task["run"] for task in told["tasks"]] == [first, second, third] and len(told["backward"]) == 2
        own = [graft.show(run)["metrics"]["accuracy"] for run in (first, second, third)]
        matrix = told["matrix"]
        assert [matrix[place][place] for place in range(3)] == pytest.approx(own)
        assert matrix[1][0] == matrix[0][0] and matrix[0][1:] == [None, None], "the probe left the encoder as it was"
        changes = [matrix[2][task] - matrix[task][task] for task in range(2)]
        assert [each["difference"] for each in told["backward"]] == pytest.approx(changes)
        assert (
            told["mean_backward"] == pytest.approx(sum(changes) / 2)
            and told["sentence"] in graft.show(third)["sequence"]["sentence"]
        )
        assert told["forward"][0] is None and told["forward"][1]["difference"] == pytest.approx(own[2] - own[0])
        graft.call("retention", first, "--sequence", expect=1)
    finally:
        graft.end()
