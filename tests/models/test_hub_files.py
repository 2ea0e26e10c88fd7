"""Models of the Hub, by the real client, from a server of this machine with the faults of the real one."""

import json
import re

import pytest

from core.__main__ import main
from core.config import RunConfig
from core.errors import SourceError
from core.jobs import queue
from core.jobs.folds import submit_folds
from core.models import hub
from core.models.classifier import load_classifier
from core.models.hub_files import bring, needed_files
from core.models.hub_search import search_models
from core.models.reach import bring_source, pinned, reach_source
from core.models.sources import check_source
from core.runs.folder import list_runs
from tests.hub_server import Repo, point_at, serving

NAME, COMMIT, OLDER = "someone/tiny-bert", "c0ffee" + "0" * 34, "0ddba11" + "0" * 33


@pytest.fixture
def there(online, monkeypatch, tiny_encoder, home):
    """A Hub with one small model in two states."""
    import huggingface_hub.constants as constants

    hub._questions.clear()
    with serving() as server:
        point_at(server, monkeypatch, home / "hub")
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 500_000)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        tags = ("transformers", "bert", "fill-mask")
        server.repos["models", NAME] = Repo(tiny_encoder, {"main": COMMIT, "v1": OLDER}, tags=tags, downloads=12)
        yield server
    hub._questions.clear()


def come(name=NAME, revision=None):
    seen = []
    commit = bring(name, revision, lambda done, whole: seen.append((done, whole)))
    return commit, seen


def test_a_model_comes_with_progress_and_is_then_here_without_the_hub(there, monkeypatch):
    commit, seen = come()
    assert commit == COMMIT
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1] > 1 and len(set(seen)) > 2
    assert any(asked.startswith("GET /large/") for asked in there.asked)  # from the other host
    there.repos.clear()  # nothing of it is asked for again
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert check_source(NAME).at_hand and check_source(NAME, COMMIT).at_hand
    assert load_classifier(NAME, ("neg", "pos"), seed=1, revision=COMMIT).model.config.hidden_size == 40


def test_only_what_a_run_reads_is_fetched():
    sizes = dict.fromkeys(
        ("README.md", "config.json", "model.safetensors", "pytorch_model.bin", "tf_model.h5", "onnx/model.onnx", "tokenizer.json",
         "vocab.txt", "1_Pooling/config.json"), 5,
    )  # fmt: skip
    wanted = ["1_Pooling/config.json", "config.json", "model.safetensors", "tokenizer.json", "vocab.txt"]
    assert list(needed_files(sizes)) == wanted
    parts = {"config.json": 1, "model-00001-of-00002.safetensors": 5, "model.safetensors.index.json": 1}
    assert needed_files(parts) == parts


def test_size_and_licence_are_told_before_and_the_revision_is_pinned_for_the_run(there, dataset):
    assert "MiB, licence apache-2.0" in reach_source(NAME).sentence
    assert pinned(NAME) == COMMIT and pinned(NAME, "v1") == OLDER
    run = queue.submit(RunConfig(dataset.id, model=NAME))
    assert run.config.revision == COMMIT
    there.repos["models", NAME].commits |= {"main": "f" * 40, "before": COMMIT}  # the model is changed meanwhile
    bring_source(NAME, run.config.revision, lambda *_: None)
    assert check_source(NAME, COMMIT).at_hand and pinned(NAME, COMMIT) == COMMIT


def test_a_file_that_breaks_off_is_gone_on_with(there):
    there.faults.cut = 2
    assert come()[0] == COMMIT
    whole = sum(file.stat().st_size for file in there.repos["models", NAME].folder.glob("*.safetensors"))
    assert there.sent < 1.5 * whole  # not begun anew each time


def test_what_came_before_a_failure_stays(there):
    there.faults.statuses = [500] * 40
    with pytest.raises(SourceError, match=r"failed.*500"):
        come()
    there.faults.statuses.clear()
    come()
    sent = there.sent
    come()
    assert there.sent == sent


@pytest.mark.parametrize(
    ("fault", "message", "hint"),
    [
        ("gated", "logged in and has consented", "resume the run"),
        ("missing", "no public model", "Check its name"),
        ("revision", "no public model", "revision"),
        ("wait", "asks to wait", "some minutes"),
        ("wrong", "failed", "resume"),
    ],
)
def test_what_the_hub_refuses_is_told_with_what_to_do(there, monkeypatch, fault, message, hint):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    there.repos["models", NAME].gated = fault == "gated"
    there.faults.wrong = fault == "wrong"
    there.faults.statuses = [429] * 40 if fault == "wait" else []
    with pytest.raises(SourceError) as refused:
        come("someone/other" if fault == "missing" else NAME, "v9" if fault == "revision" else None)
    assert message in refused.value.message and hint in refused.value.hint
    assert not check_source(NAME).at_hand  # nothing half counts as here


@pytest.mark.parametrize(
    ("status", "message"), [(429, "asks to wait"), (500, r"error \(500\)"), (503, r"error \(503\)")]
)
def test_a_hub_that_answers_with_an_error_is_not_called_silent(there, tiny_encoder, status, message):
    there.repos["models", "someone/other"] = Repo(tiny_encoder, {"main": OLDER})
    there.faults.answers = [status]
    assert re.search(message, reach_source(NAME).why_not)
    assert reach_source("someone/other").available  # the answer was about one model


def test_the_folds_of_a_cross_validation_take_one_commit(there, dataset):
    submit_folds(RunConfig(dataset.id, model=NAME), 2)
    assert [run.config.revision for run in list_runs()] == [COMMIT, COMMIT]


def test_the_search_command_answers_with_the_models(there, capsys):
    assert main(["search", "tiny", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["models"]
    assert found == {"name": NAME, "kind": "bert", "downloads": 12, "licence": "apache-2.0"}
    assert main(["search", "nothing of that name"]) == 0
    assert "No encoder on the Hub has such a name" in capsys.readouterr().out


def test_a_search_lists_encoders_by_their_downloads(there, tiny_encoder, monkeypatch):
    there.repos["models", "someone/larger-bert"] = Repo(tiny_encoder, {"main": OLDER}, tags=("roberta",), downloads=99)
    there.repos["models", "someone/bert-that-paints"] = Repo(
        tiny_encoder, {"main": OLDER}, tags=("diffusers",), downloads=999
    )
    found = search_models("bert")
    assert [(each.name, each.kind, each.licence) for each in found] == [
        ("someone/larger-bert", "roberta", "apache-2.0"), (NAME, "bert", "apache-2.0"),
    ]  # fmt: skip
    assert search_models("nothing of that name") == []
    monkeypatch.setenv("GRAFT_OFFLINE", "1")
    with pytest.raises(SourceError, match="offline"):
        search_models("bert")
