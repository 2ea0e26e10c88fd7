import json

import pandas as pd
import pytest

from core.__main__ import main
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import get_dataset
from core.errors import DatasetError
from tests.conftest import sentences


def test_spellings_and_repeats_are_mended_in_one_version_with_a_sentence_for_both(untidy):
    version = make_version(untidy, "safe")
    assert version.parent == untidy.id and version.rows == 98 and version.labels == ("neg", "pos")
    assert version.change["sentence"] == "Merged 'Pos' into 'pos': 1 row. Dropped 2 rows that repeat an earlier text."
    with pytest.raises(DatasetError, match="nothing that is safe"):
        make_version(version, "safe")


def test_rows_that_repeat_one_another_only_with_one_spelling_go_too(home, tmp_path):
    frame = pd.DataFrame(sentences(60), columns=["review", "label"])
    frame = pd.concat([frame, frame.iloc[[1]].assign(label="POS")])
    frame.to_csv(tmp_path / "x.csv", index=False)
    version = make_version(add_dataset(tmp_path / "x.csv", text="review", label="label")[0], "safe")
    assert version.rows == 60 and version.labels == ("neg", "pos")


def test_opposite_and_graded_classes_are_never_merged(home, tmp_path):
    names = ["-1", "0", "1", "A", "A-", "A+", "C", "C++", "C#", "3.5", "35", "1.5", "15"]
    frame = pd.DataFrame(sentences(13 * 12), columns=["review", "label"]).assign(label=names * 12)
    frame.to_parquet(tmp_path / "x.parquet")
    stored, _ = add_dataset(tmp_path / "x.parquet", text="review", label="label")
    with pytest.raises(DatasetError, match="nothing that is safe"):
        make_version(stored, "safe")


def test_the_command_does_it(untidy, capsys):
    assert main(["data", "fix", untidy.id, "--safe", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 98 and "Merged" in told["done"] and get_dataset(told["dataset"]).parent == untidy.id
