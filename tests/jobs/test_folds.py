"""A cross-validation from its queueing to the joined result, carried out by the worker itself."""

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import delete_dataset, get_dataset
from core.errors import ConfigError, RunError
from core.jobs.folds import submit_folds
from core.jobs.phases.choosing import choose_rows
from core.jobs.queue import submit
from core.jobs.worker import work
from core.results.cross_validation import gather, join
from core.runs.folder import create_run, delete_run, list_runs
from core.runs.folds import folds_of, get_folds, list_folds
from tests.app.test_pages import finished

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def answered(dataset, right=0.9, folds=3, unfinished=0, **settings):
    """A cross-validation whose runs have answers, but for the last ``unfinished``."""
    found = submit_folds(RunConfig(dataset.id, **settings), folds)
    for number, run in list(found.runs.items())[: folds - unfinished]:
        told = finished(get_dataset(run.config.dataset), "aside", right, seed=number)
        (told.path / "predictions").rename(run.path / "predictions")
        run.write_result(told.result | {"labels": ["neg", "pos"]})
        run.write_status(state="finished")
        delete_run(told)
    return found


def test_the_runs_share_settings_and_are_judged_by_every_row_once(dataset):
    found = submit_folds(RunConfig(dataset.id, epochs=2, test_size=7), 3, name="mine")
    configs = [run.config for run in found.runs.values()]
    assert [run.name for run in found.runs.values()] == [f"mine · fold {number} of 3" for number in (1, 2, 3)]
    assert all(each.epochs == 2 and each.test_size is None for each in configs)
    assert sum(get_dataset(each.dataset).size("test") for each in configs) == found.rows == 120
    again = submit_folds(RunConfig(dataset.id, epochs=3), 3)
    assert [run.config.dataset for run in again.runs.values()] == [each.dataset for each in configs]
    assert folds_of(found.runs[2]) == found == get_folds("mine") == get_folds(found.runs[3].id)
    assert [each.id for each in list_folds()] == [again.id, found.id]


def test_renaming_a_run_does_not_untie_it(dataset):
    found = submit_folds(RunConfig(dataset.id), 3)
    found.runs[2].write_meta(name="renamed", tags=["x"])
    assert set(get_folds("renamed").runs) == {1, 2, 3}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_folds_that_the_worker_carried_out_are_joined_with_their_baselines(dataset, tiny_encoder):
    config = RunConfig(
        dataset.id, str(tiny_encoder), strategy="linear_probe", max_length=32, precision="fp32", train_size=60
    )
    found = submit_folds(config, 3)
    for run in found.runs.values():
        assert work(run.path) == 0, run.log_tail()
    joined = join(found)
    assert joined.complete and joined.pooled.result["rows"] == 120
    tables = [pd.read_parquet(run.predictions("test")) for run in found.runs.values()]
    assert joined.pooled.result["metrics"]["accuracy"] == pytest.approx(pd.concat(tables)["correct"].mean())
    results = [run.result for run in found.runs.values()]
    for place, name in enumerate(
        ("majority", "tfidf")
    ):  # read again, the baselines are those that each run stood beside
        right = sum(each["baselines"][place]["metrics"]["accuracy"] * each["rows"] for each in results)
        beside = joined.pooled.result["baselines"][place]
        assert beside["name"] == name and beside["metrics"]["accuracy"] == pytest.approx(right / 120)
    assert "Each of the 120 rows was judged once" in joined.sentences[0]


def test_what_has_not_finished_is_said_and_the_rest_is_joined(dataset):
    found = answered(dataset, unfinished=2)
    found.runs[2].write_status(state="failed", error={"message": "The device ran out of memory.", "hint": ""})
    joined = join(found)
    assert not joined.complete and joined.pooled.result["rows"] == 40
    assert joined.sentences[0] == (
        "1 of 3 folds has finished, 40 of 120 rows are judged so far, and the figures may still move. "
        "Fold 2 has failed (The device ran out of memory); fold 3 is queued."
    )
    assert [each["state"] for each in joined.standing] == ["finished", "failed", "queued"]


def test_before_any_fold_has_finished_no_figure_is_told(dataset):
    joined = join(submit_folds(RunConfig(dataset.id), 3))
    assert joined.pooled is None and "no row is judged yet" in joined.sentences[0]


