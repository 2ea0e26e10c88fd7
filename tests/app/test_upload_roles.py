"""Roles on the upload form, through the app's own entry."""

import pytest

from core.data.sets.store import list_datasets
from tests.app.test_pages import open_page, said
from tests.conftest import sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_subject_and_body_are_joined_on_the_form_and_the_difference_to_pairs_is_told(home):
    rows = "\n".join(f"Matter {n},{text},{label}" for n, (text, label) in enumerate(sentences(60)))
    app = open_page("data")
    app.file_uploader(key="upload").upload("mails.csv", f"subject,body,label\n{rows}".encode()).run()
    first = next(box for box in app.selectbox if str(box.key).startswith("text_") and box.label == "Text")
    first.set_value("subject").run()
    joined = next(box for box in app.multiselect if box.label == "Joined to it")
    assert joined.value == [] and "subject" not in joined.options
    joined.set_value(["body"]).run()
    assert "become **one text** in this order; a second text would stay apart" in said(app)
    app.button(key="store").click().run()
    assert not app.exception
    stored = list_datasets()[0]
    assert stored.texts == ("subject", "body")
    assert stored.frame()["text"][0] == f"Matter 0\n\n{sentences(60)[0][0]}"
