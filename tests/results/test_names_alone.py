import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.results.names_alone import names_alone, why_not

ROWS = [
    ("The striker scored twice and the goalkeeper was sent off.", "football"),
    ("A late goal won the cup for the visitors.", "football"),
    ("The midfielder signs for another club next season.", "football"),
    ("Simmer the onions in butter until they are soft.", "cooking"),
    ("Add salt, pepper and a spoon of flour to the sauce.", "cooking"),
    ("Bake the dough for forty minutes in a hot oven.", "cooking"),
    ("The central bank raised its interest rate again.", "money"),
    ("Shares fell after the company warned of lower profits.", "money"),
    ("The loan must be paid back within five years.", "money"),
] * 4


@pytest.fixture
def topics(home, tmp_path):
    frame = pd.DataFrame(ROWS, columns=["text", "label"])
    frame["text"] += [f" ({number})" for number in range(len(frame))]
    frame["split"] = ["train", "validation", "test", "test"] * 9
    frame.to_csv(tmp_path / "topics.csv", index=False)
    return add_dataset(tmp_path / "topics.csv", text="text", label="label", split="split")[0]


def test_the_embedded_encoder_tells_topics_by_their_names_and_sees_no_label(topics, home):
    frame = topics.frame()
    train, test = frame[frame["split"] == "train"], frame[frame["split"] == "test"]
    config = RunConfig(topics.id)
    found, seconds = names_alone(topics, config, train, test, {})
    given = np.array(topics.labels)[found.outputs.argmax(axis=1)]
    assert np.mean(given == test["label"].to_numpy()) >= 0.9 and seconds > 0
    shuffled = train.assign(label=train["label"].sample(frac=1, random_state=3).to_numpy())
    again, same = names_alone(topics, config, shuffled, test.assign(label="football"), {})
    assert np.array_equal(again.outputs, found.outputs) and same == seconds, "kept, since labels are no part of it"
    assert len(list((home / "cache" / "baselines").glob("names-*.npz"))) == 1
    other, _ = names_alone(topics, config, train, test, {"money": "sport in a stadium, goals, players"})
    assert not np.array_equal(other.outputs, found.outputs) and "description" in other.sentence


def test_a_damaged_cache_is_computed_anew(topics, home):
    frame = topics.frame()
    parts = frame[frame["split"] == "train"], frame[frame["split"] == "test"]
    first, _ = names_alone(topics, RunConfig(topics.id), *parts, {})
    (kept,) = (home / "cache" / "baselines").glob("names-*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    assert np.array_equal(names_alone(topics, RunConfig(topics.id), *parts, {})[0].outputs, first.outputs)


def test_where_names_say_nothing_the_reason_is_given(dataset, home, tmp_path):
    assert why_not(dataset, {}) == ""
    pd.DataFrame({"text": [text for text, _ in ROWS], "label": [0, 1] * 18}).to_csv(tmp_path / "codes.csv", index=False)
    codes = add_dataset(tmp_path / "codes.csv", text="text", label="label")[0]
    assert "'0'" in why_not(codes, {}) and why_not(codes, {"0": "bad", "1": "good"}) == ""
