"""Training by command."""

import json

import pytest

from core.__main__ import main
from core.runs.folder import list_runs


@pytest.mark.slow
@pytest.mark.parametrize("waits", [[], ["--no-wait"]])
def test_a_source_that_the_hub_does_not_give_is_refused_in_a_sentence(silent_hub, dataset, capsys, waits):
    code = main(["train", "--dataset", dataset.id, "--model", "someone/a-model", "--json", *waits])
    told = capsys.readouterr()
    assert code != 0 and "does not answer" in told.out + told.err
    assert json.loads(told.out)["error"] and not list_runs()