def test_a_deleted_run_is_missed_and_a_deleted_fold_costs_the_baselines_only(dataset):
    found = answered(dataset)
    delete_run(found.runs[2])
    joined = join(get_folds(found.id))
    assert "Fold 2 has no run" in joined.sentences[0] and joined.pooled.result["rows"] == 80
    delete_dataset(found.runs[1].config.dataset)
    joined = join(get_folds(found.id))
    assert joined.pooled.result["rows"] == 80 and joined.pooled.result["baselines"] == []


def test_runs_with_other_settings_are_not_joined(dataset):
    found = answered(dataset)
    run = found.runs[2]
    (run.path / "config.json").write_text((run.path / "config.json").read_text().replace('"seed": 42', '"seed": 43'))
    with pytest.raises(RunError, match=r"seed is 42 in .* fold 1 of 3 and 43 in .* fold 2 of 3"):
        join(found)


def test_folds_that_were_trained_one_by_one_are_joined_too(dataset):
    found = answered(dataset)
    runs = list(found.runs.values())
    joined = join(gather(runs))
    assert joined.complete and joined.pooled.result["rows"] == 120 and joined.folds.rows == 120
    assert "2 of 3 folds have finished" in join(gather(runs[:2])).sentences[0]


def test_what_does_not_belong_to_one_set_of_folds_is_refused(dataset):
    found = submit_folds(RunConfig(dataset.id), 3)
    with pytest.raises(RunError, match="not trained on a fold"):
        gather([found.runs[1], create_run(RunConfig(dataset.id))])
    with pytest.raises(RunError, match="both on fold 1"):
        gather([found.runs[1], create_run(found.runs[1].config)])
    with pytest.raises(RunError, match="not drawn together"):
        gather([found.runs[1], submit_folds(RunConfig(dataset.id), 4).runs[2]])
    with pytest.raises(RunError, match="does not belong to a cross-validation"):
        get_folds(submit(RunConfig(dataset.id), "single").id)


def test_a_source_that_has_learnt_from_the_set_is_refused(dataset):
    first = create_run(RunConfig(dataset.id))
    second = create_run(RunConfig("a-set-that-is-gone", f"run:{first.id}"))
    for source in (f"run:{first.id}", str(first.model), f"run:{second.id}"):
        with pytest.raises(ConfigError, match="knows rows that would judge it"):
            submit_folds(RunConfig(dataset.id, source), 3)


def test_a_source_that_has_learnt_the_set_beside_another_is_refused(dataset, other):
    joint = create_run(RunConfig(other.id, beside=dataset.id))
    with pytest.raises(ConfigError, match="knows rows that would judge it"):
        submit_folds(RunConfig(dataset.id, f"run:{joint.id}"), 3)


def test_a_source_of_which_nothing_is_known_is_taken(dataset):
    unknown = create_run(RunConfig("a-set-that-is-gone"))
    unknown.model.mkdir(parents=True)
    (unknown.model / "config.json").write_text("{}")
    assert len(submit_folds(RunConfig(dataset.id, f"run:{unknown.id}"), 3).runs) == 3


def test_folds_beside_a_version_of_their_set_are_refused_and_none_is_queued(dataset):
    version = make_version(dataset, "drop", {"rows": [int(dataset.frame()["row"].iloc[0])]})
    with pytest.raises(ConfigError, match="versions of one"):
        submit_folds(RunConfig(dataset.id, beside=version.id), 3)
    assert not list_runs() and not list_folds()


def test_rows_that_judge_a_fold_teach_in_no_other_task(dataset, tmp_path):
    path = tmp_path / "twin.csv"
    labels = np.random.default_rng(0).integers(0, 2, dataset.rows)
    path.write_text(
        "\n".join(
            ["text,label", *(f"{text},{label}" for text, label in zip(dataset.frame()["text"], labels, strict=True))]
        )
    )
    twin = add_dataset(path, seed=5)[0]
    found = submit_folds(RunConfig(dataset.id, beside=twin.id), 3)
    for run in found.runs.values():
        judged = set(get_dataset(run.config.dataset).part("test")["text"])
        assert judged & set(twin.part("train")["text"])
        taught = choose_rows(run.config.about(twin.id), lambda message: None).parts["train"]["text"]
        assert len(taught) and not judged & set(taught)
