"""On the Use page a model is exported with its measurement, and put behind HTTP and taken away again."""

import io
import json
import urllib.request
import zipfile

import pytest

from core.export.exporting import export_run
from core.serve.started import endpoint
from pages.components.use.take_away import _zipped
from tests.app.test_pages import open_page, said
from tests.export.conftest import run, run_of_each_kind

__all__ = ["run", "run_of_each_kind"]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_checkpoint_is_made_measured_and_offered_as_one_zip(run):
    app = open_page("use", run=run.id)
    assert not run.export("checkpoint").is_dir()
    app.button(key=f"export_checkpoint_{run.id}").click().run(timeout=120)
    assert not app.exception and "rows are answered alike" in said(app) and "| Weights on disk |" in said(app)
    names = zipfile.ZipFile(io.BytesIO(_zipped(run, "checkpoint"))).namelist()
    assert {"model.safetensors", "tokenizer.json", "README.md"} <= {name.split("/")[1] for name in names}


def test_what_lost_too_much_is_shown_and_not_offered(run):
    pytest.importorskip("onnxruntime", reason="ONNX is optional: pip install -r requirements-export.txt")
    measured = export_run(run, "checkpoint").as_json()
    run.write_measured("onnx-int8", measured | {"refused": "It loses 9.0 points.", "recipe": "all in 8 bits"})
    app = open_page("use", run=run.id)
    assert "It loses 9.0 points" in said(app) and app.number_input(key=f"allow_onnx-int8_{run.id}").value == 0.5
    (only,) = app.get("download_button")
    assert "download_checkpoint" in str(only.proto.id)


@pytest.mark.slow
def test_it_is_started_asked_in_the_words_of_the_page_and_stopped(run):
    pytest.importorskip("uvicorn", reason="serving is optional: pip install -r requirements-serve.txt")
    app = open_page("use", run=run.id)
    try:
        app.button(key=f"serve_start_{run.id}").click().run(timeout=90)
        address = endpoint(run).running().address
        told = {block.language: block.value for block in app.code}
        assert all(address in told[language] for language in ("bash", "python", "javascript"))
        asked = told["bash"].partition("-d '")[2].rstrip("'")
        request = urllib.request.Request(f"{address}/predict", asked.encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert len(json.load(answer)["answers"]) == 1
        app.button(key=f"serve_stop_{run.id}").click().run()
        assert endpoint(run).running() is None and not app.exception
    finally:
        endpoint(run).stop()
