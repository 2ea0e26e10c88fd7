import json

import pandas as pd
import pytest

from core.__main__ import main
from core.data.columns.joining import joined_texts
from core.data.sets.add import add_dataset
from core.data.sets.store import get_dataset
from core.errors import DatasetError
from tests.conftest import sentences


def test_cells_are_trimmed_and_stand_with_a_blank_line_between_and_empty_ones_add_nothing():
    assert joined_texts([[" a ", "", "c"], ["b", "b", " "]]) == ["a\n\nb", "b", "c"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_subject_and_body_become_one_text_in_their_order(home, tmp_path, ending):
    frame = pd.DataFrame(sentences(40), columns=["body", "label"])
    frame.insert(0, "subject", [f"About {row}" for row in range(40)])
    frame.loc[3, "subject"] = ""
    path = tmp_path / f"mails.{ending}"
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path)
    stored = get_dataset(add_dataset(path, text=["subject", "body"], label="label")[0].id)
    assert stored.texts == ("subject", "body") and stored.text_pair is None
    rows = stored.frame()
    assert rows["text"][0] == f"About 0\n\n{frame['body'][0]}" and rows["text"][3] == frame["body"][3]
    assert not {"extra.subject", "extra.body"} & set(rows)


def test_a_joined_column_that_is_not_there_or_has_another_role_is_named(home, tmp_path):
    pd.DataFrame(sentences(40), columns=["body", "label"]).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(DatasetError, match="'subject'"):
        add_dataset(tmp_path / "x.csv", text=["body", "subject"], label="label")
    with pytest.raises(DatasetError, match="'label' has two roles"):
        add_dataset(tmp_path / "x.csv", text=["body", "label"], label="label")


def test_the_command_joins_the_columns_that_are_named(home, tmp_path, capsys):
    frame = pd.DataFrame(sentences(40), columns=["body", "label"]).assign(subject=[f"About {row}" for row in range(40)])
    frame.to_csv(tmp_path / "x.csv", index=False)
    assert main(["data", "add", str(tmp_path / "x.csv"), "--text", "subject", "--text", "body", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["text"], told["joined"], told["label"]) == ("subject", ["body"], "label")
