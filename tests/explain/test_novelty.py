"""Texts of another kind lie farther from the training texts than these from each other."""

import time

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.explain.novelty import FEWEST, UNLIKE, know, strangeness
from core.explain.training_texts import ask_known, learnt_from, with_unlike
from core.results.text_columns import TextColumns
from core.runs.folder import create_run


def around(center, rows, seed, width=16):
    draw = np.random.default_rng(seed)
    return np.eye(width)[center] + 0.1 * draw.standard_normal((rows, width))


def test_texts_of_the_learnt_kinds_are_known_and_another_kind_is_not():
    learnt = np.concatenate([around(0, 200, 1), around(1, 200, 2)])
    known = know(learnt)
    same, other = strangeness(known, around(1, 200, 3)), strangeness(known, around(5, 200, 4))
    assert (same >= UNLIKE).mean() < 0.12 and (other == 1.0).all()
    assert 0.3 < same.mean() < 0.7  # new texts of a kind lie as the old ones lie to each other


def test_each_training_text_is_compared_with_the_others_and_not_with_itself():
    known = know(np.eye(FEWEST))  # all at right angles: each is one away from all others
    assert np.allclose(known.own, 1.0)
    assert strangeness(known, np.eye(FEWEST)[:1])[0] == 0.0  # a copy of one is nearer than any is to the others


def test_few_training_texts_say_nothing():
    assert know(np.eye(FEWEST - 1)) is None


def test_a_scored_table_gets_the_column_and_rows_without_text_stay_empty(dataset, tiny_encoder):
    run = create_run(RunConfig(dataset.id, model=str(tiny_encoder), train_size=40), "tiny")
    assert len(learnt_from(run)) == 40
    work = ask_known(run)
    for _ in range(300):
        if work.ended:
            break
        time.sleep(0.1)
    assert work.result is not None and len(work.result) == 40
    frame = pd.DataFrame({"note": ["the lovely film book meal 12", "", "完全不同的文字"], "unlike_training": 1})
    told = with_unlike(run, work.result, frame, TextColumns(("note",)))
    assert told["unlike_training"].tolist() == [1, 1, 1]
    assert told["unlike_training_"].isna().tolist() == [False, True, False] and told["unlike_training_"][2] >= UNLIKE


@pytest.mark.parametrize("size", [0, 3])
def test_nothing_to_compare_is_no_error(size):
    assert len(strangeness(know(np.eye(FEWEST)), np.eye(FEWEST)[:size])) == size
