"""A finished run leaves by the buttons of its page: exported, downloaded, run elsewhere, served, tried and stopped."""

import json
import subprocess
import sys
import zipfile

import pytest

pytest.importorskip("onnxruntime", reason="ONNX is optional: pip install -r requirements-export.txt")
pytest.importorskip("prometheus_client", reason="serving is optional: pip install -r requirements-serve.txt")

from core.serve.started import endpoint
from tests.browser.test_share import run  # noqa: F401
from tests.processes import wait


def test_a_model_is_exported_downloaded_served_tried_and_stopped(server, page, chromium, run, tmp_path):  # noqa: F811 (the fixture of the import)
    page.goto(f"{server.url}/results?run={run.id}&tab=Use+it")
    page.get_by_role("heading", name="Take it away").wait_for(timeout=90_000)
    make = page.get_by_role("button", name="Make it").nth(1)  # ONNX stands second

    def is_made():
        if run.measured("onnx") is None and not page.get_by_text("Writing and measuring").count():
            make.click()
        page.wait_for_timeout(2000)
        return page.get_by_role("button", name="Download").count() == 1

    wait(is_made, 180)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "single-run-onnx.zip"
    download.value.save_as(tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        archive.extractall(tmp_path / "elsewhere")
    (folder,) = (tmp_path / "elsewhere").iterdir()
    done = subprocess.run([sys.executable, "example.py", "a lovely film"], cwd=folder, capture_output=True, text=True)
    answer = json.loads(done.stdout)["answer"]

    start = page.get_by_role("button", name="Start serving")
    wait(lambda: _served(run, start, page), 120)
    there = endpoint(run).running()
    try:
        page.get_by_text(f"curl {there.address}/predict").first.wait_for(timeout=60_000)
        visitor = chromium.new_context().new_page()
        visitor.goto(there.address)
        visitor.get_by_label("A text", exact=True).fill("a lovely film")
        visitor.get_by_role("button", name="Answer").click()
        visitor.get_by_role("heading", name=answer).wait_for()
        visitor.goto(f"{there.address}/docs")
        visitor.get_by_role("heading", name="POST /predict").wait_for()
        visitor.close()
        page.get_by_role("button", name="Stop serving").click()
        start.wait_for(timeout=60_000)
        assert endpoint(run).running() is None
    finally:
        endpoint(run).stop()


def _served(run, start, page):  # noqa: F811
    """Whether it runs; a click while the page is still being drawn can be lost, so it is made again."""
    if endpoint(run).running() is None and start.count():
        start.click()
    page.wait_for_timeout(3000)
    return endpoint(run).running() is not None
