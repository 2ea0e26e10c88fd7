"""The Train page's form: a file with weights, strategies with their numbers, the rate test."""

import time

import pytest
import torch
from transformers import AutoModel

from core.config import RunConfig
from core.jobs import rate_test
from core.models.hub import LIMIT
from core.transfer.choice import choose_for
from tests.app.test_pages import open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def weights(tmp_path):
    from core.models.sources import locate

    path = tmp_path / "mine.pt"
    state = AutoModel.from_pretrained(locate("minilm")[0]).state_dict()
    torch.save({f"module.{name}": value for name, value in state.items() if "pooler" not in name}, path)
    return path


@pytest.mark.slow
def test_a_file_with_weights_is_laid_onto_an_architecture_and_told(dataset, weights):
    app = open_page("train", dataset=dataset.id)
    app.selectbox(key="source").set_value("A file with weights").run()
    assert "Name the model on the left" in said(app)
    app.text_input(key="weights_file").set_value(str(weights)).run()
    assert not app.exception
    assert "101 of 103 tensors of minilm come from the file; 2 are missing" in said(app)
    app.button(key="queue_run").click().run()
    assert not app.exception and "Queue" in said(app)
    app.text_input(key="weights_file").set_value("/nowhere/mine.pt").run()
    assert "There is no file '/nowhere/mine.pt'" in said(app)
    assert app.button(key="queue_run").disabled


def test_each_strategy_tells_what_it_trains_and_costs_here(dataset):
    app = open_page("train", dataset=dataset.id)
    captions = dict(zip(app.radio(key="strategy").options, app.radio(key="strategy").proto.captions, strict=True))
    assert "22.7 M of 22.7 M weights; about" in captions["Full fine-tuning"]
    assert "Trains 770 of 22.7 M weights" in captions["Linear probe"]
    assert "chosen for" in said(app)  # the epochs, since they were left open


def test_the_rate_test_begins_by_a_button_and_shows_its_result(dataset, monkeypatch):
    begun = []
    monkeypatch.setattr(rate_test, "start", begun.append)  # the process itself is tested in tests/jobs
    app = open_page("train", dataset=dataset.id)
    app.button(key="rate_test").click().run()
    assert not app.exception and begun[0].dataset == dataset.id
    from core import workspace

    rates = [10.0**power for power in range(-7, 0)]
    losses = [0.7, 0.7, 0.7, 0.5, 0.4, 0.9, 2.0]
    result = {"rates": rates, "losses": losses, "smooth": losses, "suggestion": 1e-4, "breaks": 0.1,
              "sentence": "The model learns fastest at about 0.0001."}  # fmt: skip
    workspace.write_json(rate_test.folder_of(begun[0]) / "result.json", result)
    app.run()
    assert not app.exception and "learns fastest at about 0.0001" in said(app)


@pytest.mark.slow
def test_a_silent_hub_holds_up_neither_the_page_nor_anything_but_this_source(silent_hub, dataset):
    app = open_page("train", dataset=dataset.id)
    began = time.monotonic()
    app.selectbox(key="source").set_value("google-bert/bert-base-uncased").run()
    assert not app.exception and "Asking the Hub" in said(app) and app.button(key="queue_run").disabled
    assert time.monotonic() - began < LIMIT
    time.sleep(LIMIT)
    app.run()
    assert "does not answer within 3 s" in said(app) and app.button(key="queue_run").disabled
    app.selectbox(key="source").set_value("minilm").run()
    assert not app.button(key="queue_run").disabled


def test_balanced_preselects_a_strategy_says_why_and_leaves_the_others_a_click_away(dataset):
    expected = choose_for(dataset, RunConfig(dataset.id))
    app = open_page("train", dataset=dataset.id)
    assert app.radio(key="strategy").value == expected.strategy
    assert "Balanced has chosen" in said(app) and any(expected.sentence in note.value for note in app.info)
    other = "lora" if expected.strategy != "lora" else "full"
    app.radio(key="strategy").set_value(other).run()
    assert not app.exception and app.radio(key="strategy").value == other
    assert any(note.value.startswith("Balanced would choose") for note in app.info)
    app.radio(key="preset").set_value("quick").run()
    assert not app.exception and app.radio(key="strategy").value == other
    assert not any(note.value.startswith("Balanced") for note in app.info)


def test_a_strategy_named_in_the_address_is_not_chosen_anew(dataset):
    app = open_page("train", dataset=dataset.id, strategy="bitfit")
    assert not app.exception and app.radio(key="strategy").value == "bitfit"
