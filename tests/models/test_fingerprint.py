from transformers import BertConfig, ModernBertConfig

from core.models.classifier import load_tokenizer
from core.models.fingerprint import architecture_fingerprint, tokenizer_fingerprint


def test_how_an_encoder_computes_is_in_its_name_and_what_its_labels_are_is_not():
    plain = architecture_fingerprint(BertConfig())
    assert architecture_fingerprint(BertConfig(num_labels=7, problem_type="regression", name_or_path="x")) == plain
    for change in ({"hidden_act": "relu"}, {"num_attention_heads": 6}, {"layer_norm_eps": 1e-5}):
        assert architecture_fingerprint(BertConfig(**change)) != plain
    by_pooling = [architecture_fingerprint(ModernBertConfig(classifier_pooling=way)) for way in ("cls", "mean")]
    assert by_pooling[0] != by_pooling[1]


def test_a_tokenizer_keeps_its_name_when_it_was_used_to_cut():
    tokenizer = load_tokenizer("minilm")
    fresh = tokenizer_fingerprint(tokenizer)
    tokenizer(["some text"], truncation=True, max_length=4, padding="max_length")
    assert tokenizer_fingerprint(tokenizer) == fresh
    tokenizer.add_tokens(["[new]"])
    assert tokenizer_fingerprint(tokenizer) != fresh
