"""A strategy is one description: what is put into the registry can be chosen, estimated, trained, judged and shown."""

import numpy as np
import pytest

from core.cli.parser import build_parser
from core.cli.settings import run_config
from core.config import RunConfig
from core.errors import ConfigError
from core.jobs.worker import work
from core.models.shape import shape_of
from core.models.trained import trained_weights
from core.runs.folder import create_run
from core.strategies.plan import Encoder, Plan, Settings
from core.strategies.registry import STRATEGIES
from core.strategies.strategy import Strategy, TaskLimit
from core.tasks import TASKS, check_settings
from core.training.estimate import estimate
from tests.app.test_pages import open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def embeddings_and_head(encoder: Encoder, settings: Settings) -> Plan:
    names = [name for name, level in encoder.depth.items() if level in (0, encoder.head)]
    return Plan(dict.fromkeys(names, 1.0), {}, encoder.layers)


@pytest.fixture
def toy(monkeypatch):
    strategy = Strategy(
        name="toy", title="Toy", sentence="Train the word vectors and the classifier.", common=True,
        plan=embeddings_and_head, rate_factor=2.0, step_cost=lambda settings, layers: 0.5,
        only_for=TaskLimit(("single_label",), "wants one label", "Choose another."),
    )  # fmt: skip
    monkeypatch.setitem(STRATEGIES, "toy", strategy)
    return strategy


@pytest.mark.slow
def test_it_goes_through_all_phases_of_a_run(dataset, tiny_encoder, toy):
    config = RunConfig(
        dataset.id, str(tiny_encoder), strategy="toy", epochs=1, learning_rate=3e-3, max_length=32, precision="fp32"
    )
    run = create_run(config)
    work(run.path)
    assert run.state == "finished", run.log_tail()
    moved, rates = run.result["layers"]["moved"], run.result["layers"]["rates"]
    assert rates == [1.0, 0.0, 0.0, 1.0]
    assert [level for level, length in enumerate(moved) if length > 0] == [0, 3]
    assert "Toy of" in said(open_page("results", run=run.id))


def test_it_can_be_chosen_and_is_counted_and_estimated(home, tiny_encoder, toy):
    parsed = build_parser().parse_args(["train", "--dataset", "x", "--strategy", "toy", "--model", str(tiny_encoder)])
    config = run_config(parsed, "x")
    assert 0 < trained_weights(config, 2).trained < trained_weights(config.changed(strategy="full"), 2).trained
    counts = {"train": 4000, "validation": 100, "test": 100}
    shape, lengths = shape_of(str(tiny_encoder)), np.full(10, 30)
    cheap, whole = (estimate(config.changed(strategy=name), counts, lengths, shape) for name in ("toy", "full"))
    assert cheap.seconds < whole.seconds


def test_its_limits_are_told(toy):
    with pytest.raises(ConfigError, match="The strategy toy wants one label, and this set's answers are a score"):
        check_settings(RunConfig("x", strategy="toy"), TASKS["regression"])


def test_the_form_shows_it(dataset, toy):
    app = open_page("train", dataset=dataset.id)
    captions = dict(zip(app.radio(key="strategy").options, app.radio(key="strategy").proto.captions, strict=True))
    assert captions["Toy"].startswith("Train the word vectors and the classifier. Trains ")
