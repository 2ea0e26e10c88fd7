import numpy as np
import pytest

from core.config import RunConfig
from core.data.splits.sampling import draw_part
from core.results.baseline_cache import baselines_of, cached_baselines
from tests.damage import JSON_HARMS, harm


@pytest.fixture
def parts(dataset):
    frame = dataset.frame()
    return {name: frame[frame["split"] == name] for name in ("train", "validation", "test")}


def test_baselines_are_computed_once_for_the_same_rows(dataset, parts, home):
    first = cached_baselines(dataset, parts["train"], parts["test"], 42)
    assert [baseline.name for baseline, _ in first] == ["majority", "tfidf"]
    again = cached_baselines(dataset, parts["train"], parts["test"], 42)
    for (old, seconds), (new, seconds_again) in zip(first, again, strict=True):
        assert seconds == seconds_again and (old.title, old.sentence) == (new.title, new.sentence)
        assert np.array_equal(old.outputs, new.outputs)
    assert len(list((home / "cache" / "baselines").iterdir())) == 1
    cached_baselines(dataset, parts["train"].head(20), parts["test"], 42)
    assert len(list((home / "cache" / "baselines").iterdir())) == 2


def test_a_finished_run_finds_the_baselines_that_stood_beside_it(dataset, parts, home):
    config = RunConfig(dataset.id, train_size=30)
    train = draw_part(parts["train"], "single_label", 30, config.seed)
    beside = cached_baselines(dataset, train, parts["test"], config.seed, parts["validation"])
    later = baselines_of(config, parts["test"]["row"])
    assert np.array_equal(beside[1][0].outputs, later[1][0].outputs) and beside[1][1] == later[1][1]
    assert len(list((home / "cache" / "baselines").iterdir())) == 1


@pytest.mark.parametrize("how", [*JSON_HARMS, "flipped", "other rows", "not finite"])
def test_kept_baselines_that_were_damaged_are_computed_again_and_kept(dataset, parts, home, how):
    first = cached_baselines(dataset, parts["train"], parts["test"], 42)
    (kept,) = (home / "cache" / "baselines").iterdir()
    if how in ("other rows", "not finite"):
        arrays = dict(np.load(kept))
        arrays["tfidf"] = arrays["tfidf"][1:] if how == "other rows" else arrays["tfidf"] * np.nan
        np.savez_compressed(kept, **arrays)
    else:
        harm(kept, how)
    again = cached_baselines(dataset, parts["train"], parts["test"], 42)
    assert [baseline.name for baseline, _ in again] == ["majority", "tfidf"]
    assert all(np.allclose(old.outputs, new.outputs) for (old, _), (new, _) in zip(first, again, strict=True))
    if how != "folder":
        assert len(np.load(kept)["tfidf"]) == len(parts["test"])
