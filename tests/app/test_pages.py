"""Every page in its empty, running and done state, through the app's own entry."""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.evaluation.baselines import majority
from core.evaluation.prediction_table import prediction_table
from core.evaluation.result import build_result
from core.runs.folder import create_run
from pages.components.shared import router
from tests.conftest import ROOT, sentences
from tests.finished import counted_words

PAGES = tuple(page.name for page in router.PAGES)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def open_page(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "home":
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
        app.success,
    )
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def finished(dataset, name: str, right: float, seed: int = 0, model: str = "minilm"):
    """A run folder with a true result: metrics of real predictions on the set's test rows."""
    run = create_run(RunConfig(dataset.id, model, seed=seed), name)
    frame = dataset.frame()
    train, test = (frame[frame["split"] == part] for part in ("train", "test"))
    truth = (test["label"] == "pos").to_numpy().astype(np.int64)
    hit = np.random.default_rng(seed).random(len(truth)) < right
    probabilities = np.where(np.stack([truth == 0, truth == 1], axis=1) == hit[:, None], 0.9, 0.1)
    numbers = (train["label"] == "pos").to_numpy().astype(np.int64)
    baselines = [(majority(numbers, len(test), 2), 0.0), (counted_words(train, numbers, test), 0.1)]
    result = build_result(truth, probabilities, ("neg", "pos"), baselines) | {
        "split": "test", "evaluated_of": len(test), "train_rows": len(train), "labels": ["neg", "pos"],
        "rows_digest": "same", "seconds": 12.0, "tokens_per_second": 1500.0, "total_seconds": 20.0, "best_step": 3,
        "stopped_early": False, "share_cut": 0.0, "max_length": 64, "parameters": {"total": 1000, "trained": 1000},
        "device": "cpu", "device_title": "CPU", "precision": "fp32", "peak_memory_mib": 700, "validation": None,
    }  # fmt: skip
    run.predictions("test").parent.mkdir()
    prediction_table(test, truth, probabilities, ("neg", "pos")).to_parquet(run.predictions("test"))
    run.write_result(result)
    run.events_path.write_text(
        '{"event": "attempt", "time": 1.0}\n'
        '{"event": "step", "time": 1.0, "step": 1, "epoch": 0.5, "loss": 0.7, "learning_rate": 1e-4, '
        '"tokens_per_second": 1000, "grad_norm": 1.0}\n'
        '{"event": "evaluated", "time": 2.0, "step": 2, "epoch": 1.0, "accuracy": 0.8, "macro_f1": 0.8, "loss": 0.5, '
        '"best": true}\n'
    )
    run.write_status(state="finished", progress=1.0, ended_at=time.time())
    return run


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_workspace_tells_the_next_step(home, page):
    app = open_page(page)
    assert len(app.title) == 1
    hints = {"home": "Start here", "data": "Or begin with a sample", "train": "needs a data set", "results": "Nothing has run yet",
             "use": "No run has finished"}  # fmt: skip
    assert hints[page] in said(app)


@pytest.mark.slow
def test_the_sample_is_stored_by_one_click(home):
    app = open_page("data")
    app.button(key="sample_reviews").click().run()
    assert not app.exception
    assert "Training learns, validation chooses" in said(app)


def test_an_uploaded_table_is_understood_corrected_and_stored(home):
    content = "\n".join(["kommentar;urteil", *(f"{text};{label}" for text, label in sentences(60))])
    app = open_page("data")
    app.file_uploader(key="upload").upload("meine daten.csv", content.encode("utf-8-sig")).run()
    assert not app.exception
    assert "60 rows will be stored" in said(app) and "semicolons" in said(app)
    app.button(key="store").click().run()
    assert not app.exception
    assert "kommentar" in said(app)


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("x.tsv", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n", "Git LFS pointer"),
        ("x.csv", b"text,label\ngood film really,pos\nnice meal indeed,pos\n", "holds only 'pos'"),
        ("x.csv", b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence(home, name, content, part):
    app = open_page("data")
    app.file_uploader(key="upload").upload(name, content).run()
    assert not app.exception
    assert part in said(app)


def test_the_train_page_estimates_before_it_queues(dataset):
    app = open_page("train", dataset=dataset.id)
    assert any(metric.label == "Time" for metric in app.metric)
    app.radio(key="strategy").set_value("linear_probe").run()
    app.button(key="queue_run").click().run()
    assert not app.exception
    assert "Queue" in said(app)
    app.button(key="queue_run").click().run()
    assert "position 2" in said(app)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"state": "queued"}, "queued just now"),
        ({"state": "running", "phase": "training", "step": 3, "total_steps": 9, "device": "cpu", "loss": 0.5,
          "heartbeat": time.time()}, "curves begin"),
        ({"state": "failed", "error": {"message": "The device ran out of memory.", "hint": "Halve the batch size."}},
         "Halve the batch size"),
        ({"state": "stopped"}, "Resume goes on"),
    ],
)  # fmt: skip
def test_a_run_under_way_or_broken_is_told(dataset, changes, part):
    run = create_run(RunConfig(dataset.id), "under way")
    run.write_status(**changes)
    app = open_page("results", run=run.id)
    assert part in said(app) and "under way" in app.title[0].value


