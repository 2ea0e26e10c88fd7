import pandas as pd

from core.data.reading.read import read_table
from tests.conftest import sentences


def test_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame(sentences(20), columns=["text", "label"]).to_parquet(path)
    assert len(read_table(path).frame) == 20
