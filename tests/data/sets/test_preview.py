"""What the preview shows is what is stored: the same rows, parts, reasons and warnings."""

import json

import pandas as pd
import pytest

from core.data.columns.roles import Roles
from core.data.reading import read
from core.data.reading.read import Table, read_table
from core.data.sets.add import add_dataset
from core.data.sets.preview import preview
from core.errors import DatasetError
from tests.conftest import sentences


def table(**columns):
    """60 rows of which one has no text and one only blanks around it."""
    texts = [text for text, _ in sentences(60)]
    texts[7], texts[9] = " ", f"\u2003 {texts[9]}\n"
    return pd.DataFrame({"text": texts, "label": [("pos", "neg")[row % 2] for row in range(60)]} | columns)


CASES = {
    "one label": (table(label=["pos", "neg", None] * 20), Roles("text", "label")),
    "pairs": (table(second=["", *"abcdefghijk"] * 5), Roles("text", "label", text_pair="second")),
    "a split, whole groups and a column left out": (
        table(part=["train", "dev", "test"] * 20, author=[f"a{row // 4}" for row in range(60)], waste="w"),
        Roles("text", "label", split="part", group="author", ignore=("waste",)),
    ),
    "groups": (table(author=[f"a{row // 4}" for row in range(60)]), Roles("text", "label", group="author")),
    "several labels": (table(label=["joy|love", "anger", "[]", ""] * 15), Roles("text", "label", task="multi_label", separator="|")),
    "a column a label": (table(joy=[1, 0] * 30, anger=[0, 0, 1] * 20), Roles("text", labels=("joy", "anger"), ignore=("label",))),
    "scores": (table(label=[1.5, 2.5, "n/a", 4] * 15), Roles("text", "label", task="regression")),
    "nothing to learn": (table(), Roles("text")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_preview_and_stored_rows_agree(home, tmp_path, monkeypatch, case, at_once, ending):
    frame, roles = CASES[case]
    path = tmp_path / f"x.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")))
    expected = preview(read_table(path), roles, (0.6, 0.2, 0.2), 3)
    monkeypatch.setattr(read, "AT_ONCE", 1 << 30 if at_once else 1)
    asked = {"labels": roles.labels, "ignore": roles.ignore, "task": roles.task, "separator": roles.separator}
    dataset, _ = add_dataset(path, guess=False, fractions=(0.6, 0.2, 0.2), seed=3, **asked, **roles.named())
    pd.testing.assert_frame_equal(dataset.frame(), expected.frame)
    assert dataset.skipped == expected.skipped and dataset.skipped_rows == sum(expected.skipped.values())
    assert dataset.warnings == expected.warnings


def test_halves_of_a_letter_are_shown_as_they_would_be_stored():
    texts = pd.Series([f"{text} \ud83d" for text, _ in sentences(60)], dtype=object)
    shown = preview(Table(table().assign(text=texts), "jsonl"), Roles("text", "label")).frame
    assert len(shown) == 60 and shown["text"].str.endswith(" ?").all()


def test_what_cannot_be_stored_is_not_previewed(tmp_path):
    table().to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(DatasetError, match="no column 'stars'"):
        preview(read_table(tmp_path / "x.csv"), Roles("text", "stars"))
    with pytest.raises(DatasetError, match="has two roles"):
        preview(read_table(tmp_path / "x.csv"), Roles("text", "text"))