def test_a_finished_run_stands_beside_its_baselines(dataset):
    run = finished(dataset, "good one", 0.95)
    app = open_page("results", run=run.id)
    assert "TF-IDF" in said(app) and app.title[0].value == "good one"
    charts = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert any("Majority class" in spec for spec in charts) and any("Predicted class" in spec for spec in charts)


def test_an_unknown_run_is_an_error_not_a_crash(home):
    assert "no run" in said(open_page("results", run="nothing"))


def test_two_runs_are_compared_and_the_link_names_them(dataset):
    runs = [finished(dataset, name, right, seed) for name, right, seed in (("first", 0.95, 1), ("second", 0.6, 2))]
    app = open_page("results", runs=",".join(run.id for run in runs))
    text = said(app)
    assert "Is the difference real?" in text and "What was set differently" in text


def test_runs_on_different_rows_are_not_silently_compared(dataset):
    runs = [finished(dataset, name, 0.9, seed) for name, seed in (("first", 1), ("second", 2))]
    runs[1].write_result((runs[1].result or {}) | {"rows_digest": "other"})
    assert "different rows" in said(open_page("results", runs=",".join(run.id for run in runs)))


def test_the_mistakes_stand_among_the_judged_rows(dataset):
    run = finished(dataset, "good one", 0.9)
    app = open_page("results", run=run.id, tab="Mistakes")
    assert "are right" in said(app)
    app.toggle(key="only_wrong").set_value(True).run()
    assert not app.exception and "0 are right" in said(app)


def test_home_shows_the_last_runs(dataset):
    finished(dataset, "good one", 0.9)
    assert "Last runs" in said(open_page("home"))


def links(app: AppTest) -> str:
    return "\n".join(str(link.proto.label) for link in app.get("page_link"))


def test_what_is_running_stands_on_top_and_on_each_page(dataset):
    run = create_run(RunConfig(dataset.id), "under way")
    run.write_status(state="running", phase="training", progress=0.42, heartbeat=time.time())
    home = open_page("home")
    assert "under way: running, 42 %" in links(home) and "Training, 42 % done" in said(home)
    assert "under way" in links(open_page("train", dataset=dataset.id))
    assert open_page("results").dataframe[0].value["State"].tolist() == ["running"]
    assert "No run has finished" in said(open_page("use"))


def test_a_finished_run_is_seen_on_every_page(dataset):
    run = finished(dataset, "good one", 0.95)
    assert "good one" in links(open_page("home"))
    assert [each.value["Name"].tolist() for each in open_page("results").dataframe] == [["good one"]]
    assert run.id in open_page("use").query_params["run"]


def test_a_run_is_renamed_and_tagged(dataset):
    run = finished(dataset, "good one", 0.95)
    app = open_page("results", runs=run.id)
    app.text_input(key=f"name_{run.id}").set_value("better name")
    app.text_input(key=f"tags_{run.id}").set_value("sample, first,first ")
    app.button(key="save_meta").click().run()
    assert (run.name, run.meta["tags"]) == ("better name", ["sample", "first"])


def test_two_runs_of_one_name_are_told_apart(dataset):
    runs = [finished(dataset, "same", right, seed) for right, seed in ((0.95, 1), (0.6, 2))]
    app = open_page("results", runs=",".join(run.id for run in runs))
    assert all(f"same · {run.id[-4:]}" in str(app.dataframe[1].value["Run"].tolist()) for run in runs)


def test_a_set_without_labels_leads_to_scoring(home):
    from core.data.sets.add import add_dataset

    path = home.parent / "plain.csv"
    path.write_text("text\n" + "\n".join(text for text, _ in sentences(20)) + "\n")
    dataset = add_dataset(path, text="text")[0]
    for page in ("data", "train"):
        assert "Score it with a finished run" in links(open_page(page, dataset=dataset.id))


def test_the_link_names_the_data_set_and_the_box_follows(dataset, reviews_csv):
    from core.data.sets.add import add_dataset

    other = add_dataset(reviews_csv, name="other", fractions=(0.5, 0.2, 0.3))[0]
    app = open_page("train", dataset=dataset.id)
    assert app.selectbox(key="train_dataset").value == dataset.id
    app.selectbox(key="train_dataset").set_value(other.id).run()
    assert app.query_params["dataset"] == other.id and not app.exception


@pytest.mark.parametrize("choice", ["Another Hub model", "A local folder"])
def test_a_source_without_a_name_cannot_be_queued(dataset, choice):
    app = open_page("train", dataset=dataset.id)
    app.selectbox(key="source").set_value(choice).run()
    assert not app.exception and app.button(key="queue_run").disabled
    assert "Name the model" in said(app)


def test_a_stored_set_can_be_chosen_for_scoring_by_link(dataset):
    run = finished(dataset, "good one", 0.95)
    app = open_page("use", run=run.id, score=dataset.id)
    assert app.selectbox(key="predict_stored").value == dataset.id
    assert app.multiselect(key=f"text_column_{dataset.id}").value == ["text"]
    assert not app.button(key="score_file").disabled
