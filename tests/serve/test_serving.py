"""Serving is a process: it answers until it is stopped or its run is gone, and killed it loses nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("uvicorn", reason="serving is optional: pip install -r requirements-serve.txt")
pytest.importorskip("prometheus_client", reason="serving is optional: pip install -r requirements-serve.txt")

from core.__main__ import main
from core.serve.started import endpoint
from tests.conftest import ROOT
from tests.processes import wait

pytestmark = [pytest.mark.slow]


def ask(address, path="/predict", body=None, **headers):
    """Status and answer of one request."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, content, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def is_there(address):
    try:
        return ask(address, "/health")[0] == 200
    except OSError:
        return False


def test_started_from_a_page_it_answers_and_is_stopped_for_good(run):
    service = endpoint(run)
    there = service.start()
    try:
        assert service.start() == there == service.running()
        status, told = ask(there.address, body={"texts": ["the lovely film"]})
        assert status == 200 and json.loads(told)["answers"][0]["answer"] in run.result["labels"]
        os.kill(there.who["pid"], signal.SIGKILL)
        wait(lambda: service.running() is None, 20)
        again = service.start()
        assert ask(again.address, body={"texts": ["the lovely film"]}) == (200, told)
    finally:
        service.stop()
    assert service.running() is None and not is_there(again.address)


def test_the_command_with_two_workers_and_a_token_counts_together_and_ends_cleanly(run, tmp_path):
    token = tmp_path / "token"
    token.write_text("a-token-of-some-length")
    command = [sys.executable, "-m", "core", "serve", run.id, "--workers", "2", "--token-file", str(token), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        address, allowed = told["address"], {"Authorization": "Bearer a-token-of-some-length"}
        assert ask(address, body={"texts": ["a"]})[0] == 401
        for _ in range(4):
            assert ask(address, body={"texts": ["a"]}, **allowed)[0] == 200
        assert "graft_texts_total 4.0" in ask(address, "/metrics", **allowed)[1]
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert out == "" and "Traceback" not in err
    assert not is_there(address) and endpoint(run).running() is None


def test_clicked_twice_it_is_started_once(run):
    service = endpoint(run)
    try:
        with ThreadPoolExecutor(2) as visits:
            first, second = visits.map(lambda _: service.start(), range(2))
        assert first == second == service.running()
    finally:
        service.stop()
    assert service.running() is None and not is_there(first.address)


def test_it_ends_when_its_run_is_deleted(run):
    there = endpoint(run).start()
    shutil.rmtree(run.path)
    wait(lambda: not is_there(there.address), 20)


def test_what_cannot_be_served_is_said_in_a_line(run, capsys):
    for wrong, part in (
        (["--address", "0.0.0.0"], "no token"), (["--port", "99999"], "--port"), (["--engine", "onnx"], "not exported"),
        (["--address", "192.0.2.77", "--token-file", "/nowhere"], "nowhere"),
    ):  # fmt: skip
        assert main(["serve", run.id, "--json", *wrong]) == 1
        assert part in json.loads(capsys.readouterr().out)["error"]["message"]
    shutil.rmtree(run.model)
    assert main(["serve", run.id, "--json"]) == 1
    assert "no finished model" in json.loads(capsys.readouterr().out)["error"]["message"]
