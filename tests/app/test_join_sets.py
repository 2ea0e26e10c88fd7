"""Joining sets on the page of all data sets."""

import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from core.data.sets.domains import domains_of
from core.data.sets.store import list_datasets
from tests.app.test_pages import open_page, said


@pytest.fixture
def store(home, tmp_path):
    def stored(name, labels):
        path = tmp_path / f"{name}.csv"
        rows = [(f"{name} number {place} of its kind", labels[place % len(labels)]) for place in range(48)]
        frame = pd.DataFrame(rows, columns=["text", "label"])
        frame["split"] = [("train", "train", "validation", "test")[place // 3 % 4] for place in range(len(frame))]
        frame.to_csv(path, index=False)
        return add_dataset(path, name=name)[0]

    return stored


def chosen(*sets):
    app = open_page("data", all="1")
    app.multiselect(key="join_sets").set_value([one.id for one in sets]).run()
    assert not app.exception
    return app


def test_one_set_alone_says_what_is_missing(store):
    store("books", ("pos", "neg"))
    app = open_page("data", all="1")
    assert not app.exception and "Add another one first" in said(app)


def test_labels_are_guessed_by_their_beginnings_and_the_sets_become_one(store):
    books, tweets = store("books", ("pos", "neg")), store("tweets", ("positive", "negative", "mixed"))
    app = chosen(books, tweets)
    offered = {box.label: box.value for box in app.selectbox}
    assert offered == {
        "“positive” of tweets is the same as": "pos", "“negative” of tweets is the same as": "neg",
        "“mixed” of tweets is the same as": "",
    }  # fmt: skip
    app.button(key="join_now").click().run()
    assert not app.exception
    joint = next(one for one in list_datasets() if one.domain)
    assert domains_of(joint) == ["books", "tweets"] and joint.rows == 48 + 32
    assert joint.id in app.query_params["dataset"]


def test_what_does_not_go_together_is_said_and_a_label_can_be_left_out(store):
    tweets, books = store("tweets", ("pos", "neg", "mixed")), store("books", ("pos", "neg"))
    app = chosen(tweets, books)
    app.button(key="join_now").click().run()
    assert (
        any("'mixed' of 'tweets' does not stand in 'books'" in error.value for error in app.error)
        and len(list_datasets()) == 2
    )
    (box,) = app.checkbox
    box.check().run()
    app.button(key="join_now").click().run()
    assert not app.exception and len(list_datasets()) == 3
