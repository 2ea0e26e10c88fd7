"""Reports and presentations in a real Chromium: nothing leaves the page, nothing is cut, the model answers at the end."""

import io
from urllib.parse import urlsplit

import pytest

from core.export.report import write_report
from tests.export.conftest import HOSTILE, finished_run
from tests.present.test_server import serving

A4 = (595, 842)  # points


@pytest.fixture
def watched(chromium):
    """Makes a visitor; whatever a page asks of anybody else, runs or complains of stands in the list."""
    contexts = []

    def visit(own: str = "", **settings):
        context = chromium.new_context(**settings)
        contexts.append(context)
        faults: list[str] = []

        def only_own(route):
            address = urlsplit(route.request.url)
            if address.scheme == "file" or (own and address.netloc == own):
                return route.continue_()
            faults.append(route.request.url)
            return route.abort()

        context.route("**/*", only_own)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page, faults

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def report_file(home, tmp_path, tiny_encoder):
    path = tmp_path / "r.html"
    write_report([finished_run(tmp_path, tiny_encoder, mark=HOSTILE)], path, note=HOSTILE)
    return path


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_report_asks_nobody_runs_nothing_and_fits_the_window(watched, report_file, scheme, width):
    page, faults = watched(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(report_file.as_uri())
    assert page.locator("h2", has_text="How it was measured").is_visible() and faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light") and ground != ink
    bars = page.locator(".bars")
    assert bars.count() >= 3 and all(bars.nth(at).bounding_box()["width"] > 100 for at in range(bars.count()))
    assert page.locator("img, script, iframe, a").count() == 0


def test_a_report_prints_on_a4_with_its_text(watched, report_file):
    pypdf = pytest.importorskip(
        "pypdf", reason="pypdf reads the PDF that Chromium prints: pip install -r requirements-dev.txt"
    )
    page, _ = watched()
    page.goto(report_file.as_uri())
    pages = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert 2 <= len(pages) <= 12
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == pytest.approx(A4, abs=1)
    text = " ".join("".join(page.extract_text() for page in pages).split())
    assert "Result beside baselines" in text and "95 % interval" in text and "onerror=alert(1)" in text
    assert all(page.extract_text().strip() for page in pages)


def test_a_presentation_is_walked_by_keys_and_ends_with_an_answer(watched, home, tmp_path, tiny_encoder):
    run = finished_run(tmp_path, tiny_encoder, mark=HOSTILE)
    with serving(run) as server:
        page, faults = watched(f"127.0.0.1:{server.port}", viewport={"width": 1920, "height": 1080})
        page.goto(server.link)
        place = page.locator("#place")
        assert place.inner_text() == "1 of 8"
        for step in range(2, 9):
            page.keyboard.press("ArrowRight")
            assert place.inner_text() == f"{step} of 8" and page.locator(".step.now").count() == 1
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("End")
        text = run.read_predictions("test").iloc[0]
        page.locator("#text").fill(text["text"])
        page.keyboard.press("Enter")
        assert page.locator(".said-now").inner_text() == text["prediction"]
        assert page.locator("#answer .row.ours .name").inner_text() == text["prediction"]
        page.locator(".chip").first.click()
        page.locator(".said-now").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1920 and faults == []
    page.locator(".chip").first.click()
    page.get_by_text("The presentation was stopped").wait_for()
