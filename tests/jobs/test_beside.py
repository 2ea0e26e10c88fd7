"""Runs on several sets that are learnt at once: one training for all, whichever of them comes first."""

import numpy as np
import pytest

from core.array_cache import ArrayCache, facts_in, with_facts
from core.config import RunConfig
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import delete_dataset
from core.errors import ConfigError, DatasetError
from core.explain.training_texts import learnt_from
from core.jobs.phases.beside import KIND
from core.jobs.phases.choosing import choose_rows
from core.jobs.queue import check
from core.jobs.worker import work
from core.models.classifier import load_saved
from core.models.mixing import encoder_weights
from core.runs.folder import create_run
from tests.conftest import sentences


@pytest.fixture
def scores(home, tmp_path):
    path = tmp_path / "stars.csv"
    rows = [
        f"{text},{(4.5 if label == 'pos' else 1.5) + number % 7 / 10}"
        for number, (text, label) in enumerate(sentences(60, seed=9))
    ]
    path.write_text("\n".join(["text,stars", *rows]) + "\n")
    return add_dataset(path)[0]


def config(dataset, other, encoder, **settings):
    settings = {"epochs": 2, "learning_rate": 0.003, "max_length": 32} | settings
    return RunConfig(dataset.id, str(encoder), beside=other.id, **settings)


def finished(dataset, other, encoder, **settings):
    run = create_run(config(dataset, other, encoder, **settings))
    assert work(run.path) == 0, run.status
    return run


@pytest.mark.slow
def test_the_first_run_trains_for_both_and_either_may_be_the_first(dataset, scores, tiny_encoder):
    one, two = finished(dataset, scores, tiny_encoder), finished(scores, dataset, tiny_encoder)
    assert one.result["joint"]["run"] == two.result["joint"]["run"] == one.id
    assert one.result["task"] == "single_label" and two.result["task"] == "regression"
    assert one.result["seconds"] == two.result["seconds"] and one.result["total_seconds"] != two.result["total_seconds"]
    assert any("taken from there" in event["message"] for event in two.events("warning"))
    curve = two.events("evaluated")
    assert (
        [event["epoch"] for event in curve] == [1.0, 2.0]
        and "rmse" in curve[0]
        and set(curve[0]["tasks"]) == {dataset.id, scores.id}
    )
    assert two.result["validation"]["rmse"] == max(curve, key=lambda event: event["best"] * event["step"])["rmse"]
    shared = [encoder_weights(load_saved(run.model).model) for run in (one, two)]
    assert all((shared[0][name] == shared[1][name]).all() for name in shared[0])

    ArrayCache(KIND).drop(next(ArrayCache(KIND).folder.iterdir()).name)
    again = finished(scores, dataset, tiny_encoder)  # now it is the one that trains
    assert again.result["joint"]["run"] == again.id and again.result["metrics"] == two.result["metrics"]
    assert not list(again.path.glob("checkpoint*"))


@pytest.mark.slow
def test_other_rows_or_settings_are_another_training_and_a_damaged_one_is_done_anew(dataset, scores, tiny_encoder):
    finished(dataset, scores, tiny_encoder)
    other = finished(scores, dataset, tiny_encoder, seed=7)
    assert other.result["joint"]["run"] == other.id
    for entry in ArrayCache(KIND).folder.iterdir():
        array = next(entry.glob("*word_embeddings*"))
        array.write_bytes(array.read_bytes()[:-100])
    again = finished(scores, dataset, tiny_encoder)
    assert again.result["joint"]["run"] == again.id and np.isfinite(again.result["metrics"]["rmse"])


@pytest.mark.slow
def test_sets_of_equal_contents_share_a_training_whatever_their_ids(dataset, scores, tmp_path, tiny_encoder):
    one = finished(dataset, scores, tiny_encoder)
    delete_dataset(scores.id)
    again = add_dataset(tmp_path / "stars.csv", name="zz stars")[0]
    assert again.id != scores.id and again.fingerprint == scores.fingerprint
    two, three = finished(dataset, again, tiny_encoder), finished(again, dataset, tiny_encoder)
    assert two.result["joint"]["run"] == three.result["joint"]["run"] == one.id
    for name in ("metrics", "validation", "best_step"):
        assert two.result[name] == one.result[name]
    assert set(three.events("evaluated")[0]["tasks"]) == {dataset.id, again.id}
    assert (
        three.result["validation"]["rmse"]
        == max(one.events("evaluated"), key=lambda event: event["step"] * event["best"])["tasks"][scores.id]["rmse"]
    )


