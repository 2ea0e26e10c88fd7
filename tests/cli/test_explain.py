"""Why a run answers a text so, on the command line."""

import json

import pytest

from core.__main__ import main
from core.config import RunConfig
from core.models.classifier import load_classifier
from core.runs.folder import create_run
from core.tasks import task_of


@pytest.fixture
def explained(home, tiny_encoder, capsys):
    """The exit code and the JSON object that ``explain`` gives for a model of a kind of task."""

    def call(kind, *words):
        labels = ("stars",) if kind == "regression" else ("neg", "pos", "other")
        run = create_run(RunConfig("reviews-1"), kind)
        classifier = load_classifier(str(tiny_encoder), labels, seed=1, problem_type=task_of(kind).problem_type)
        if kind == "multi_label":
            classifier.model.config.graft_thresholds = [0.0, 0.0, 1.0]
        classifier.save(run.model)
        code = main(["explain", run.id, *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_the_words_their_pull_and_the_answer_without_the_strongest(explained):
    code, told = explained("single_label", "--text", "the lovely film")
    assert code == 0 and [word["text"] for word in told["words"]] == ["the", "lovely", "film"]
    assert told["label"] == told["answer"] == max(told["probabilities"], key=told["probabilities"].get)
    assert sum(told["probabilities"].values()) == pytest.approx(1.0, abs=1e-4)
    strongest = max(told["words"], key=lambda word: abs(word["weight"]))
    assert told["without"]["word"] == strongest["text"] and told["without"]["delta"] != 0
    assert [(word["start"], word["end"]) for word in told["words"]] == [(0, 3), (4, 10), (11, 15)]


def test_another_class_can_be_asked_for(explained):
    told = explained("single_label", "--text", "the lovely film", "--label", "other")[1]
    assert told["label"] == "other"
    code, refused = explained("single_label", "--text", "the lovely film", "--label", "nothing")
    assert (
        code == 1
        and "no class 'nothing'" in refused["error"]["message"]
        and "neg, pos, other" in refused["error"]["hint"]
    )


def test_labels_and_scores_are_explained_too(explained):
    told = explained("multi_label", "--text", "the lovely film")[1]
    assert set(told["answer"].split("|")) == {"neg", "pos"} and told["label"] in ("neg", "pos", "other")
    told = explained("regression", "--text", "the lovely film")[1]
    assert told["score"] == pytest.approx(told["answer"]) and "probabilities" not in told and told["label"] == "stars"


def test_a_text_of_one_word_and_an_empty_one_are_answered(explained):
    told = explained("single_label", "--text", "lovely")[1]
    assert len(told["words"]) == 1 and told["without"] is None
    code, told = explained("single_label", "--text", " ")
    assert code == 0 and told["words"] == []
