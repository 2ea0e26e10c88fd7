import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel

from core.errors import SourceError
from core.models.mixing import encoder_weights, interpolate, mean_weights, put_encoder

SMALL = {"vocab_size": 20, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 4}


def weights(*values):
    return {"w": torch.tensor(values), "b": torch.tensor([1.0])}


def test_a_quarter_of_the_way_is_three_parts_source_and_one_part_run():
    mixed = interpolate(weights(0.0, 4.0), weights(8.0, 8.0), 0.25)
    assert mixed["w"].tolist() == [2.0, 5.0] and mixed["b"].tolist() == [1.0]


@pytest.mark.parametrize(("alpha", "end"), [(0.0, "start"), (1.0, "end")])
def test_the_ends_of_the_way_are_exact(alpha, end):
    ends = {"start": {"w": torch.randn(50)}, "end": {"w": torch.randn(50)}}
    assert torch.equal(interpolate(ends["start"], ends["end"], alpha)["w"], ends[end]["w"])


def test_the_mean_of_two_lies_halfway():
    assert torch.equal(mean_weights([weights(1.0, 2.0), weights(3.0, 6.0)])["w"], torch.tensor([2.0, 4.0]))


def test_models_of_different_kinds_are_refused_by_the_name_of_a_weight():
    with pytest.raises(SourceError, match="their weight w"):
        interpolate({"w": torch.zeros(2)}, {"w": torch.zeros(3)}, 0.5)
    with pytest.raises(SourceError, match="their weight v"):
        interpolate({"w": torch.zeros(2)}, {"w": torch.zeros(2), "v": torch.zeros(1)}, 0.5)


def test_a_bare_encoder_and_a_classifier_share_names_and_the_head_stays():
    torch.manual_seed(0)
    classifier, bare = BertForSequenceClassification(BertConfig(**SMALL)), BertModel(BertConfig(**SMALL))
    head = classifier.classifier.weight.detach().clone()
    put_encoder(classifier, encoder_weights(bare))
    moved = dict(classifier.bert.named_parameters())
    assert all(torch.equal(moved[name], weight) for name, weight in bare.named_parameters())
    assert torch.equal(classifier.classifier.weight, head)