@pytest.mark.slow
def test_how_many_rows_judge_makes_no_other_training_and_an_entry_without_a_task_is_dropped(
    dataset, scores, tiny_encoder
):
    one = finished(dataset, scores, tiny_encoder)
    assert finished(scores, dataset, tiny_encoder, test_size=5).result["joint"]["run"] == one.id
    cache = ArrayCache(KIND)
    (key,) = [entry.name for entry in cache.folder.iterdir()]
    arrays = {name: np.array(value) for name, value in cache.get(key).items()}
    told = facts_in(arrays)
    for each in told["evaluated"]:
        each["tasks"] = each["tasks"][:1]
    cache.drop(key)
    cache.put(key, with_facts(arrays, told))
    anew = finished(scores, dataset, tiny_encoder)
    assert anew.result["joint"]["run"] == anew.id


def test_what_cannot_be_learnt_beside_others_is_told_before_it_is_queued(dataset, scores, home, tmp_path, tiny_encoder):
    path = tmp_path / "plain.txt"
    path.write_text("\n".join(text for text, _ in sentences(30)))
    plain = add_dataset(path)[0]
    with pytest.raises(ConfigError, match="'plain' has no labels"):
        check(config(dataset, plain, tiny_encoder))
    for wrong in (dataset.id, f"{scores.id}|{scores.id}"):
        with pytest.raises(ConfigError, match="Name each set once"):
            RunConfig(dataset.id, beside=wrong)
    for settings in (
        {"strategy": "linear_probe"},
        {"strategy": "lora"},
        {"keep": "l2sp"},
        {"processes": 2},
        {"average_best": 3},
    ):
        with pytest.raises(ConfigError):
            config(dataset, scores, tiny_encoder, **settings)


def test_two_versions_of_one_set_are_not_learnt_at_once(dataset, tiny_encoder):
    version = make_version(dataset, "drop", {"rows": [int(dataset.frame()["row"].iloc[0])]})
    with pytest.raises(ConfigError, match="versions of one"):
        check(config(dataset, version, tiny_encoder))


@pytest.fixture
def columns(home, tmp_path):
    """Two label columns of one file, stored as two sets, each with a split of its own; the texts of the second are written otherwise."""
    made = []
    rows = [f"{text} number {place}" for place, (text, _) in enumerate(sentences(200, seed=3))]
    for name, seed, write in (("coin", 1, str), ("die", 2, str.upper)):
        labels = np.random.default_rng(seed).integers(0, 2, len(rows))
        path = tmp_path / f"{name}.csv"
        path.write_text(
            "\n".join(["text,label", *(f"{write(text)},{label}" for text, label in zip(rows, labels, strict=True))])
        )
        made.append(add_dataset(path, seed=seed)[0])
    return made


def texts_in(dataset, *parts):
    frame = dataset.frame()
    return set(frame[frame["split"].isin(parts)]["text"].str.lower())


def chosen_texts(config, part):
    rows = choose_rows(config, lambda message: None).parts[part]
    return set(rows["text"].str.lower())


def test_what_measures_one_set_is_not_learnt_from_in_another(columns, tiny_encoder):
    for own, other in (columns, columns[::-1]):
        asked = config(own, other, tiny_encoder)
        train, validation = (chosen_texts(asked, part) for part in ("train", "validation"))
        assert train == texts_in(own, "train") - texts_in(other, "validation", "test")
        assert validation == texts_in(own, "validation") - texts_in(other, "test")
        assert chosen_texts(asked, "test") == texts_in(own, "test"), "all that judges still judges"
        alone = RunConfig(own.id, str(tiny_encoder), apart=other.id)
        assert chosen_texts(alone, "train") == train and chosen_texts(alone, "validation") == validation


