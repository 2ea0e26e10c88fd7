"""Mean pooling that other tools load as a plain checkpoint."""

import json

import pytest
import torch
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    BertConfig,
    ElectraConfig,
    MPNetConfig,
    RobertaConfig,
)

from core.errors import SourceError
from core.models.classifier import load_classifier, load_saved, load_tokenizer
from core.training.features import load_encoder

SIZES = {
    "vocab_size": 30522, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
    "max_position_embeddings": 64,
}  # fmt: skip
BATCH = {
    "input_ids": torch.tensor([[101, 2023, 2003, 2204, 102], [101, 2919, 102, 1, 1]]),
    "attention_mask": torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]),
}


@pytest.fixture(params=[BertConfig, ElectraConfig, MPNetConfig, RobertaConfig])
def sentence_encoder(request, tmp_path):
    """A tiny checkpoint that says, as sentence-transformers does, that it is read by the mean of its tokens."""
    torch.manual_seed(0)
    folder = tmp_path / "encoder"
    AutoModel.from_config(request.param(**SIZES, pad_token_id=1)).save_pretrained(folder)
    load_tokenizer("minilm").save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_mean_tokens": True}))
    return folder


def encoder_output(model, batch=BATCH):
    """What the classifier reads at the first token, (rows, width)."""
    with torch.no_grad():
        return model.eval().base_model(**batch)[0][:, 0]


def test_the_classifier_reads_the_mean_of_the_tokens(home, sentence_encoder):
    model = load_classifier(str(sentence_encoder), ["a", "b"], seed=0).model
    with torch.no_grad():
        states = AutoModel.from_pretrained(sentence_encoder)(**BATCH).last_hidden_state
    mask = BATCH["attention_mask"].unsqueeze(-1)
    mean = (states * mask).sum(1) / mask.sum(1)
    expected = torch.nn.functional.layer_norm(mean, mean.shape[-1:])
    likeness = torch.nn.functional.cosine_similarity(encoder_output(model), expected)
    assert (likeness > 0.99).all()


@pytest.mark.slow
@pytest.mark.parametrize("scratch", [False, True])
def test_a_saved_model_gives_the_same_logits_without_graft(home, sentence_encoder, tmp_path, scratch):
    classifier = load_classifier(str(sentence_encoder), ["a", "b"], seed=0, scratch=scratch)
    classifier.save(tmp_path / "saved")
    plain = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved").eval()
    ours = load_saved(tmp_path / "saved").model
    with torch.no_grad():
        expected = classifier.model.eval()(**BATCH).logits
        assert torch.allclose(plain(**BATCH).logits, expected, atol=1e-5)
        assert torch.allclose(ours(**BATCH).logits, expected, atol=1e-6)


@pytest.mark.slow
def test_heads_that_weigh_places_give_the_same_logits_without_graft(home, tmp_path):
    torch.manual_seed(0)
    encoder = AutoModel.from_config(MPNetConfig(**SIZES))
    encoder.encoder.relative_attention_bias.weight.data.normal_()
    encoder.save_pretrained(tmp_path / "encoder")
    load_tokenizer("minilm").save_pretrained(tmp_path / "encoder")
    classifier = load_classifier(str(tmp_path / "encoder"), ["a", "b"], seed=0, pooling="mean")
    classifier.save(tmp_path / "saved")
    plain = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved").eval()
    with torch.no_grad():
        expected = classifier.model.eval()(**BATCH).logits
        assert torch.allclose(plain(**BATCH).logits, expected, atol=1e-5)


def test_padding_changes_nothing(home, sentence_encoder):
    model = load_classifier(str(sentence_encoder), ["a", "b"], seed=0).model
    short = {name: value[1:, :3] for name, value in BATCH.items()}
    assert torch.allclose(encoder_output(model, short), encoder_output(model)[1:], atol=1e-5)


@pytest.mark.slow
def test_an_earlier_run_keeps_its_one_averaging_layer(home, sentence_encoder, tmp_path):
    load_classifier(str(sentence_encoder), ["a", "b"], seed=0).save(tmp_path / "saved")
    again = load_classifier(str(tmp_path / "saved"), ["x", "y", "z"], seed=0).model
    scratch = load_classifier(str(tmp_path / "saved"), ["x", "y", "z"], seed=0, scratch=True).model
    assert again.config.num_hidden_layers == scratch.config.num_hidden_layers == 3
    with pytest.raises(SourceError, match="already reads the mean"):
        load_classifier(str(tmp_path / "saved"), ["a", "b"], seed=0, pooling="cls")


def test_the_averaging_layer_is_not_trained(home, sentence_encoder):
    model = load_classifier(str(sentence_encoder), ["a", "b"], seed=0).model
    assert not any(weight.requires_grad for weight in model.base_model.encoder.layer[-1].parameters())
    model.train()(**BATCH).logits.sum().backward()
    assert model.base_model.encoder.layer[0].output.dense.weight.grad.abs().sum() > 0


def test_the_bare_encoder_is_that_of_the_source(home, sentence_encoder, tmp_path):
    load_classifier(str(sentence_encoder), ["a", "b"], seed=0).save(tmp_path / "saved")
    with torch.no_grad():
        states = [load_encoder(str(path))(**BATCH).last_hidden_state for path in (sentence_encoder, tmp_path / "saved")]
    assert torch.allclose(*states, atol=1e-6)


def test_a_source_is_read_by_its_first_token_when_asked_or_when_it_was_trained_so(home, sentence_encoder, tiny_encoder):
    for source, pooling in ((sentence_encoder, "cls"), (tiny_encoder, "auto")):
        assert load_classifier(str(source), ["a", "b"], seed=0, pooling=pooling).model.config.num_hidden_layers == 2
