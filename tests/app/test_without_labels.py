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


READ = (
    "Each step also read 16 texts of the set without their labels and guessed hidden words; that is 2.1 times all 76."
)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [({"along": ALONG}, READ), ({"along": ALONG}, "29,733 before the fine-tuning, 1,212 after.")],
)
def test_the_tab_of_the_training_tells_it_in_a_sentence(dataset, facts, sentence):
    run = create_run(RunConfig(dataset.id))
    finish(run, dataset, 0.8, **facts)
    app = open_page("results", run=run.id, tab="training")
    assert not app.exception and sentence in said(app)
