"""What is written can be read: at least 4.5 : 1 beside what it stands on, in both themes (WCAG 2.2, 1.4.3)."""

import tomllib

import pytest

from pages.components.shared.router import PAGES
from pages.components.shared.theme import INK, SOFT
from tests.app.test_pages import finished, open_page
from tests.conftest import ROOT

AA = 4.5
CAPTION = 0.6  # how opaque Streamlit writes captions and labels of figures
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))


def contrast(one: tuple[float, ...], two: tuple[float, ...]) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(color: tuple[float, ...]) -> float:
        linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color)
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_the_standard():
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21.0)
    assert contrast(rgb("#808495"), rgb("#FFFFFF")) == pytest.approx(3.7, abs=0.05)  # what Streamlit gives axes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_tabs_buttons_captions_and_axes_can_be_read(theme):
    colors = THEMES[theme]
    ground, text, primary = (rgb(colors[name]) for name in ("backgroundColor", "textColor", "primaryColor"))
    caption = tuple(CAPTION * ink + (1 - CAPTION) * under for ink, under in zip(text, ground, strict=True))
    for written in (text, primary, caption, rgb(colors["linkColor"]), rgb(SOFT[theme]), rgb(INK[theme])):
        assert contrast(written, ground) >= AA
    assert contrast(rgb("#FFFFFF"), primary) >= AA  # on a button


def test_charts_bring_axes_that_can_be_read(dataset):
    app = open_page("results", run=finished(dataset, "good one", 0.95).id)
    charts = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert charts and all(SOFT["light"] in spec for spec in charts)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_no_level_of_headings_is_left_out(dataset, page):
    finished(dataset, "good one", 0.95)
    app = open_page(page)
    assert len(app.title) == 1 and not app.subheader
