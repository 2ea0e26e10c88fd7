"""The Data page's findings, remedies and versions, through the app's own entry."""

import pandas as pd
import pytest

from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import get_dataset
from core.data.sets.versions import family
from tests.app.test_pages import open_page, said
from tests.conftest import sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def untidy(home, tmp_path):
    frame = pd.DataFrame(sentences(120), columns=["review", "label"]).assign(stars=1)
    frame.loc[[40, 60]] = frame.loc[[10, 12]].to_numpy()
    frame.to_csv(tmp_path / "untidy.csv", index=False)
    return add_dataset(tmp_path / "untidy.csv", text="review", label="label")[0]


def fix_buttons(app):
    return [button for button in app.button if str(button.key).startswith("fix_")]


def test_a_finding_is_mended_by_one_click_and_undone(untidy):
    app = open_page("data", dataset=untidy.id, tab="Health")
    assert "2 rows repeat an earlier text" in said(app)
    next(button for button in fix_buttons(app) if button.label == "Remove 2 repeats").click().run()
    assert not app.exception
    assert "Dropped 2 rows that repeat an earlier text." in said(app) and "2 rows repeat" not in said(app)
    assert len(family(untidy)) == 2
    app.button(key="undo_version").click().run()
    assert not app.exception and "2 rows repeat an earlier text" in said(app)
    assert [each.id for each in family(untidy)] == [untidy.id]


def test_the_rows_behind_a_finding_are_shown_on_demand(untidy):
    app = open_page("data", dataset=untidy.id, tab="Health")
    toggle = next(each for each in app.toggle if "duplicates" in str(each.key) and "near" not in str(each.key))
    toggle.set_value(True).run()
    assert not app.exception
    shown = next(each.value for each in app.dataframe if list(each.value)[:2] == ["row", "text"])
    assert set(shown["row"]) == {10, 12, 40, 60}


def test_where_all_is_well_the_page_says_so(home, tmp_path):
    words = [
        f"{text} {' '.join(f'{place}{letter}' for letter in 'abcdefghij')}"
        for place, (text, _) in enumerate(sentences(120))
    ]
    frame = pd.DataFrame({"review": words, "label": ["pos", "neg"] * 60})
    frame.to_csv(tmp_path / "fine.csv", index=False)
    app = open_page("data", dataset=add_dataset(tmp_path / "fine.csv")[0].id, tab="Health")
    assert "All is well" in said(app) and not fix_buttons(app)


def test_the_page_says_how_often_the_test_part_was_looked_at(untidy):
    assert "has not been looked at yet" in said(open_page("data", dataset=untidy.id))


def test_a_new_split_is_drawn_from_the_page(untidy):
    app = open_page("data", dataset=untidy.id, tab="Versions")
    app.number_input(key="resplit_seed").set_value(9).run()
    app.button(key="resplit_go").click().run()
    assert not app.exception and "Split anew, drawn with seed 9" in said(app)


def test_a_version_says_what_it_is_and_where_it_comes_from(untidy):
    version = make_version(untidy, "drop", {"what": "exact_duplicates"})
    app = open_page("data", dataset=version.id, tab="Versions")
    assert "Dropped 2 rows that repeat an earlier text." in said(app)
    lineage = next(each.value for each in app.dataframe if "done" in each.value)
    assert lineage["done"].tolist() == ["Read from untidy.csv.", version.change["sentence"]]
    assert get_dataset(version.id).parent == untidy.id
