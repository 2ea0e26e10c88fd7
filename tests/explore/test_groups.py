from dataclasses import replace

import numpy as np
import pandas as pd

from core.explore.groups import NO_LABEL, SEVERAL, group_columns, groups_of


def test_one_label_a_row(dataset):
    frame = dataset.frame()
    groups = groups_of(dataset, frame)
    assert groups.names == ("neg", "pos") and groups.name_of_rows().tolist() == frame["label"].tolist()


def test_several_labels_a_row_as_text_or_as_lists(dataset):
    several = replace(dataset, task="multi_label", labels=("a", "b"))
    for labels in (["a", "a|b", "", "b"], [["a"], np.array(["a", "b"]), [], ("b",)]):
        groups = groups_of(several, pd.DataFrame({"label": labels}))
        assert groups.members.tolist() == [[True, False], [True, True], [False, False], [False, True]]
        assert groups.name_of_rows().tolist() == ["a", SEVERAL, NO_LABEL, "b"]


def test_scores_are_put_into_thirds_and_keep_their_values(dataset):
    scores = replace(dataset, task="regression", labels=("rating",))
    groups = groups_of(scores, pd.DataFrame({"label": [str(score) for score in range(1, 10)]}))
    assert groups.values.tolist() == list(range(1, 10)) and len(groups.names) == 3
    assert groups.members.sum(axis=1).tolist() == [1] * 9 and groups.members.sum(axis=0).tolist() == [3, 3, 3]
    alike = groups_of(scores, pd.DataFrame({"label": ["2"] * 6}))
    assert len(alike.names) == 1


def test_a_set_without_labels_has_no_groups(dataset):
    bare = replace(dataset, task="unlabelled", labels=())
    groups = groups_of(bare, dataset.frame())
    assert groups.names == () and groups.name_of_rows().tolist() == [NO_LABEL] * dataset.rows


def test_columns_with_few_values_can_group_the_rows_and_others_cannot(dataset):
    frame = dataset.frame().assign(**{"extra.domain": "books", "extra.id": range(120), "extra.shop": ["x", "y"] * 60})
    assert group_columns(dataset, frame) == {"part": "split", "shop": "extra.shop"}
