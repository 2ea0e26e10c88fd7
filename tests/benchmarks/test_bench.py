"""The arithmetic of the benchmarks; what they measure is measured by hand."""

import json
import shutil
import sys

import numpy as np
import pytest
import torch

from benchmarks import gpu
from benchmarks.bench import Outcome, paired_difference, training_table
from benchmarks.workloads import WORKS


def outcome(who, seed, right, seconds=10.0):
    return Outcome(who, seed, seconds, 1000, 500.0, dict(enumerate(right)))


def judged(share, seed, rows=400):
    return (np.random.default_rng(seed).random(rows) < share).astype(int).tolist()


def test_a_clear_lead_lies_above_zero_and_none_around_it():
    ours = [outcome("graft", seed, judged(0.9, seed)) for seed in range(5)]
    theirs = [outcome("tuned", seed, judged(0.7, seed + 100)) for seed in range(5)]
    mean, low, high = paired_difference(ours, theirs, draws=2000)
    assert 0.1 < low < mean < high < 0.3
    mean, low, high = paired_difference(ours, [outcome("tuned", o.seed, o.right.values()) for o in ours], draws=200)
    assert mean == low == high == 0.0


def test_seeds_that_disagree_widen_the_interval():
    theirs = [outcome("tuned", seed, [0] * 400) for seed in range(4)]
    even = [outcome("graft", seed, judged(0.5, seed)) for seed in range(4)]
    uneven = [outcome("graft", seed, judged(share, seed)) for seed, share in enumerate((0.2, 0.4, 0.6, 0.8))]
    widths = [np.diff(paired_difference(ours, theirs, draws=2000)[1:])[0] for ours in (even, uneven)]
    assert widths[1] > 2 * widths[0]


def test_contenders_judged_on_other_rows_are_not_compared():
    with pytest.raises(ValueError, match="different rows"):
        paired_difference([outcome("graft", 1, [1, 1])], [outcome("tuned", 1, [1, 1, 0])])


def test_the_table_tells_how_many_times_faster_graft_is():
    lines = training_table(WORKS["emotion"], [outcome("graft", 1, [1] * 50), outcome("tuned", 1, [], seconds=25.0)])
    assert lines[4].startswith("| Graft | 10.0 | 100 | 1.00 x | 500 | 100.0 % (92.9 to 100.0)")
    assert lines[5].startswith("| (c) Trainer, tuned | 25.0 | 40 | 2.50 x | 500 | not judged")


def test_the_needed_operations_are_those_that_torch_counts():
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import BertConfig, BertModel

    config = BertConfig(vocab_size=50, max_position_embeddings=512, attn_implementation="eager", **gpu.TINY)
    model = BertModel(config, add_pooling_layer=False)
    with FlopCounterMode(display=False) as counter:
        model(torch.ones((2, 100), dtype=torch.long)).last_hidden_state.sum().backward()
    assert gpu.needed_operations(np.array([100, 100]), config) == pytest.approx(counter.get_total_flops(), rel=0.02)


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens where there is no CUDA card")
def test_without_a_card_nothing_is_measured(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gpu", "--json"])
    gpu.main()
    assert json.loads(capsys.readouterr().out) == {
        "measured": False,
        "why": "not measured: this machine has no CUDA card.",
    }


def test_what_failed_is_named_by_part_child_and_check():
    good = {"lines": ["**base**", "", "- recorded (1.0 s): 1 recording", ""]}
    bad = {"lines": ["- recorded (1.0 s): 1 recording", f"- resumed (2.0 s): {gpu.FAILED} losses differ"]}
    found = {
        "make": {}, "checks": {"base": good, "minilm": bad}, "base": {"graft": {"seconds": 1.0}, "tuned": {"failed": "died"}},
    }  # fmt: skip
    assert gpu.failures(found) == ["checks, minilm, resumed", "base, tuned"]
    assert gpu.failures({"make": {"failed": "no room"}}) == ["make, make"]
    assert gpu.failures({"make": {}, "checks": {"base": good}}) == []


def tried(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["gpu", "--tiny", *words])
    return gpu.main()


def test_after_the_whole_time_nothing_more_is_begun_and_that_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "WHOLE", 0)
    with pytest.raises(SystemExit, match="1"):
        tried(monkeypatch, "--parts", "base", "--contenders", "graft")
    assert "not begun" in capsys.readouterr().out


def test_a_part_that_fails_is_named_and_the_next_goes_on(monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))  # children that end badly at once
    with pytest.raises(SystemExit, match="1"):
        tried(monkeypatch, "--json", "--parts", "checks", "base", "profile", "--contenders", "graft")
    said = json.loads(capsys.readouterr().out)
    parts = ["checks, base", "checks, minilm", "base, graft", "profile, base", "profile, minilm"]
    assert said["failed"] == ["make, make", *parts]
