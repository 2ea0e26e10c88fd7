"""The card of a run: what the Hub reads in its head, and what a person reads below; no text of the data in it."""

import pytest
from huggingface_hub import ModelCard

from core.errors import GraftError
from core.export.card import card_of
from core.export.push import push
from tests.export.conftest import HOSTILE, finished_run
from tests.hub_server import point_at, serving


def test_its_head_lists_the_results_as_the_hub_reads_them(run_of_each_kind, tmp_path):
    kind, run = run_of_each_kind
    (tmp_path / "README.md").write_text(card_of(run), encoding="utf-8")
    card = ModelCard.load(tmp_path / "README.md")
    results = {result.metric_name: result for result in card.data.eval_results}
    headline = {"single": "Accuracy", "pairs": "Accuracy", "several": "Micro-F1", "scores": "RMSE"}[kind]
    result = run.result
    name = {"Accuracy": "accuracy", "Micro-F1": "micro_f1", "RMSE": "rmse"}[headline]
    assert results[headline].metric_value == pytest.approx(result["metrics"][name], abs=1e-5)
    assert results[headline].dataset_split == "test" and card.data.model_name == run.name
    for baseline in result["baselines"]:
        assert baseline["title"] in card.text
    for part in ("## Results", "## Limits", "## Data", "## How it was made", "## How to load it"):
        assert part in card.text
    texts = run.read_predictions("test")["text"]
    assert not [text for text in texts if len(text) > 30 and text in card.text]


def test_it_tells_what_a_probability_was_worth(run):
    table = run.read_predictions("test")
    table["confidence"], table["correct"] = 0.95, [row % 4 > 0 for row in range(len(table))]
    table.to_parquet(run.predictions("test"))
    share = 100 * table["correct"].mean()
    assert f"| 90 to 100 % | 95.0 % | {share:.1f} % | {len(table)} |" in card_of(run)


def test_names_of_a_set_are_no_markup(hostile_run):
    text = ModelCard(card_of(hostile_run)).text
    assert HOSTILE not in text and "<img" not in text.replace("\\<img", "")


def test_offline_nothing_is_sent(run, monkeypatch):
    monkeypatch.setenv("GRAFT_OFFLINE", "1")
    with pytest.raises(GraftError, match="offline"):
        push(run, "somebody/model")
    assert not run.export("checkpoint").exists()


def test_a_name_that_the_hub_does_not_know_is_refused_before_anything_is_made(online, tmp_path, tiny_encoder):
    run = finished_run(tmp_path, tiny_encoder)
    with pytest.raises(GraftError, match="no name of the Hub"):
        push(run, "a/b/c")
    assert not run.export("checkpoint").exists()


def test_a_hub_that_wants_a_token_is_told_with_the_remedy(online, tmp_path, tiny_encoder, monkeypatch):
    run = finished_run(tmp_path, tiny_encoder)
    with serving() as hub:
        hub.token = "sesame"
        point_at(hub, monkeypatch, tmp_path / "cache")
        with pytest.raises(GraftError, match=r"refused somebody/model.*HF_TOKEN"):
            push(run, "somebody/model")
    assert run.export("checkpoint").is_dir()


@pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")  # the client's own way to send large files
def test_what_is_sent_is_the_export_with_its_card_and_loads_from_there(online, tmp_path, tiny_encoder, monkeypatch):
    from transformers import AutoModelForSequenceClassification

    run = finished_run(tmp_path, tiny_encoder)
    with serving() as hub:
        hub.token = "sesame"
        point_at(hub, monkeypatch, tmp_path / "cache")
        monkeypatch.setenv("HF_TOKEN", hub.token)
        assert push(run, "somebody/model") == f"{hub.url}/somebody/model"
        repo = hub.repos["models", "somebody/model"]
        own = {file.relative_to(run.export("checkpoint")): file.read_bytes()
               for file in run.export("checkpoint").rglob("*") if file.is_file()}  # fmt: skip
        sent = {file.relative_to(repo.folder): file.read_bytes() for file in repo.folder.rglob("*") if file.is_file()}
        assert sent == own and repo.private and "PUT a large file" in hub.asked
        assert ModelCard.load(repo.folder / "README.md").data.model_name == run.name
        push(run, "somebody/model", public=True)  # once more: the repository is there
        AutoModelForSequenceClassification.from_pretrained(repo.folder)


@pytest.mark.slow
def test_a_connection_that_breaks_is_told_and_the_export_is_kept(online, tmp_path, tiny_encoder, monkeypatch):
    run = finished_run(tmp_path, tiny_encoder)
    with serving() as hub:
        point_at(hub, monkeypatch, tmp_path / "cache")
        monkeypatch.setenv("HF_TOKEN", "any")
        hub.faults.cut = 1000
        with pytest.raises(GraftError, match=r"connection broke.*the export is kept"):
            push(run, "somebody/model")
    assert run.export("checkpoint").is_dir()
