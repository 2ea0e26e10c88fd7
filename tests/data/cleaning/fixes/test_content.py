import pandas as pd

from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from tests.conftest import sentences


def test_stripped_lines_leave_the_rest_and_take_what_was_nothing_else(home, tmp_path):
    frame = pd.DataFrame(sentences(60), columns=["review", "label"])
    frame["review"] += "\nSent from my telephone"
    frame.loc[7, "review"] = "Sent from my telephone"
    frame.to_parquet(tmp_path / "x.parquet")
    dataset, _ = add_dataset(tmp_path / "x.parquet", text="review", label="label")
    version = make_version(dataset, "strip_lines", {"lines": ["Sent from my telephone"]})
    assert version.rows == 59 and not version.frame()["text"].str.contains("Sent from").any()
    assert "1 text held nothing else and went" in version.change["sentence"]
