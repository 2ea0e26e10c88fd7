"""Hidden words that a source guesses by its own head: by hand, and as an ability that a run may lose."""

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from core.config import RunConfig
from core.models.classifier import load_tokenizer
from core.models.masked import load_masked, one_word_each
from core.models.mixing import encoder_weights
from core.runs.folder import create_run
from core.training.guessing import guessed_words
from core.transfer import abilities

TEXTS = ["the film", "the unaffable evening was the best", "", "superb", "a lovely meal, the waiter said"]


@pytest.fixture(scope="module")
def source(tiny_encoder, tmp_path_factory):
    """An encoder with a head that guesses "the" for whatever is hidden."""
    tokenizer, folder = load_tokenizer(str(tiny_encoder)), tmp_path_factory.mktemp("guesses")
    whole = AutoModelForMaskedLM.from_pretrained(tiny_encoder)
    with torch.no_grad():
        whole.cls.predictions.bias.zero_()
        whole.cls.predictions.bias[tokenizer.convert_tokens_to_ids("the")] = 1000.0
    whole.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def test_one_whole_word_of_each_text_is_hidden(tiny_encoder):
    tokenizer, model = load_tokenizer(str(tiny_encoder)), load_masked(str(tiny_encoder), None, 0)
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    for draw in (0.0, 0.3, 0.999):
        hidden = one_word_each(batch["input_ids"], model.continued, model.special, torch.full((len(TEXTS),), draw))
        for ids, chosen, text in zip(batch["input_ids"], hidden, TEXTS, strict=True):
            spelt = tokenizer.convert_ids_to_tokens(ids[chosen])
            assert bool(spelt) == bool(text)
            assert all(token.startswith("##") for token in spelt[1:]) and not any(
                t.startswith(("##", "[")) for t in spelt[:1]
            )
    assert tokenizer.convert_ids_to_tokens(batch["input_ids"][1][hidden[1]]) == ["best"], (
        "the last word, by the highest draw"
    )


def test_a_guess_is_right_where_the_hidden_word_is_what_the_head_says(source):
    model = load_masked(source, None, 0).eval()
    right = guessed_words(model, source, None, TEXTS, 32)
    draws = np.random.default_rng(0).random(len(TEXTS))
    for text, draw, guessed in zip(TEXTS, draws, right, strict=True):
        words = [piece for piece in text.replace(",", " ,").split()]
        hidden = words[int(draw * len(words))] if words else ""
        assert guessed == (hidden == "the"), text
    assert np.array_equal(right, guessed_words(model, source, None, TEXTS, 32))


def test_a_source_with_the_head_is_asked_to_guess_and_one_without_is_not(source, tiny_encoder, dataset):
    run = create_run(RunConfig(dataset.id, model=source))
    found = {ability.task: ability for ability in abilities.abilities_of(run)}
    (guessing,) = [ability for task, ability in found.items() if "guessing a hidden word" in task]
    assert 0.01 < guessing.before.mean() < 0.2 and len(guessing.before) == abilities.GUESSED, (
        "as often as it is the word"
    )
    model = load_masked(source, None, 0)
    assert np.array_equal(guessing.ask(encoder_weights(model.encoder)), guessing.before)
    table = "embeddings.word_embeddings.weight"
    moved = {
        table: torch.randn(model.encoder.get_parameter(table).shape, generator=torch.Generator().manual_seed(0)) * 1e4
    }
    assert guessing.ask(moved).mean() < guessing.before.mean(), "words whose vectors have moved are guessed no more"
    bare = create_run(RunConfig(dataset.id, model=str(tiny_encoder)))
    assert not [ability for ability in abilities.abilities_of(bare) if "guessing" in ability.task]
