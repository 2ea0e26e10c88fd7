"""Baselines in a process beside a training on a card, tried with the process itself and no card."""

import time

import pytest

from core.config import RunConfig
from core.jobs.phases import baselines_aside
from core.jobs.phases.baselines_aside import BaselinesAside
from core.jobs.phases.choosing import choose_rows
from core.runs.folder import create_run

pytestmark = pytest.mark.slow


@pytest.fixture
def run(dataset, monkeypatch):
    monkeypatch.setattr(baselines_aside, "LEAST", 10)
    return create_run(RunConfig(dataset.id))


def kept(home):
    return list((home / "cache" / "baselines").glob("*.npz"))


def test_they_lie_in_the_cache_when_the_training_ends(run, home, monkeypatch):
    chosen = choose_rows(run.config, lambda _: None)
    with BaselinesAside(run, chosen, "cuda:0"):
        assert not kept(home)
    (file,) = kept(home)
    written = file.stat().st_mtime_ns
    from core.results.baseline_cache import cached_baselines

    parts = chosen.parts
    cached_baselines(chosen.dataset, parts["train"], parts["test"], run.config.seed, parts["validation"])
    assert file.stat().st_mtime_ns == written  # found, not computed again


def test_on_a_cpu_or_for_few_rows_there_is_no_such_process(run, home, monkeypatch):
    chosen = choose_rows(run.config, lambda _: None)
    with BaselinesAside(run, chosen, "cpu"):
        pass
    monkeypatch.setattr(baselines_aside, "LEAST", 10_000)
    with BaselinesAside(run, chosen, "cuda:0"):
        pass
    assert not kept(home)


def test_a_training_that_ends_early_does_not_wait_for_them(run, monkeypatch):
    monkeypatch.setattr(baselines_aside, "CALL", "import time; time.sleep(60)")
    chosen = choose_rows(run.config, lambda _: None)
    began = time.monotonic()
    with pytest.raises(KeyError), BaselinesAside(run, chosen, "cuda:0"):
        raise KeyError
    with BaselinesAside(run, chosen, "cuda:0") as aside:
        aside.drop()
    assert time.monotonic() - began < 30


def test_what_fails_aside_harms_nothing(run, home, monkeypatch):
    monkeypatch.setattr(baselines_aside, "CALL", "raise SystemExit(3)")
    with BaselinesAside(run, choose_rows(run.config, lambda _: None), "cuda:0"):
        pass
    assert not kept(home)
