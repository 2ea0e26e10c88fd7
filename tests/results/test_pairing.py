"""Runs on different versions of one set: laid side by side on the rows that both were judged by."""

import pandas as pd
import pytest

from core.config import RunConfig
from core.data.cleaning.folds import make_folds
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import delete_dataset
from core.results.compare import compare_runs
from core.results.test_reuse import looks_at_test
from core.runs.folder import create_run
from tests.conftest import sentences
from tests.run_results import whole_result


@pytest.fixture
def versions(home, tmp_path):
    """A set, and a version in which two test rows are relabelled and one is dropped."""
    pd.DataFrame(sentences(300), columns=["review", "label"]).to_csv(tmp_path / "x.csv", index=False)
    first, _ = add_dataset(tmp_path / "x.csv")
    rows = first.part("test")["row"].tolist()
    labels = first.part("test").set_index("row")["label"]
    second = make_version(
        first, "relabel", {"labels": {row: "neg" if labels[row] == "pos" else "pos" for row in rows[:2]}}
    )
    return first, make_version(second, "drop", {"rows": [rows[2]]})


def finished(dataset, name, wrong, digest):
    """A run that answers as the labels of its version say, but for some rows."""
    run = create_run(RunConfig(dataset.id), name)
    table = dataset.part("test")[["row", "text", "label"]].reset_index(drop=True)
    table["prediction"] = table["label"]
    table.loc[:wrong, "prediction"] = table.loc[:wrong, "label"].map({"pos": "neg", "neg": "pos"})
    run.predictions("test").parent.mkdir()
    table.to_parquet(run.predictions("test"))
    run.write_result(whole_result(rows_digest=digest))
    run.write_status(state="finished")
    return run


def test_they_are_compared_on_the_shared_rows_by_the_corrected_labels(versions):
    first, second = versions
    old, new = finished(first, "old", 19, "one"), finished(second, "new", 9, "two")
    found = compare_runs([old, new])
    shared = first.size("test") - 1
    assert f"the {shared} rows that both were judged by" in found.note and "2 of them were relabelled" in found.note
    assert "the label of version 3" in found.note and "favour that run" in found.note
    assert not found.same_rows and "dataset" in found.differences
    accuracy = next(test for test in found.tests if test["metric"] == "accuracy")
    assert accuracy["rows"] == shared
    # the relabelled rows and the dropped one are among the 20 that the old run got wrong by the old labels: 17 are left
    assert accuracy["difference"] == pytest.approx(-(17 - 10) / shared)


def test_sets_that_only_look_alike_are_not_compared(versions, tmp_path):
    first, _ = versions
    pd.DataFrame(sentences(300), columns=["review", "label"]).assign(more=1).to_csv(tmp_path / "y.csv", index=False)
    other, _ = add_dataset(tmp_path / "y.csv")
    found = compare_runs([finished(first, "a", 3, "one"), finished(other, "b", 3, "two")])
    assert not found.tests and "different rows" in found.note


def test_where_a_version_was_deleted_nothing_is_claimed(versions):
    first, second = versions
    runs = [finished(first, "old", 19, "one"), finished(second, "new", 9, "two")]
    delete_dataset(second.id)
    assert not compare_runs(runs).tests


def test_each_finished_run_is_a_look_at_the_test_part(versions):
    first, second = versions
    assert "not been looked at yet" in looks_at_test(first).sentence
    for name in ("a", "b"):
        finished(first, name, 3, name)
    finished(second, "c", 3, "c")
    create_run(RunConfig(first.id), "not yet run")
    (create_run(RunConfig(first.id), "of a later Graft").path / "config.json").write_text(
        '{"dataset": "x", "new_setting": 1}'
    )
    looks = looks_at_test(first)
    assert (looks.here, looks.elsewhere) == (2, 1)
    assert "looked at 2 times" in looks.sentence and "and once through other versions" in looks.sentence


def test_folds_that_left_the_test_part_aside_are_no_looks_at_it(versions):
    first, _ = versions
    finished(make_folds(first, 3, keep_test=True)[0], "aside", 3, "fold")
    assert looks_at_test(first).elsewhere == 0
    finished(make_folds(first, 3, keep_test=False)[0], "inside", 3, "fold")
    assert looks_at_test(first).elsewhere == 1
