"""Files for prediction: every row has its line, and what could not be read says why."""

import json

import pandas as pd
import pytest

from core.__main__ import main
from core.results.predict import NOTE, predict_file
from tests.conftest import sentences

TEXTS = [text for text, _ in sentences(15, seed=4)]


@pytest.fixture
def run(dataset, run_on):
    return run_on(dataset)


def scored_file(run, path):
    out = path.with_name("out.csv")
    return predict_file(run, path, out, device="cpu"), pd.read_csv(out, keep_default_na=False)


def test_a_row_with_a_field_too_many_keeps_its_place_and_is_blank_with_its_reason(run, tmp_path):
    lines = [f"{row},{text}" for row, text in enumerate(TEXTS)]
    for row in (0, 7, 8, 14):
        lines[row] += ", and more"
    (tmp_path / "new.csv").write_text("\n".join(["id,review", *lines]) + "\n")
    outcome, out = scored_file(run, tmp_path / "new.csv")
    assert len(out) == 15 and outcome.skipped == 4
    blank = out["prediction"] == ""
    assert out.index[blank].tolist() == [0, 7, 8, 14] and (out["confidence"][blank] == "").all()
    assert out["id"][~blank].astype(int).tolist() == out.index[~blank].tolist()
    assert out[NOTE][7].startswith("not read (line 9): 3 fields instead of 2") and TEXTS[7] in out[NOTE][7]
    assert (out[NOTE][~blank] == "").all()


def test_json_lines_that_do_not_parse_and_rows_without_text_keep_their_places(run, tmp_path):
    lines = [json.dumps({"review": text}) for text in TEXTS]
    lines[3], lines[9], lines[12] = '{"review": "cut off', '["no object", ["at all"]', json.dumps({"review": " "})
    (tmp_path / "new.jsonl").write_text("\n".join(lines) + "\n")
    outcome, out = scored_file(run, tmp_path / "new.jsonl")
    assert len(out) == 15 and outcome.skipped == 3
    assert out.index[out["prediction"] == ""].tolist() == [3, 9, 12]
    assert "not valid JSON" in out[NOTE][3] and out[NOTE][12] == "no text"
    assert out["review"][4] == TEXTS[4]


def test_rows_of_later_blocks_keep_their_places_as_well(run, tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.reading.delimited_batches.BLOCK", 200)
    lines = [f"{row},{text}" for row, text in enumerate(TEXTS)]
    lines[11] += ",x"
    (tmp_path / "new.csv").write_text("\n".join(["id,review", *lines]) + "\n")
    _, out = scored_file(run, tmp_path / "new.csv")
    assert out.index[out["prediction"] == ""].tolist() == [11] and out["id"][12] == "12"


def test_a_title_above_the_table_is_no_row_of_it(run, tmp_path):
    rows = [f"{row};{text}" for row, text in enumerate(TEXTS)]
    (tmp_path / "new.csv").write_text("\n".join(["Export of Monday", "", "id;review", *rows]) + "\n")
    outcome, out = scored_file(run, tmp_path / "new.csv")
    assert len(out) == 15 and outcome.skipped == 0 and NOTE not in out


def test_the_command_tells_how_many_rows_have_no_prediction(run, tmp_path, capsys):
    (tmp_path / "new.csv").write_text(
        "review,n\n" + "".join(f"{text},1{',' * (n % 5 == 0)}x\n" for n, text in enumerate(TEXTS))
    )
    arguments = [
        "predict",
        run.id,
        "--input",
        str(tmp_path / "new.csv"),
        "--output",
        str(tmp_path / "o.csv"),
        "--device",
        "cpu",
    ]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 15 and told["skipped_rows"] == 3 and told["text_column"] == "review" and not told["guessed"]
    assert main(arguments) == 0
    assert "3 of them without a prediction" in capsys.readouterr().out
