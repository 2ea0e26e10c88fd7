"""What a served model answers, and what it refuses: always JSON, never a traceback."""

import json

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="serving is optional: pip install -r requirements-serve.txt")
pytest.importorskip("prometheus_client", reason="serving is optional: pip install -r requirements-serve.txt")

from starlette.testclient import TestClient

from core.errors import GraftError, RunError
from core.export.exporting import export_run
from core.serve.app import make_app
from core.serve.asked import LONGEST, MOST_TEXTS
from core.serve.engine import chosen, load
from core.serve.limits import LARGEST
from core.serve.serving import Settings, read_token

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
TOKEN = "a-token-of-some-length"


@pytest.fixture
def client(run):
    with TestClient(make_app(load(run)), base_url="http://127.0.0.1") as client:
        yield client


def test_each_kind_answers_as_the_model_does(run_of_each_kind):
    kind, run = run_of_each_kind
    engine = load(run)
    texts = run.read_predictions("test")["text"].tolist()[:5]
    pairs = texts[::-1] if kind == "pairs" else None
    asked = {"pairs": list(zip(texts, pairs, strict=True))} if pairs else {"texts": texts}
    outputs = engine.predict(texts, pairs)
    with TestClient(make_app(engine), base_url="http://127.0.0.1") as client:
        answers = client.post("/predict", json=asked).json()["answers"]
    said = [answer["answer"] for answer in answers]
    if kind == "scores":
        assert said == pytest.approx(outputs.tolist(), rel=1e-5) and answers[0]["probabilities"] is None
        return
    told = np.array([[answer["probabilities"][label] for label in engine.labels] for answer in answers])
    assert np.abs(told - outputs).max() < 1e-5
    expected = list(engine.answers(outputs))
    assert said == ([answer.split("|") if answer else [] for answer in expected] if kind == "several" else expected)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"texts": []}, "no text"),
        ({}, "one text a row"),
        ({"pairs": [["a", "b"]]}, "one text a row"),
        ({"texts": "a"}, "texts"),
        ({"texts": [1]}, "texts.0"),
        ({"texts": ["x" * (LONGEST + 1)]}, "texts.0"),
        ({"texts": ["x"] * (MOST_TEXTS + 1)}, "texts"),
        ({"texts": ["a"], "more": 1}, "more"),
        ([], "the body"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(client, body, part):
    answer = client.post("/predict", json=body)
    assert answer.status_code == 422 and part in answer.json()["error"]["message"] and answer.json()["error"]["hint"]


def test_other_refusals_are_json_as_well(client):
    assert client.post("/predict", content=b"{", headers={"content-type": "application/json"}).status_code == 422
    assert client.get("/predict").status_code == 405 and "error" in client.get("/predict").json()
    assert client.get("/nothing").status_code == 404 and "error" in client.get("/nothing").json()
    half = client.post("/predict", content=rb'{"texts": ["\ud800"]}', headers={"content-type": "application/json"})
    assert half.status_code == 422 and "error" in half.json()
    large = json.dumps({"texts": ["x" * (LARGEST + 1)]}).encode()
    assert client.post("/predict", content=large).status_code == 413
    in_pieces = client.post("/predict", content=(large[at : at + 65536] for at in range(0, len(large), 65536)))
    assert in_pieces.status_code == 413 and "too large" in in_pieces.json()["error"]["message"]
    assert client.post("/predict", json={"texts": ["a"]}).status_code == 200


def test_a_model_that_fails_is_no_traceback(run):
    engine = load(run)

    def fails(texts, pairs):
        raise ValueError("secret of the inside")

    broken = type(engine)(*(fails if name == "predict" else getattr(engine, name) for name in engine.__slots__))
    with TestClient(make_app(broken), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.post("/predict", json={"texts": ["a"]})
    assert answer.status_code == 500 and "secret" not in answer.text and answer.json()["error"]["message"]


def test_a_token_is_asked_for_where_one_is_set(run):
    with TestClient(make_app(load(run), TOKEN), base_url="http://elsewhere") as client:
        assert client.get("/health").status_code == 200 and client.get("/").status_code == 200
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            for ask in (client.get("/metrics", headers=headers), client.post("/predict", json={}, headers=headers)):
                assert ask.status_code == 401 and "token" in ask.json()["error"]["message"]
        allowed = {"Authorization": f"Bearer {TOKEN}"}
        assert client.post("/predict", json={"texts": ["a"]}, headers=allowed).status_code == 200


def test_without_a_token_no_foreign_name_is_answered(run):
    with TestClient(make_app(load(run), names=("127.0.0.1", "localhost")), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health", headers={"host": "evil.example:8000"}).status_code == 421


def test_system_one_chooses_among_the_labels_and_refuses_others(client, run):
    labels = run.result["labels"]
    question = {"type": "choice", "criteria": dict.fromkeys(labels), "instructions": "Which?"}
    asked = {"model": "mine", "state": "the lovely film", "questions": {"tone": question}}
    told = client.post("/v1/systemone", json=asked).json()
    answer = told["answers"]["tone"]
    assert told["model"] == "mine" and told["usage"]["input_tokens"] > 2 and answer["type"] == "choice"
    best = max(answer["probabilities"].values())
    assert answer["probabilities"][answer["choice"]] == best and answer["confidence"] == pytest.approx(2 * best - 1)
    same = client.post("/v1/systemone", json=asked | {"state": {"text": "the lovely film"}}).json()
    assert same["answers"] == told["answers"]
    for wrong in (
        {"questions": {"tone": question | {"criteria": {"calm": None, "angry": None}}}},
        {"questions": {"tone": question | {"type": "score"}}},
        {"questions": {}}, {"state": {"body": "x"}}, {"state": 3},
    ):  # fmt: skip
        refused = client.post("/v1/systemone", json=asked | wrong)
        assert refused.status_code == 422 and refused.json()["error"]["message"]


@pytest.mark.parametrize("place", ["state", "text", "model", "question"])
def test_half_a_character_is_refused_wherever_it_stands(client, run, place):
    half = "\ud800"
    question = {"type": "choice", "criteria": dict.fromkeys(run.result["labels"])}
    asked = {
        "state": half if place == "state" else {"text": half if place == "text" else "a"},
        "model": half if place == "model" else "mine",
        "questions": {half if place == "question" else "tone": question},
    }
    headers = {"content-type": "application/json"}
    refused = client.post("/v1/systemone", content=json.dumps(asked), headers=headers)
    assert refused.status_code == 422 and "error" in refused.json()


def test_it_counts_and_shows_itself(client):
    client.post("/predict", json={"texts": ["a", "b"]})
    client.post("/predict", json={"texts": []})
    told = client.get("/metrics").text
    assert 'graft_requests_total{path="/predict",status="200"} 1.0' in told and "graft_texts_total 2.0" in told
    assert 'graft_requests_total{path="/predict",status="422"} 1.0' in told and "graft_batch_texts_bucket" in told
    assert {"/predict", "/v1/systemone", "/health", "/metrics"} <= set(client.get("/openapi.json").json()["paths"])
    for path in ("/", "/docs"):
        page = client.get(path)
        assert (
            "http" not in page.text.replace("http-equiv", "")
            and "script-src 'self'" in page.headers["content-security-policy"]
        )


def test_onnx_answers_where_it_was_made_and_was_quicker(run):
    assert chosen(run) == "torch"
    with pytest.raises(RunError, match="not exported as onnx"):
        load(run, "onnx")
    pytest.importorskip("onnxruntime", reason="ONNX is optional: pip install -r requirements-export.txt")
    measured = export_run(run, "onnx").as_json()
    for quick, name in ((0.5, "onnx"), (2.0, "torch")):
        run.write_measured("onnx", measured | {"ms": {"1": 1.0, "32": quick}, "ms_before": {"1": 1.0, "32": 1.0}})
        assert chosen(run) == name
    texts = ["the lovely film", "an awful meal"]
    assert np.abs(load(run, "onnx").predict(texts, None) - load(run, "torch").predict(texts, None)).max() < 2e-2


def test_an_open_address_without_a_token_is_refused(tmp_path):
    with pytest.raises(GraftError, match="no token is asked for"):
        Settings("run", address="0.0.0.0").check()
    Settings("run", address="0.0.0.0", token=TOKEN).check()
    for wrong in (Settings("run", port=70000), Settings("run", workers=0)):
        with pytest.raises(GraftError):
            wrong.check()
    for content in ("short", "with a blank in it all", "x" * 10):
        (tmp_path / "token").write_text(content)
        with pytest.raises(GraftError, match="no token"):
            read_token(tmp_path / "token")
    (tmp_path / "token").write_text(f" {TOKEN}\n")
    assert read_token(tmp_path / "token") == TOKEN
