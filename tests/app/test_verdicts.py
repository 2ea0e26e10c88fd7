"""What the pages say where figures are missing, uneven, or chosen on the rows that judge."""

import numpy as np
import pytest

from core.cli.run_state import state_lines, state_of
from core.evaluation.baselines import majority
from core.evaluation.notes import caveat_of
from core.evaluation.prediction_table import prediction_table
from core.evaluation.result import build_result
from core.tasks import TASKS
from tests.app.test_pages import finished, open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LABELS = ("ABBR", "often", "rare", "unseen")


def uneven(dataset, name="uneven", split="test"):
    """A run on classes of 30, 19, 1 and no rows, of which it never answers with the last but one."""
    run = finished(dataset, name, 0.9)
    truth = np.array([1] * 30 + [0] * 19 + [2])
    outputs = np.eye(4)[np.where(truth == 2, 1, truth)] * 0.9 + 0.025
    table = dataset.frame().iloc[:50].assign(label=np.array(LABELS)[truth])
    task = TASKS["single_label"]
    result = build_result(
        truth, outputs, LABELS, [(majority(truth, 50, 4), 0.0)], task, caveat=caveat_of(split, task)
    ) | {"split": split, "labels": list(LABELS), "evaluated_of": 50}  # fmt: skip
    run.predictions(split).parent.mkdir(exist_ok=True)
    prediction_table(table, truth, outputs, LABELS).to_parquet(run.predictions(split))
    run.write_result((run.result or {}) | result)
    return run


def test_the_verdict_and_the_chart_are_about_macro_f1_where_classes_are_uneven(dataset):
    app = open_page("results", run=uneven(dataset).id)
    text = said(app)
    assert "points of macro-F1; chance hardly explains it" in text
    assert "never answers with the class 'rare'" in text.replace("\\", "")
    assert any("Macro-F1 (higher is better)" in chart.proto.spec for chart in app.get("plotly_chart"))


def test_missing_intervals_and_classes_without_rows_are_told(dataset):
    app = open_page("results", run=uneven(dataset).id)
    text = said(app).replace("\\", "")
    assert "No judged row has the class 'unseen'" in text and "Macro-F1 has no interval here" in text
    tables = [table.value for table in app.dataframe]
    scores = next(table for table in tables if "Macro-F1 (95 % interval)" in table)
    assert scores["Macro-F1 (95 % interval)"].str.endswith("(no interval)").all()
    classes = next(table for table in tables if "recall" in table).set_index("label")
    assert classes.loc["unseen", ["precision", "recall", "f1"]].isna().all() and classes.loc["rare", "recall"] == 0
    assert "Hardest to find: rare" in text


def test_no_one_is_said_not_to_have_seen_rows_that_chose_the_checkpoint(dataset):
    text = said(open_page("results", run=uneven(dataset, split="validation").id))
    assert "no one saw in training" not in text and "chosen on these very validation rows" in text
    assert "no one saw in training" in said(open_page("results", run=uneven(dataset).id))


def test_results_of_earlier_versions_say_that_their_rows_chose_the_checkpoint(dataset):
    run = finished(dataset, "old", 0.9)
    new = ("headline", "notes", "caveat")
    run.write_result({key: part for key, part in run.result.items() if key not in new} | {"split": "validation"})
    run.predictions("test").rename(run.predictions("validation"))
    assert "chosen on these very validation rows" in said(open_page("results", run=run.id))
    assert "chosen on these very validation rows" in "\n".join(state_lines(state_of(run)))


def test_the_command_line_says_the_same(dataset):
    run = uneven(dataset, split="validation")
    value = state_of(run)
    assert (value["split"], value["headline"], value["intervals"]["macro_f1"]) == ("validation", "macro_f1", None)
    assert "chosen on these very validation rows" in value["caveat"] and len(value["notes"]) == 2
    lines = "\n".join(state_lines(value))
    assert "(no interval)" in lines and value["caveat"] in lines and value["notes"][0] in lines


def test_every_page_bears_a_result_without_an_interval(dataset):
    runs = [uneven(dataset, "one"), uneven(dataset, "two")]
    assert "macro-F1 on 50 test rows" in said(open_page("home"))
    text = said(open_page("results", runs=",".join(run.id for run in runs)))
    assert "No difference in macro-F1" in text
    app = open_page("results", runs=",".join(run.id for run in runs))
    scores = next(table.value for table in app.dataframe if "Judged rows" in table.value and "Run" in table.value)
    assert not scores["Macro-F1"].str.contains("★").any()  # equal runs: none is the best
    open_page("results", run=runs[0].id, tab="Mistakes")
