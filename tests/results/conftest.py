import pytest

from core.config import RunConfig
from core.models.classifier import load_classifier
from core.runs.folder import create_run


@pytest.fixture
def run_on(home, tiny_encoder):
    """Makes a run of a stored set that has a model, with random weights."""

    def make(dataset):
        run = create_run(RunConfig(dataset.id, model=str(tiny_encoder), max_length=32), "tiny")
        load_classifier(str(tiny_encoder), dataset.labels, seed=0).save(run.model)
        return run

    return make
