"""On the Use page a model is exported with its measurement, and put behind HTTP and taken away again."""

import io
import json
import urllib.request
import zipfile

import pytest

from core.export.exporting import export_run
from core.serve.started import endpoint
from pages.components.use.hand_on import _zip
from pages.components.use.serve_it import WAYS
from tests.app.test_pages import open_page, said
from tests.export.conftest import run, run_of_each_kind

__all__ = ["run", "run_of_each_kind"]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_checkpoint_is_made_measured_and_offered_as_one_zip(run):
    app = open_page("use", run=run.id)
    app.button_group(key=f"export_format_{run.id}").set_value(["checkpoint"]).run()
    assert not run.export("checkpoint").is_dir()
    app.button(key=f"export_{run.id}").click().run()
    assert not app.exception and "rows are answered alike" in said(app)
    assert any("Weights on disk" in str(table.value) for table in app.table)
    names = zipfile.ZipFile(io.BytesIO(_zip(run, "checkpoint"))).namelist()
    assert {"model.safetensors", "tokenizer.json", "README.md"} <= {name.split("/")[1] for name in names}


def test_what_lost_too_much_is_shown_and_not_offered(run):
    pytest.importorskip("onnxruntime", reason="ONNX is optional: pip install -r requirements-export.txt")
    measured = export_run(run, "checkpoint").as_json()
    run.write_measured("onnx-int8", measured | {"refused": "It loses 9.0 points.", "recipe": "all in 8 bits"})
    app = open_page("use", run=run.id)
    app.button_group(key=f"export_format_{run.id}").set_value(["onnx-int8"]).run()
    assert "It loses 9.0 points" in said(app) and app.number_input(key=f"export_allow_{run.id}").value == 0.5
    assert not [button for button in app.get("download_button") if "onnx-int8" in str(button.proto.id)]


@pytest.mark.slow
def test_it_is_started_asked_in_the_words_of_the_page_and_stopped(run):
    pytest.importorskip("uvicorn", reason="serving is optional: pip install -r requirements-serve.txt")
    app = open_page("use", run=run.id)
    try:
        app.button(key=f"serve_start_{run.id}").click().run(timeout=90)
        address = endpoint(run).running().address
        told = {block.language: block.value for block in app.code}
        assert all(address in told[language] for language, _ in WAYS.values())
        asked = told["bash"].partition("-d '")[2].rstrip("'")
        request = urllib.request.Request(f"{address}/predict", asked.encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert len(json.load(answer)["answers"]) == 2
        app.button(key=f"serve_stop_{run.id}").click().run()
        assert endpoint(run).running() is None and not app.exception
    finally:
        endpoint(run).stop()
