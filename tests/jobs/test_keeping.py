"""Runs that keep what an earlier run could do, carried out whole."""

import pytest

from core.config import RunConfig
from core.jobs.worker import work
from core.runs.folder import create_run

pytestmark = pytest.mark.slow


def finished(dataset, model, **settings):
    run = create_run(RunConfig(dataset.id, str(model), epochs=2, learning_rate=0.003, max_length=32, **settings))
    return run, work(run.path)


@pytest.mark.parametrize("keep", ["l2sp", "ewc", "replay", "distil"])
def test_a_run_keeps_its_source_in_any_way(dataset, tiny_encoder, keep):
    first, _ = finished(dataset, tiny_encoder)
    second, code = finished(dataset, f"run:{first.id}", keep=keep, seed=7)
    assert code == 0 and second.result["metrics"]["accuracy"] >= 0.5
    if keep == "l2sp":
        plain, _ = finished(dataset, f"run:{first.id}", seed=7)
        held, _ = finished(dataset, f"run:{first.id}", seed=7, keep=keep, keep_strength=200.0)
        inner = slice(0, -1)  # the head is free
        assert sum(held.result["layers"]["moved"][inner]) < 0.5 * sum(plain.result["layers"]["moved"][inner])


def test_an_earlier_run_that_gives_scores_has_no_classes_to_keep(home, tmp_path, tiny_encoder):
    from core.data.sets.add import add_dataset

    path = tmp_path / "scores.csv"
    rows = [f"a text about {word} number {n},{n % 7}.5" for n, word in enumerate(["rain", "snow", "wind"] * 30)]
    path.write_text("\n".join(["text,score", *rows]) + "\n")
    dataset = add_dataset(path)[0]
    assert dataset.task == "regression"
    first, _ = finished(dataset, tiny_encoder)
    second, code = finished(dataset, f"run:{first.id}", keep="ewc")
    assert code == 1 and "scores, not classes" in second.status["error"]["message"]
