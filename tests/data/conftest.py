import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from tests.conftest import sentences


@pytest.fixture
def untidy(home, tmp_path):
    """100 rows with two repeats, a label in two spellings, and a column beside."""
    frame = pd.DataFrame(sentences(100), columns=["review", "label"]).assign(shop=[f"s{row % 5}" for row in range(100)])
    frame.loc[[40, 60], ["review", "label"]] = frame.loc[[10, 12], ["review", "label"]].to_numpy()
    frame.loc[99, "label"] = "Pos"
    frame.to_csv(tmp_path / "untidy.csv", index=False)
    return add_dataset(tmp_path / "untidy.csv", text="review", label="label")[0]
