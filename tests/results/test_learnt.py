"""Which sets a model has learnt from."""

from core.config import RunConfig
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.results.learnt import learnt_sets, origins_behind, origins_learnt
from core.results.lineage import lineage
from core.runs.folder import create_run, delete_run
from core.transfer.ranking import at_hand
from tests.conftest import sentences
from tests.finished import finish


def as_source(config, dataset, **given):
    run = create_run(config, **given)
    finish(run, dataset, 0.8)
    run.model.mkdir()
    (run.model / "config.json").write_text("{}")
    return run


def test_a_run_learns_from_its_set_from_those_beside_it_and_from_those_that_it_labels(dataset, other, tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("\n".join(text for text, _ in sentences(30)))
    plain = add_dataset(path)[0]
    assert learnt_sets(RunConfig(dataset.id, apart=other.id)) == (dataset.id,)
    assert set(learnt_sets(RunConfig(dataset.id, beside=other.id))) == {dataset.id, other.id}
    assert learnt_sets(RunConfig(dataset.id, self_train=other.id)) == (dataset.id, other.id)
    for named in ("own", plain.id):
        assert learnt_sets(RunConfig(dataset.id, self_train=named, train_size=5)) == (dataset.id,)
    assert learnt_sets(RunConfig(dataset.id, adapt=other.id)) == (dataset.id,), "without its labels"


def test_versions_count_as_the_set_and_a_set_that_is_gone_by_its_id(dataset, other):
    version = make_version(dataset, "drop", {"rows": [int(dataset.frame()["row"].iloc[0])]})
    assert origins_learnt(RunConfig(other.id, beside=f"{version.id}|gone")) == {other.id, dataset.id, "gone"}


def test_all_that_a_model_started_from_or_was_mixed_of_counts(dataset, other):
    joint = create_run(RunConfig(other.id, beside=dataset.id))
    later = create_run(RunConfig("third", f"run:{joint.id}"))
    mixed = create_run(RunConfig("fourth"), made={"how": "soup", "runs": [later.id], "sentence": "Mixed."})
    for source in (f"run:{mixed.id}", str(mixed.model)):
        assert origins_behind(source) == {dataset.id, other.id, "third", "fourth"}
    delete_run(joint)
    assert origins_behind(f"run:{mixed.id}") == {"third", "fourth"} and origins_behind("minilm") == set()


def test_a_model_that_has_learnt_the_set_beside_another_is_not_ranked_for_it(dataset, other):
    joint, alone = (as_source(RunConfig(other.id, beside=beside), other) for beside in (dataset.id, None))
    assert f"run:{joint.id}" not in at_hand(dataset) and f"run:{alone.id}" in at_hand(dataset)


def test_a_step_after_a_training_of_several_sets_shares_rows(dataset, other):
    first = as_source(RunConfig(other.id, beside=dataset.id), other)
    shares = as_source(RunConfig(dataset.id, f"run:{first.id}"), dataset)
    plain = as_source(RunConfig(other.id, epochs=3), other)
    new = as_source(RunConfig(dataset.id, f"run:{plain.id}"), dataset)
    assert lineage(shares)[-1].shares_rows and not lineage(new)[-1].shares_rows
