"""What a run kept of its source, on its page: not measured, measured, and the slider between source and run."""

import pytest

from tests.app.test_pages import finished, open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

KEPT = {
    "task": "telling 14 classes apart", "rows": 728, "source_before": 0.9, "source_after": 0.8, "difference": -0.1,
    "interval": [-0.13, -0.07], "p": 0.001, "verdict": "lost", "target": 0.9, "target_metric": "accuracy", "gain": 0.05,
    "sentence": "The run lost some of its source's ability.", "also": [],
}  # fmt: skip


def curve():
    points = [
        {
            "alpha": alpha, "target": target, "target_interval": [target - 0.02, target + 0.02], "source": source,
            "source_interval": [source - 0.03, source + 0.03], "target_chosen": target, "source_chosen": source,
        }
        for alpha, target, source in ((0.0, 0.5, 0.9), (0.5, 0.89, 0.88), (1.0, 0.9, 0.8))
    ]  # fmt: skip
    return {"points": points, "best": 0.5, "metric": "accuracy", "task": "the source task", "sentence": "At 50 % …"}


def test_what_was_not_measured_has_a_button_and_says_why(dataset):
    run = finished(dataset, "good one", 0.9)
    app = open_page("results", run=run.id, tab="Transfer")
    assert "Not measured yet" in said(app)
    assert {"measure_kept", "measure_curve"} <= {button.key for button in app.button}


def test_what_was_kept_is_a_figure_a_point_and_a_sentence(dataset):
    run = finished(dataset, "good one", 0.9)
    run.write_retention(KEPT)
    app = open_page("results", run=run.id, tab="Transfer")
    assert any("728 texts" in metric.label and "lost" in metric.delta for metric in app.metric)
    assert "lost some of its source" in said(app) and "ability lost, -10.0 points on 728 texts" in said(app)
    assert any("kept of the source" in chart.proto.spec for chart in app.get("plotly_chart"))


def test_the_slider_begins_at_the_advised_point_and_tells_the_chosen_one(dataset):
    run = finished(dataset, "good one", 0.9)
    run.write_curve(curve())
    app = open_page("results", run=run.id, tab="Transfer")
    assert app.select_slider(key="alpha").value == 0.5 and "At 50 %" in said(app) and "They advise 50 %" in said(app)
    app.select_slider(key="alpha").set_value(1.0).run()
    assert not app.exception and "At 100 %: the target has 90.0 % accuracy" in said(app)


def test_a_damaged_measurement_is_as_if_there_were_none(dataset):
    run = finished(dataset, "good one", 0.9)
    (run.path / "retention.json").write_text('{"kept": {"task": 3}, "curve": []}')
    assert "Not measured yet" in said(open_page("results", run=run.id, tab="Transfer"))


def test_a_mixed_run_names_what_it_was_made_of(dataset):
    run = finished(dataset, "good one", 0.9)
    mixed = finished(dataset, "half way", 0.9, 1)
    mixed_meta = mixed.meta | {"made": {"how": "soup", "runs": [run.id], "sentence": "The mean of 2 runs."}}
    mixed.write_meta(**mixed_meta)
    for tab in ("Transfer", "Training"):
        app = open_page("results", run=mixed.id, tab=tab)
        assert "The mean of 2 runs." in said(app)
    assert "repeat_start" not in {button.key for button in app.button}
