import numpy as np
import torch

from core.config import RunConfig
from core.models.classifier import load_tokenizer
from core.models.masked import load_masked
from core.training.adapting import adapting_config, adapting_job, held_out, terms, validate
from core.training.encoding import encode
from core.training.events import Evaluated
from core.training.loop import train
from tests.conftest import sentences


def test_texts_are_learnt_from_or_judge_and_never_both():
    learnt, judged = held_out(100, 5)
    assert len(judged) == 10 and sorted([*learnt, *judged]) == list(range(100)) and (np.diff(learnt) > 0).all()
    assert len(held_out(10_000, 5)[1]) == 300 and len(held_out(3, 5)[1]) == 1
    assert held_out(100, 5)[1].tolist() == judged.tolist() != held_out(100, 6)[1].tolist()


def test_the_loss_is_a_mean_over_hidden_tokens_and_a_row_without_any_costs_nothing():
    logits = torch.tensor([[6.0, 3.0], [0.0, 0.0]])
    assert terms(logits, torch.zeros(2)).tolist() == [2.0, 0.0]
    assert validate(np.array([[6.0, 3.0], [4.0, 1.0]]), np.zeros(2)) == (-2.5, {"loss": 2.5})


def test_what_is_asked_about_labels_does_not_reach_the_reading():
    asked = RunConfig(
        "x", class_weights=True, label_smoothing=0.1, train_size=8, adapt="own", adapt_epochs=7, patience=1
    )
    own = adapting_config(asked)
    assert (own.epochs, own.class_weights, own.label_smoothing) == (7, False, 0.0)
    assert (own.train_size, own.patience, own.adapt) == (None, None, "none")


def test_hidden_words_are_guessed_better_after_reading(home, tiny_encoder):
    tokenizer = load_tokenizer(str(tiny_encoder))
    texts, judging = (encode([text for text, _ in sentences(rows, seed=rows)], tokenizer, 32) for rows in (96, 24))
    config = adapting_config(RunConfig("x", str(tiny_encoder), adapt="own", adapt_epochs=6)).changed(learning_rate=3e-3)
    model = load_masked(str(tiny_encoder), None, 3)
    table = model.get_input_embeddings().weight.clone()
    job = adapting_job(config, model, texts, judging, "cpu", False)
    losses = [event.scores["loss"] for event in train(job) if isinstance(event, Evaluated)]
    assert len(losses) == 6 and losses == sorted(losses, reverse=True) and losses[-1] < losses[0] - 0.05
    assert torch.equal(model.get_input_embeddings().weight, table)
