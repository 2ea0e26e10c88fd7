"""Several tasks at once on the pages: the form, half way, done."""

from core.config import RunConfig
from core.studies.folder import list_studies
from core.studies.kind import Asked, asked_of
from core.studies.registry import start_study
from tests.app.test_pages import said
from tests.app.test_study_kinds import choose, form, shown
from tests.finished import finish


def test_a_lone_set_is_told_what_is_missing(dataset):
    app = choose(form(), "together")
    assert not app.exception and "Store another set with labels first" in said(app)
    assert any("Only one set" in error.value for error in app.error) and not [
        b for b in app.button if b.key == "start_study"
    ]


def test_the_others_are_offered_and_the_study_starts(dataset, other):
    app = choose(form(), "together")
    assert not app.exception and "One encoder learns several sets" in said(app)
    app.button(key="start_study").click().run()
    (study,) = list_studies()
    assert len(asked_of(study).tasks) == 1 and len(study.cells()) == 12


def test_it_is_shown_half_way_and_done(dataset, other, tiny_encoder):
    study = start_study(
        "together", RunConfig(dataset.id, str(tiny_encoder), max_length=32), Asked(seeds=3, tasks=(other.id,))
    )
    assert "first bars come" in said(shown(study))
    for number, cell in enumerate(study.cells()):
        if number == 6:
            assert "Green has learnt all sets at once" in said(shown(study))
        finish(cell.run, dataset if cell.plan.config.dataset == dataset.id else other, 0.7, draw=number)
    app = shown(study)
    assert "No difference is shown" in said(app) and len(app.dataframe[0].value) == 2
