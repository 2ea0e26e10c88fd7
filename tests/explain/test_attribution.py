"""The pull of words: exact where the model is linear, complete, aligned, and honest about what it cannot tell."""

from types import SimpleNamespace

import pytest
import torch

from core.errors import SourceError
from core.explain.attribution import explain, without
from core.models.classifier import Classifier, load_classifier, load_tokenizer
from core.results.predictor import Predictor


class Bag(torch.nn.Module):
    """Logits that are linear in the word vectors: one number a token, summed."""

    def __init__(self, pull):
        super().__init__()
        self.table = torch.nn.Embedding(30522, 2)
        torch.nn.init.zeros_(self.table.weight)
        for token, value in pull.items():
            self.table.weight.data[token, 1] = value
        self.config = SimpleNamespace(problem_type="multi_label_classification")

    def get_input_embeddings(self):
        return self.table

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        return SimpleNamespace(logits=(self.table(input_ids) * attention_mask[..., None]).sum(1))


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer("minilm")


@pytest.fixture
def bag(tokenizer):
    number = tokenizer.convert_tokens_to_ids
    pull = {number("good"): 2.0, number("bad"): -3.0, number("film"): 0.5, number("[PAD]"): 0.25}
    return Predictor(Classifier(Bag(pull), tokenizer, ("a", "b")), "cpu", False, 64)


def weights(told):
    return {word.text: round(word.weight, 4) for word in told.words}


def test_of_a_linear_model_each_word_has_its_own_pull(bag):
    told = explain(bag, "A good film, not bad!", target="b")
    # each token against the padding that stands for nothing
    assert weights(told) == {"A": -0.25, "good": 1.75, "film": 0.25, ",": -0.25, "not": -0.25, "bad": -3.25, "!": -0.25}
    assert explain(bag, "good", target="b").target == "b"


def test_the_pulls_of_a_real_network_add_up_to_what_the_text_changes(tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=1)
    model = Predictor(classifier, "cpu", False, 64)
    text = "the waiter was lovely and the story was excellent"
    told = explain(model, text, target="pos")
    ids = classifier.tokenizer(text, return_tensors="pt")["input_ids"]
    empty = ids.clone()
    empty[:, 1:-1] = classifier.tokenizer.pad_token_id
    classifier.model.eval()
    with torch.no_grad():
        logits = [
            classifier.model(input_ids=each, attention_mask=torch.ones_like(each)).logits[0] for each in (ids, empty)
        ]
    changed = float((logits[0][1] - logits[0][0]) - (logits[1][1] - logits[1][0]))
    assert sum(word.weight for word in told.words) == pytest.approx(changed, rel=0.1, abs=1e-3)
    assert all(parameter.grad is None for parameter in classifier.model.parameters())


def test_both_texts_of_a_pair_are_told(tiny_encoder):
    model = Predictor(load_classifier(str(tiny_encoder), ("neg", "pos"), seed=1), "cpu", False, 64)
    told = explain(model, "a lovely film", "an awful story")
    assert [word.text for word in told.words] == ["a", "lovely", "film"]
    assert [word.text for word in told.second] == ["an", "awful", "story"]


@pytest.mark.parametrize(
    ("truncation", "read", "said"),
    [("head", {0, 1}, "tokens"), ("tail", {8, 9}, ""), ("head_tail", {0, 9}, ""), ("windows", {0, 1}, "windows")],
)
def test_what_the_model_does_not_read_has_no_pull(tiny_encoder, truncation, read, said):
    words = "lovely awful film meal phone book waiter screen story evening".split()
    model = Predictor(load_classifier(str(tiny_encoder), ("neg", "pos"), seed=1), "cpu", False, 6, truncation)
    told = explain(model, " ".join(words))
    unread = [number for number, word in enumerate(told.words) if not word.read]
    assert not read & set(unread) and len(unread) == 6
    assert all(told.words[number].weight == 0 for number in unread) and said in told.note


def test_a_class_that_is_not_there_and_a_tokenizer_without_places_are_named(bag):
    with pytest.raises(SourceError, match="no class 'c'"):
        explain(bag, "good", target="c")
    bag.classifier.tokenizer = SimpleNamespace(is_fast=False)
    with pytest.raises(SourceError, match="does not tell where"):
        explain(bag, "good")


def test_a_text_without_a_word_has_no_double_blank(bag):
    told = explain(bag, "A good film", target="b")
    assert [without("A good film", word) for word in told.words] == ["good film", "A film", "A good"]
