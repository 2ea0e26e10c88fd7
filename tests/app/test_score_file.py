"""A file is scored on the Use page, through the app's own entry."""

import pytest

from tests.app.test_pages import finished, open_page, said
from tests.conftest import sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
TEXTS = [text for text, _ in sentences(12, seed=4)]


@pytest.fixture
def run(dataset, tiny_encoder):
    from core.models.classifier import load_classifier

    run = finished(dataset, "good one", 0.9)
    load_classifier(str(tiny_encoder), dataset.labels, seed=0).save(run.model)
    return run


def opened(run, name, content):
    app = open_page("use", run=run.id)
    app.file_uploader(key="predict_upload").upload(name, content.encode()).run()
    assert not app.exception
    return app, next(box for box in app.multiselect if str(box.key).startswith("text_column_"))


def test_rows_that_could_not_be_read_are_counted_and_stand_in_the_table(run):
    lines = [f"{row},{text}" for row, text in enumerate(TEXTS)]
    lines[5] += ",too much"
    app, texts = opened(run, "new.csv", "\n".join(["id,review", *lines]))
    assert texts.value == ["review"] and "12 rows, 1 of them not readable" in said(app)
    app.button(key="score_file").click().run()
    assert not app.exception and "1 row could not be read, line 7: 3 fields instead of 2." in said(app)
    table = next(each.value for each in app.dataframe if "graft_note" in each.value)
    assert len(table) == 12 and table["prediction"].isna().tolist() == [row == 5 for row in range(12)]


def test_where_two_columns_would_do_the_user_is_asked(run):
    rows = "\n".join(f"{text},{text} and so on and on" for text in TEXTS)
    app, texts = opened(run, "new.csv", f"headline,story\n{rows}")
    assert texts.value == [] and app.button(key="score_file").disabled and "Choose the column to read" in said(app)
    texts.set_value(["headline"]).run()
    assert not app.button(key="score_file").disabled and "Choose the column" not in said(app)


def test_a_scored_workbook_is_there_after_a_reload_and_stays_a_workbook(run):
    app, _ = opened(run, "new.csv", "\n".join(["review", *TEXTS]))
    app.button(key="score_file").click().run()
    assert not app.exception and "12 rows" in said(app)
    again = open_page("use", run=run.id, scored=dict(app.query_params)["scored"])
    assert "new.csv" in said(again) and len(again.dataframe[0].value) == 12
    assert list(again.dataframe[0].value)[:2] == ["prediction", "confidence"]
    again.toggle[0].set_value(True).run()
    assert again.dataframe[0].value["confidence"].is_monotonic_increasing
    next(button for button in again.button if button.label == "Delete").click().run()
    assert not again.exception and not again.dataframe
