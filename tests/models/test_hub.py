"""The Hub is asked with a limit of time, by a thread of its own, and its answer is remembered."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.config import RunConfig
from core.errors import SourceError
from core.jobs import queue
from core.models import hub
from core.models.reach import reach_source
from core.models.sources import check_source
from core.runs.folder import create_run, list_runs

NAME = "someone/a-model"


@pytest.fixture
def answering(online, monkeypatch):
    """A Hub with one model."""

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.path.startswith(f"/api/models/{NAME}")
            body = b'{"id": "someone/a-model"}' if known else b'{"error": "Repository not found"}'
            self.send_response(200 if known else 404)
            if not known:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()


def test_a_silent_hub_is_given_up_after_three_seconds_and_not_asked_again(silent_hub):
    began = time.monotonic()
    info = reach_source(NAME)
    assert not info.available and "does not answer" in info.why_not
    assert time.monotonic() - began < hub.LIMIT + 5
    began = time.monotonic()
    assert not reach_source(NAME).available and not reach_source("someone/else").available
    assert time.monotonic() - began < 1 and len(silent_hub) == 1


def test_a_page_asks_without_waiting_and_finds_the_answer_later(silent_hub):
    began = time.monotonic()
    assert reach_source(NAME, wait=0) is None
    assert time.monotonic() - began < 1
    assert not reach_source(NAME).available


def test_a_source_that_cannot_be_reached_is_neither_queued_nor_resumed(silent_hub, dataset):
    with pytest.raises(SourceError, match="does not answer"):
        queue.submit(RunConfig(dataset.id, model=NAME))
    assert not list_runs()
    run = create_run(RunConfig(dataset.id, model=NAME))
    run.write_status(state="failed")
    with pytest.raises(SourceError, match="does not answer"):
        queue.resume(run)
    assert run.state == "failed"


def test_what_the_hub_has_is_downloaded_at_the_start_and_what_it_has_not_is_said(answering):
    info = reach_source(NAME)
    assert info.available and not info.at_hand and "downloaded once" in info.sentence
    assert "no public model 'someone/other'" in reach_source("someone/other").why_not


def test_a_model_counts_as_downloaded_only_with_tokenizer_and_weights(online, monkeypatch, home):
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
    folder = home / "hub" / "models--someone--a-model"
    (folder / "snapshots" / "abc").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc")
    for file in ("config.json", "tokenizer.json"):
        (folder / "snapshots" / "abc" / file).write_text("{}")
    assert not check_source(NAME).at_hand
    (folder / "snapshots" / "abc" / "model.safetensors").write_bytes(b"")
    assert check_source(NAME).at_hand
