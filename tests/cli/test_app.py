"""The app as `core start` opens it: who may call it, and how many files it may hold open."""

import os
import socket
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from core.__main__ import main
from core.cli.app import _hosts
from tests.conftest import ROOT
from tests.processes import free_port, wait

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The port and the process of an app that forgets a closed visit after a second."""
    port = free_port()
    env = os.environ | {
        "GRAFT_HOME": str(tmp_path_factory.mktemp("served")), "GRAFT_NO_SCHEDULER": "1",
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "core", "start", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait(lambda: _answers(port), 120)
    yield port, process
    process.kill()
    process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def shake_hands(port: int, host: str, origin: str) -> int:
    """The status that a WebSocket's first request gets; 101 opens it."""
    lines = (
        "GET /_stcore/stream HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: streamlit",
    )  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode())
        return int(connection.recv(4096).split(b" ", 2)[1])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machine_may_call(served, host):
    port, _ = served
    assert shake_hands(port, f"{host}:{port}", f"http://{host}:{port}") == 101


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_name_that_points_at_this_machine_is_refused(served, host):
    port, _ = served
    assert shake_hands(port, f"{host}:{port}", f"http://{host}:{port}") == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://evil.example:443", "null"])
def test_a_page_of_another_site_cannot_talk_to_it_from_this_machines_browser(served, origin):
    port, _ = served
    assert shake_hands(port, f"localhost:{port}", origin) == 403


def test_it_listens_on_this_machine_alone(served):
    _, process = served
    listening = [
        each for each in psutil.Process(process.pid).net_connections("inet") if each.status == psutil.CONN_LISTEN
    ]
    assert listening and {each.laddr.ip for each in listening} <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/_stcore/upload_file/nobody/nothing"), ("GET", "/media/..%2f..%2f..%2fetc%2fpasswd"), ("GET", "/app/static/../../etc/passwd"),
     ("GET", "/static/..%2f..%2fetc%2fpasswd")],
)  # fmt: skip
def test_nothing_is_written_or_read_past_it(served, method, path):
    port, _ = served
    request = urllib.request.Request(
        f"http://localhost:{port}{path}", method=method, data=b"x" if method == "PUT" else None
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert b"root:" not in answer.read(), "a page, not the file"
    except urllib.error.HTTPError as error:
        assert error.code in (400, 403, 404)


def test_the_names_that_may_call_follow_the_address():
    assert set(_hosts("localhost")[1::2]) == {"localhost", "127.0.0.1", "::1"}
    assert "192.168.0.7" in _hosts("192.168.0.7") and "*" not in _hosts("192.168.0.7")
    assert _hosts("0.0.0.0") == ["--server.allowedHosts", "*"]


def test_a_second_app_takes_the_next_port_and_says_so(served, monkeypatch, capsys):
    port, _ = served
    started = []
    monkeypatch.setattr(os, "execv", lambda program, words: started.append(words))
    monkeypatch.chdir(ROOT)
    main(["start", "--port", str(port)])
    chosen = started[0][started[0].index("--server.port") + 1]
    assert int(chosen) > port and f"Port {port} is taken; using {chosen}" in capsys.readouterr().err


def test_links_of_an_error_to_other_machines_are_off_and_closed_visits_are_let_go_soon():
    options = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert options["client"]["showErrorLinks"] == "false" and options["server"]["disconnectedSessionTTL"] <= 30


@pytest.mark.skipif(not Path("/proc").exists(), reason="descriptors are counted in /proc")
def test_closed_visits_leave_no_descriptors_open(served):
    port, process = served
    _visit(port, 10)
    before = len(os.listdir(f"/proc/{process.pid}/fd"))
    _visit(port, 60)
    assert len(os.listdir(f"/proc/{process.pid}/fd")) < before + 60  # each of them held three


def _visit(port: int, times: int) -> None:
    """Open the first page so many times, wait until it is drawn, and leave."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    ask = BackMsg()
    ask.rerun_script.query_string = ""
    for _ in range(times):
        with connect(f"ws://localhost:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as visit:  # type: ignore[list-item]
            visit.send(ask.SerializeToString())
            while ForwardMsg.FromString(visit.recv(60)).WhichOneof("type") != "script_finished":  # type: ignore[arg-type]
                pass


@pytest.mark.skipif(os.name != "posix", reason="only POSIX bounds descriptors")
def test_the_app_takes_more_descriptors_than_a_low_bound_grants():
    program = (
        "import resource; from core.cli.app import _allow_descriptors, DESCRIPTORS\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE); resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))\n"
        "_allow_descriptors(); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(DESCRIPTORS, hard))"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True", done.stderr
