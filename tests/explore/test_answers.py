from dataclasses import replace

import numpy as np
import pandas as pd

from core.explore.answers import NO_LABEL, SEVERAL, answers_of, group_columns


def test_one_label_a_row(dataset):
    frame = dataset.frame()
    answers = answers_of(dataset, frame)
    assert answers.names == ("neg", "pos") and answers.told().tolist() == frame["label"].tolist()


def test_several_labels_a_row_as_text_or_as_lists(dataset):
    several = replace(dataset, task="multi_label", labels=("a", "b"))
    for labels in (["a", "a|b", "", "b"], [["a"], np.array(["a", "b"]), [], ("b",)]):
        answers = answers_of(several, pd.DataFrame({"label": labels}))
        assert answers.members.tolist() == [[True, False], [True, True], [False, False], [False, True]]
        assert answers.told().tolist() == ["a", SEVERAL, NO_LABEL, "b"]


def test_scores_are_put_into_thirds_and_keep_their_values(dataset):
    scores = replace(dataset, task="regression", labels=("rating",))
    answers = answers_of(scores, pd.DataFrame({"label": [str(each) for each in range(1, 10)]}))
    assert answers.values.tolist() == list(range(1, 10)) and len(answers.names) == 3
    assert answers.members.sum(axis=1).tolist() == [1] * 9 and answers.members.sum(axis=0).tolist() == [3, 3, 3]
    alike = answers_of(scores, pd.DataFrame({"label": ["2"] * 6}))
    assert len(alike.names) == 1


def test_a_set_without_labels_has_no_groups(dataset):
    bare = replace(dataset, task="unlabelled", labels=())
    answers = answers_of(bare, dataset.frame())
    assert answers.names == () and answers.told().tolist() == [NO_LABEL] * dataset.rows


def test_columns_with_few_values_can_group_the_rows_and_others_cannot(dataset):
    frame = dataset.frame().assign(**{"extra.domain": "books", "extra.id": range(120), "extra.shop": ["x", "y"] * 60})
    assert group_columns(dataset, frame) == {"part": "split", "shop": "extra.shop"}
