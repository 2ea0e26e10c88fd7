"""What the page of a run tells of texts that it used without their labels."""

import pytest

from core.config import RunConfig
from core.runs.folder import create_run
from tests.app.test_pages import open_page, said
from tests.finished import finish

ALONG = {
    "from": "own", "texts": 76, "judged_by": 8, "rows": 16, "readings": 2.11, "share": 0.5, "fresh_head": True,
    "loss_before": 10.3, "loss_after": 7.1, "perplexity_before": 29732.6, "perplexity_after": 1211.9,
}  # fmt: skip


SELF = {
    "from": "own", "texts": 76, "confidence": 0.9, "taken": 41, "seconds": 3.2,
    "rounds": [
        {"learnt_from": 40, "temperature": 1.234, "seconds": 3.2, "sure": {"neg": 30, "pos": 21}, "taken": {"neg": 20, "pos": 21},
         "validation": {"accuracy": 0.7, "macro_f1": 0.69}, "right": 0.93},
    ],
}  # fmt: skip
ROUND = (
    "a first model labelled 76 texts of the set (3 s). Of these 41 joined the 40 labelled rows, each with a probability of at least 90 % "
    "at the temperature 1.23: 20 neg, 21 pos. 93 % of them carry the label that the set has for them, which was not looked at. "
    "On validation rows the first model had 70.0 % accuracy, this one 80.0 %."
)
READ = (
    "Each step also read 16 texts of the set without their labels and guessed hidden words; that is 2.1 times all 76."
)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"along": ALONG}, READ),
        ({"along": ALONG}, "29,733 before the fine-tuning, 1,212 after."),
        ({"self_trained": SELF, "train_rows": 40, "validation": {"accuracy": 0.8}}, ROUND),
        ({"self_trained": SELF | {"rounds": SELF["rounds"] * 2}}, "2 models, one after the other, labelled 76 texts"),
    ],
)
def test_the_tab_of_the_training_tells_it_in_a_sentence(dataset, facts, sentence):
    run = create_run(RunConfig(dataset.id))
    finish(run, dataset, 0.8, **facts)
    app = open_page("results", run=run.id, tab="training")
    assert not app.exception and sentence in said(app)
