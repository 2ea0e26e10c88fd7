"""A saved classifier is one for transformers alone."""

from transformers import pipeline

from core.models.classifier import load_classifier, load_saved


def test_a_plain_pipeline_cuts_long_texts_where_the_model_ends(home, tiny_encoder, tmp_path):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=7)
    classifier.save(tmp_path)
    assert classifier.tokenizer.model_max_length > 10**6  # here it is Graft that cuts
    plain = pipeline("text-classification", model=str(tmp_path), device="cpu")
    assert plain.tokenizer.model_max_length == classifier.max_length == 64
    assert plain("a long film " * 200, truncation=True)[0]["label"] in ("neg", "pos")
    assert load_saved(tmp_path).max_length == 64
