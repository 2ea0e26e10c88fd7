"""Classes are merged and findings mended on the Data page, through the app's own entry."""

import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from core.data.sets.store import list_datasets
from core.data.sets.versions import family
from pages.components.data.decide_labels import changed_labels
from tests.app.test_pages import open_page, said
from tests.conftest import sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def tickets(home, tmp_path):
    labels = ["Billing"] * 50 + ["Shipping"] * 50 + ["Shiping"] * 5 + ["billing"] * 5 + ["Refund"] * 20
    frame = pd.DataFrame({"message": [text for text, _ in sentences(130)], "topic": labels})
    frame.loc[1, "message"] = frame.loc[0, "message"]
    frame.loc[51, "message"] = frame.loc[120, "message"]
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    return add_dataset(tmp_path / "tickets.csv", text="message", label="topic")[0]


def test_the_safe_fixes_are_one_click_and_one_version(tickets):
    app = open_page("data", dataset=tickets.id, tab="Health")
    app.button(key="fix_safe").click().run()
    assert not app.exception
    assert "Merged 'billing' into 'Billing': 5 rows. Dropped 1 row that" in said(app).replace("\\", "")
    assert len(family(tickets)) == 2 and "Apply the safe fixes" not in [button.label for button in app.button]


def test_the_table_proposes_names_and_applies_them(tickets):
    app = open_page("data", dataset=tickets.id, tab="Health")
    assert [box.label for box in app.expander if "classes" in box.label] == ["Merge or rename classes (2 proposed)"]
    app.button(key="merge_go").click().run()
    assert not app.exception
    assert list_datasets()[0].labels == ("Billing", "Refund", "Shipping")


def test_a_text_with_two_labels_is_decided_in_the_table(tickets):
    app = open_page("data", dataset=tickets.id, tab="Health")
    next(box for box in app.toggle if "conflicting" in str(box.key)).set_value(True).run()
    assert not app.exception and "Click a label to change it" in said(app) and app.button(key="conflicts_go").disabled
    rows = pd.DataFrame({"row": [51, 120], "text": "same", "label": ["Shipping", "Refund"]})
    assert changed_labels(rows, rows.assign(label="Refund")) == {51: "Refund"}


def test_what_is_cut_short_is_not_called_a_count(home, tmp_path):
    frame = pd.DataFrame(sentences(150), columns=["review", "label"])
    pd.concat([frame, frame]).to_csv(tmp_path / "twice.csv", index=False)
    app = open_page("data", dataset=add_dataset(tmp_path / "twice.csv")[0].id, tab="Health")
    labels = [box.label for box in app.toggle]
    assert "Show the first 200 rows" in labels and "Show the rows (200)" not in labels
