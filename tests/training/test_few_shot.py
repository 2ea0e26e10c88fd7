"""Pairs of texts for few-shot training, and what the training does to the vectors."""

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import DatasetError
from core.models.classifier import load_classifier
from core.training.encoding import encode
from core.training.events import Evaluated, Started, StepLogged, TrainingDone
from core.training.few_shot import draw_pairs, few_shot, pair_count
from core.training.job import LabelledRows
from core.training.scoring import score
from tests.conftest import sentences
from tests.training.jobs import job_of

LABELS = ("neg", "pos")


def test_half_of_the_pairs_are_of_one_class_and_none_comes_twice_too_early():
    labels = np.array([0, 0, 0, 1, 1, 2])
    pairs, same = draw_pairs(labels, 22, seed=0)
    assert same.sum() == 11 and len(pairs) == 22
    assert np.array_equal(labels[pairs[:, 0]] == labels[pairs[:, 1]], same == 1)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    different = [tuple(pair) for pair in pairs[same == 0]]
    assert len(set(different)) == 11  # there are just 11 such pairs: 15 in all, 4 of one class
    alike, counts = np.unique(pairs[same == 1], axis=0, return_counts=True)
    assert len(alike) == 4 and counts.max() - counts.min() <= 1


def test_the_same_seed_draws_the_same_pairs_and_another_one_others():
    labels = np.arange(40) % 2
    first, second, other = (draw_pairs(labels, 64, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, second) and not np.array_equal(first, other)


def test_of_many_rows_pairs_are_drawn_at_random():
    labels = np.arange(4000) % 3
    pairs, same = draw_pairs(labels, 500, seed=0)
    assert len(pairs) == 500 and same.sum() == 250
    assert np.array_equal(labels[pairs[:, 0]] == labels[pairs[:, 1]], same == 1)


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_rows_that_make_no_pairs_are_refused(labels):
    with pytest.raises(DatasetError, match="compares rows"):
        draw_pairs(np.array(labels), 8, seed=0)


def test_one_epoch_is_all_pairs_with_the_rarer_kind_repeated():
    assert pair_count(np.array([0, 0, 1, 1]), 1) == 8  # 2 of one class, 4 of two: 4 of each
    assert pair_count(np.arange(20) % 2, None) == 400


def test_texts_of_one_class_move_together_and_the_head_learns(home, tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), LABELS, seed=7, prefer_mean=True)
    rows = [
        LabelledRows(
            encode([text for text, _ in pairs], classifier.tokenizer, 32),
            np.array([LABELS.index(label) for _, label in pairs]),
        )
        for pairs in (sentences(16), sentences(16, seed=5))
    ]
    config = RunConfig("x", strategy="few_shot", learning_rate=3e-3, epochs=2, batch_size=8)
    events = list(few_shot(job_of(config, classifier.model, *rows)))
    losses = [event.loss for event in events if isinstance(event, StepLogged)]
    assert np.mean(losses[-4:]) < 0.1 < np.mean(losses[:4])
    assert isinstance(events[0], Started) and events[0].total_steps == len(losses) == 32
    done = events[-1]
    assert isinstance(done, TrainingDone) and done.step == done.best_step == 32 and done.tokens > 0
    judged = [event for event in events if isinstance(event, Evaluated)]
    assert len(judged) == 1 and judged[0].best
    learnt, held_out = (
        np.mean(score(classifier.model, part.encoded, "cpu", False).argmax(axis=1) == part.labels) for part in rows
    )
    assert learnt == 1.0 and held_out == pytest.approx(judged[0].scores["accuracy"])
