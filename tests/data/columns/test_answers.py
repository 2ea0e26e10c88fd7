import numpy as np
import pandas as pd
import pytest

from core.data.columns.answers import stored_answers
from core.data.columns.kinds import look_at_labels
from core.data.sets.add import add_dataset
from core.errors import DatasetError
from tests.conftest import sentences

SETS = [["joy"], ["joy", "love"], [], ["anger"], ["love"]] * 12


def table(**columns):
    texts = [text for text, _ in sentences(60)]
    return pd.DataFrame({"text": texts} | columns)


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (SETS, None),
        ([np.array(each, dtype=object) for each in SETS], None),
        ([str(each) for each in SETS], None),
        ([str(each).replace("'", '"') for each in SETS], None),
        (["|".join(each) or "[]" for each in SETS], "|"),
        ([", ".join(each) or "[]" for each in SETS], ","),
    ],
)
def test_several_labels_are_understood_however_they_are_written(cells, separator):
    frame = table(labels=cells)
    kind = look_at_labels(frame["labels"])
    assert kind.task == "multi_label"
    stored = stored_answers(frame, "multi_label", "labels", (), separator)
    assert stored.tolist() == ["joy", "joy|love", "", "anger", "love"] * 12


def test_a_column_that_says_more_than_yes_and_no_is_refused():
    with pytest.raises(DatasetError, match="'maybe'"):
        stored_answers(table(a=["1", "maybe"] * 30), "multi_label", None, ("a",))


def test_cells_that_are_no_number_are_counted_and_set_aside(home, tmp_path):
    table(score=[1.5, 2.5, 3.5, "n/a"] * 15).to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv", label="score", task="regression")
    assert dataset.rows == 45 and dataset.skipped == {"without label": 15}
    with pytest.raises(DatasetError, match="does not hold numbers"):
        add_dataset(tmp_path / "x.csv", label="text", text="score", task="regression")