@pytest.mark.slow
def test_rows_left_out_are_told_with_each_run_whichever_trains(columns, tiny_encoder):
    coin, die = columns
    one, two = finished(coin, die, tiny_encoder, epochs=1), finished(die, coin, tiny_encoder, epochs=1)
    counts = {}
    for own, other in (columns, columns[::-1]):
        train = len(texts_in(own, "train") & texts_in(other, "validation", "test"))
        counts[own.id] = {"train": train, "validation": len(texts_in(own, "validation") & texts_in(other, "test"))}
    assert counts[coin.id]["train"] > 20 and counts[die.id]["train"] > 20
    assert one.result["joint"]["left_out"] == two.result["joint"]["left_out"] == counts
    assert two.result["joint"]["run"] == one.id
    for run, own in ((one, coin), (two, die)):
        assert run.result["train_rows"] == own.size("train") - counts[own.id]["train"]
        for name, other in (("coin", "die"), ("die", "coin")):
            said = f"Of '{name}' {counts[name_id(columns, name)]['train']} training rows"
            assert any(
                warning.startswith(said) and f"measure '{other}'" in warning for warning in run.result["warnings"]
            )
    learnt = set(baseline_rows(one))
    assert learnt == chosen_texts(one.config, "train"), "the baselines learn from the same rows"


def name_id(sets, name):
    return next(one.id for one in sets if one.name == name)


def baseline_rows(run):
    return learnt_from(run)["text"].str.lower()


def test_a_text_of_a_pair_counts_as_a_text(dataset, home, tmp_path, tiny_encoder):
    judged, fresh = dataset.part("test")["text"].tolist(), [text for text, _ in sentences(40, seed=77)]
    path = tmp_path / "pairs.csv"
    rows = [f"{text},{judged[0] if place == 3 else 'so'},{place % 2},train" for place, text in enumerate(fresh)]
    rows += [f"dev {place},so,{place % 2},dev" for place in range(8)] + [
        f"t {place},so,{place % 2},test" for place in range(8)
    ]
    path.write_text("\n".join(["first,second,label,split", *rows]))
    pairs = add_dataset(path, text="first", text_pair="second", label="label")[0]
    left = chosen_texts(config(pairs, dataset, tiny_encoder), "train")
    assert len(left) < pairs.size("train") and fresh[3].lower() not in left


def test_texts_that_only_choose_in_both_sets_still_choose(home, tmp_path, tiny_encoder):
    made = []
    for name in ("red", "blue"):
        path = tmp_path / f"{name}.csv"
        parts = ["train"] * 40 + ["dev"] * 10 + ["test"] * 10
        rows = [f"text {place},{place % (2 if name == 'red' else 3)},{part}" for place, part in enumerate(parts)]
        path.write_text("\n".join(["text,label,split", *rows]))
        made.append(add_dataset(path)[0])
    asked = config(*made, tiny_encoder)
    check(asked)
    assert [len(chosen_texts(asked, part)) for part in ("train", "validation", "test")] == [40, 10, 10]


def test_where_nothing_is_left_to_learn_from_it_is_told_before_it_is_queued(dataset, home, tmp_path, tiny_encoder):
    path = tmp_path / "twin.csv"
    rows = [f"{text},{place % 2},train" for place, text in enumerate(dataset.part("test")["text"])]
    rows += [f"dev {place},{place % 2},dev" for place in range(9)] + [
        f"t {place},{place % 2},test" for place in range(9)
    ]
    path.write_text("\n".join(["text,label,split", *rows]))
    twin = add_dataset(path)[0]
    for asked in (config(dataset, twin, tiny_encoder), config(twin, dataset, tiny_encoder)):
        with pytest.raises(DatasetError, match="Of 'twin' no training row is left: the texts of all 24 measure"):
            check(asked)


def test_sets_are_named_apart_or_beside_but_not_both(dataset, scores, tiny_encoder):
    with pytest.raises(ConfigError, match="kept apart by themselves"):
        config(dataset, scores, tiny_encoder, apart=scores.id)
    with pytest.raises(ConfigError, match="Name each set once"):
        RunConfig(dataset.id, apart=dataset.id)


def test_the_order_of_the_sets_is_one_whatever_the_run_is_about():
    a, b = RunConfig("b", beside="c|a"), RunConfig("c", beside="a|b")
    assert a.tasks == b.tasks == ("a", "b", "c") and RunConfig("b").tasks == ()
