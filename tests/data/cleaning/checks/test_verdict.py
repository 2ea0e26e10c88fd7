"""What a reader of a score has to know of the data, told of the rows that the run used."""

import pandas as pd

from core.data.cleaning.checks.verdict import verdict_warnings
from core.data.sets.add import add_dataset
from tests.data.cleaning.checks.conftest import CHINESE, distinct_rows


def stored(tmp_path, frame, **roles):
    frame.to_parquet(tmp_path / "x.parquet")
    return add_dataset(tmp_path / "x.parquet", text="review", label="label", **roles)[0]


def used(dataset, **rows):
    """The parts of a set, of some only these first rows."""
    frame = dataset.frame()
    return {
        part: frame[frame["split"] == part].head(rows.get(part, len(frame))) for part in ("train", "validation", "test")
    }


def test_copies_of_judged_texts_are_told_of_the_rows_that_were_used(home, tmp_path):
    frame = distinct_rows(split=True)
    frame.loc[60:62, "review"] = frame.loc[117:119, "review"].tolist()  # three test texts stand in training
    frame.loc[65, "review"] = frame.loc[110, "review"] + " indeed"
    dataset = stored(tmp_path, frame, split="split")
    told = verdict_warnings(dataset, used(dataset), "minilm", 256)
    assert any(sentence.startswith("3 texts of test stand in training") for sentence in told)
    assert any("nearly the same as a judged text" in sentence for sentence in told)
    assert verdict_warnings(dataset, used(dataset, train=50), "minilm", 256) == []


def test_a_source_that_cannot_read_the_texts_is_told_with_what_to_do(home, tmp_path):
    texts = [f"{text}{place}" for place in range(30) for text in CHINESE]
    frame = pd.DataFrame({"review": texts, "label": [("pos", "neg")[place % 2] for place in range(len(texts))]})
    dataset = stored(tmp_path, frame)
    told = [sentence for sentence in verdict_warnings(dataset, used(dataset), "minilm", 256) if "Chinese" in sentence]
    assert told and "unknown characters" in told[0] and "Choose a source" in told[0]


def test_cut_texts_are_told_unless_they_were_read_in_windows(home, tmp_path):
    dataset = stored(tmp_path, distinct_rows())
    assert any("not read" in sentence for sentence in verdict_warnings(dataset, used(dataset), "minilm", 8))
    assert verdict_warnings(dataset, used(dataset), "minilm", 8, whole_texts=True) == []
