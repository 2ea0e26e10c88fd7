"""A presentation's server answers one page and one question, to who has the link, and nothing else to anybody."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

import core.workspace
from core.errors import GraftError
from core.present.limits import Bucket
from core.present.server import LARGEST, Server
from core.present.serving import open_server
from tests.export.conftest import HOSTILE, finished_run


@contextmanager
def serving(run) -> Iterator[Server]:
    """A server that answers until it is left."""
    server = open_server(run, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """One for all tests that only ask."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAFT_HOME", str(tmp_path_factory.mktemp("presented") / "home"))
        yield tmp_path_factory.mktemp("rows")


@pytest.fixture(scope="module")
def shared_server(workspace, tiny_encoder):
    with serving(finished_run(workspace, tiny_encoder)) as server:
        yield server


@pytest.fixture
def server(shared_server):
    shared_server.asked = Bucket(size=20, per_second=4.0)
    return shared_server


def ask(server, method, path, body=None, **headers):
    """(status, headers, content) of one request; ``path`` may hold TOKEN."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, dict):
        named = {"Content-Type": "application/json"} | named
    connection.request(method, path.replace("TOKEN", server.token), content, named)
    answer = connection.getresponse()
    told = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return told


def test_the_link_opens_the_page_under_a_strict_policy(server):
    link = urlsplit(server.link)
    status, headers, content = ask(server, "GET", f"{link.path}?{link.query}")
    assert status == 200 and b"<title>single run</title>" in content and len(content) < 200_000
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store" and headers["X-Frame-Options"] == "DENY"
    assert server.token.encode() not in content
    assert ask(server, "HEAD", "/?token=TOKEN")[2] == b""


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/?token=TOKENx", "/?tokens=TOKEN", "/?token=%ff"])
def test_without_the_token_there_is_nothing(server, path):
    status, headers, content = ask(server, "GET", path)
    assert status == 403 and b"single run" not in content and "Content-Security-Policy" in headers
    assert ask(server, "POST", path.replace("/?", "/answer?"), {"text": "x"})[0] in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/requirements.txt",
        "//etc/passwd",
        "/answer",
        "/config.json",
        "/static/",
        "/page/",
        "/_stcore/health",
    ],
)
def test_no_other_path_is_there_even_with_the_token(server, path):
    status, _, content = ask(server, "GET", f"{path}?token=TOKEN")
    assert status in (403, 404) and list(json.loads(content)) == ["error"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_no_other_method_is_known(server, method):
    assert ask(server, method, "/?token=TOKEN")[0] == 405


def test_it_goes_by_no_other_name_and_takes_no_question_from_other_pages(server):
    assert ask(server, "GET", "/?token=TOKEN", Host=f"evil.example:{server.port}")[0] == 403
    assert ask(server, "GET", "/?token=TOKEN", Host="127.0.0.1:1")[0] == 403
    assert ask(server, "GET", "/?token=TOKEN", Host=f"localhost:{server.port}")[0] == 200
    question = {"text": "a lovely film"}
    assert ask(server, "POST", "/answer?token=TOKEN", question, Origin="http://evil.example")[0] == 403
    assert ask(server, "POST", "/answer?token=TOKEN", question, Origin="null")[0] == 403
    own = f"http://127.0.0.1:{server.port}"
    assert ask(server, "POST", "/answer?token=TOKEN", question, Origin=own)[0] == 200
    form = ask(server, "POST", "/answer?token=TOKEN", b'{"text": "x"}', Content_Type="text/plain")
    assert form[0] == 415  # what a form of another page could send without asking first


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["single", "several", "scores", "pairs"])
def test_the_model_answers_each_kind_of_task(workspace, tiny_encoder, kind):
    run = finished_run(workspace, tiny_encoder, kind)
    with serving(run) as server:
        row = run.read_predictions("test").iloc[0]
        status, _, content = ask(
            server, "POST", "/answer?token=TOKEN", {"text": row["text"], "pair": row.get("text_pair", "")}
        )
        told = json.loads(content)
        assert status == 200 and told["bars"] and all(0 <= bar["share"] <= 1 for bar in told["bars"])
        if kind in ("single", "pairs"):
            assert told["answer"] == row["prediction"] and told["bars"][0]["share"] == pytest.approx(
                row["confidence"], abs=1e-4
            )
        elif kind == "several":
            given = {bar["title"] for bar in told["bars"] if bar["is_answer"]}
            assert given == set(filter(None, row["prediction"].split("|")))
        else:
            assert float(told["answer"]) == pytest.approx(row["prediction"], rel=0.01)
        if kind == "pairs":
            assert ask(server, "POST", "/answer?token=TOKEN", {"text": row["text"]})[0] == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"5", 400), (b'{"text": 5}', 400), (b'{"text": "  "}', 400), (b"\xff\xfe", 400),
        (b'{"text": "' + b"x" * 5000 + b'"}', 400), (b"[" * 30000, 400), (b"x" * (LARGEST + 1), 413),
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused(server, body, status):
    try:
        answer = ask(server, "POST", "/answer?token=TOKEN", body, Content_Type="application/json")
    except (ConnectionResetError, BrokenPipeError):  # refused before all of it was sent
        answer = (413, {}, b"{}")
    assert answer[0] == status
    assert ask(server, "POST", "/answer?token=TOKEN", {"text": "a lovely film"})[0] == 200  # it goes on


def test_too_many_questions_at_once_have_to_wait(server):
    server.asked = Bucket(size=2, per_second=0.0)
    found = [ask(server, "POST", "/answer?token=TOKEN", {"text": "a film"})[0] for _ in range(3)]
    assert found == [200, 200, 429]


def test_what_visitors_type_is_kept_nowhere(server):
    home = core.workspace.home()
    before = sorted(path for path in home.rglob("*") if path.is_file())
    assert ask(server, "POST", "/answer?token=TOKEN", {"text": "my very own secret"})[0] == 200
    after = sorted(path for path in home.rglob("*") if path.is_file())
    assert after == before


def test_hostile_names_and_texts_stay_letters(workspace, tiny_encoder):
    with serving(finished_run(workspace, tiny_encoder, mark=HOSTILE)) as server:
        page = ask(server, "GET", "/?token=TOKEN")[2].decode()
    assert (
        "<img" not in page and "onerror=alert(1)&gt;" in page and page.count("<script") == page.count("</script>") == 1
    )


def test_a_port_that_is_taken_is_told(server):
    with pytest.raises(GraftError, match="cannot be used"):
        Server("127.0.0.1", server.port, b"", "", server.answering)


def test_every_start_has_a_token_of_its_own(server):
    other = Server("127.0.0.1", 0, b"", "", server.answering)
    other.server_close()
    assert len(other.token) >= 32 and other.token != server.token
