"""A study of domains on the pages: without domains, empty, half way and done."""

import pytest

from core.config import RunConfig
from core.studies.folder import list_studies
from core.studies.kind import Asked
from core.studies.registry import start_study
from tests.app.test_pages import open_page, said
from tests.app.test_study_kinds import choose, finish_all, form, shown
from tests.studies.test_domains import domains

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
__all__ = ["domains"]  # the fixture


def test_a_set_without_domains_says_what_it_needs(dataset):
    app = choose(form(), "domains")
    assert not app.exception and any("no column of domains" in error.value for error in app.error)
    assert "start_study" not in {button.key for button in app.button}


def test_it_is_started_from_its_form(domains):
    app = choose(form(), "domains")
    assert not app.exception
    app.checkbox(key="study_left_out").check().run()
    app.button(key="start_study").click().run()
    (study,) = list_studies()
    assert {cell.plan.config.domains for cell in study.cells()} >= {"books", "books|films"} and study.goes_on


def test_the_matrix_is_shown_empty_half_way_and_done(domains, tiny_encoder):
    config = RunConfig(domains.id, str(tiny_encoder), max_length=32)
    study = start_study("domains", config, Asked(seeds=1, strategies=("full",)))
    assert "first row of the matrix" in said(shown(study))
    finish_all(study, domains, but=1)
    app = shown(study)
    assert any("Judged on" in chart.proto.spec for chart in app.get("plotly_chart"))
    assert "stands here afterwards" in said(app)
    finish_all(study, domains)
    study.remember("distances", {"pairs": [
        {"a": a, "b": b, "vocabulary": 0.1 * n, "classifier": 1.0 + 0.1 * n, "embedding": 0.2 * n}
        for n, (a, b) in enumerate((("books", "films"), ("books", "pans"), ("films", "pans")), 1)
    ]})  # fmt: skip
    study.close()
    app = shown(study)
    assert "right inside a domain" in said(app) and any(
        "Lost (points)" in c.proto.spec for c in app.get("plotly_chart")
    )
    assert any(metric.label == "Across domains" for metric in app.metric)


def test_a_study_of_domains_opens_on_the_results_page(domains, tiny_encoder):
    study = start_study("domains", RunConfig(domains.id, str(tiny_encoder)), Asked(seeds=1, strategies=("full",)))
    assert study.name in open_page("results", study=study.id).title[0].value
