"""Every page and every command beside damaged runs and sets: no traceback, and the whole ones are all there."""

import json
import shutil

import pytest

from core.__main__ import main
from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.runs.folder import create_run, list_runs
from tests.app.test_pages import finished, open_page, said
from tests.conftest import sentences
from tests.damage import harm, with_key

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HARMS = [
    *((file, how) for file in ("config.json", "status.json", "result.json") for how in ("cut", "object", "text", "deep", "folder")),
    *((file, how) for file in ("meta.json", "events.jsonl", "predictions/test.parquet") for how in ("cut", "list", "folder")),
    ("model/config.json", "object"), ("predictions/test.parquet", "missing"),
]  # fmt: skip
CHANGES = [
    ("status.json", {"state": "paused"}), ("status.json", {"process": {"pid": -5}}), ("result.json", {"verdict": ...}),
    ("result.json", {"baselines": [{}]}), ("meta.json", {"created": "now"}), ("meta.json", {"fold": "1"}),
    ("config.json", {"novelty": 1}),
]  # fmt: skip


@pytest.fixture
def damaged(dataset):
    """A whole run, a queued one, and a copy of the first for each harm."""
    whole = finished(dataset, "whole one", 0.9)
    whole.model.mkdir()
    (whole.model / "config.json").write_text("{}")
    create_run(RunConfig(dataset.id), "waits")
    for number, (file, how) in enumerate([*HARMS, *CHANGES]):
        copy = whole.path.with_name(f"20200101-{number:06}-dead")
        shutil.copytree(whole.path, copy)
        if isinstance(how, dict):
            with_key(copy / file, **how)
        else:
            harm(copy / file, how)
    return whole


def names_of(harms):
    return [f"20200101-{number:06}-dead" for number in range(len(harms))]


def carry_out(capsys, *words):
    """Exit code and the one JSON object of a command."""
    code = main([*words, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out)


def test_lists_of_runs_show_the_whole_ones_and_name_the_damaged(damaged, capsys):
    code, answer = carry_out(capsys, "runs", "list")
    states = {run["run"]: run for run in answer["runs"]}
    assert code == 0 and len(states) == 2 + len(HARMS) + len(CHANGES)
    assert states[damaged.id]["status"] == "finished" and states[damaged.id]["metrics"]
    assert {state["status"] for state in states.values()} == {"finished", "queued", "damaged"}
    assert sum(state["status"] == "queued" for state in states.values()) == 1
    assert all(state["error"]["hint"] for state in states.values() if state["status"] == "damaged")
    assert main(["runs", "list"]) == 0 and "is damaged: config.json" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("runs", "show"),
        ("runs", "resume"),
        ("runs", "stop"),
        ("compare",),
        ("predict",),
        ("retention",),
        ("runs", "folds"),
    ],
    ids=" ".join,
)
def test_every_command_on_a_damaged_run_ends_with_a_sentence(damaged, reviews_csv, capsys, tmp_path, words):
    beside = {
        "compare": [damaged.id], "predict": ["--input", str(reviews_csv), "--output", str(tmp_path / "out.csv")]
    }.get(words[0], [])  # fmt: skip
    for name in names_of([*HARMS, *CHANGES]):
        code, answer = carry_out(capsys, *words, name, *beside)
        assert code == 0 or (code == 1 and answer["error"]["message"] and answer["error"]["hint"]), (name, answer)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["home", "results", "use", "train", "data"])
def test_every_page_opens_beside_damaged_runs(damaged, page):
    text = said(open_page(page))
    assert "Traceback" not in text
    if page == "home":
        assert "whole one" in str([button.label for button in open_page(page).get("page_link")]) or "90" in text


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(HARMS) + len(CHANGES)))
def test_the_page_of_a_damaged_run_says_what_is_wrong_and_what_to_do(damaged, number):
    name = names_of([*HARMS, *CHANGES])[number]
    run = next(run for run in list_runs() if run.id == name)
    text = said(open_page("results", run=name))
    if run.state == "damaged":
        assert "is damaged" in text and name in text


def test_comparing_with_a_damaged_run_names_it_and_keeps_the_page(damaged):
    names = names_of([*HARMS, *CHANGES])
    text = said(open_page("results", runs=",".join([damaged.id, names[0], names[15], names[20]])))
    assert "config.json" in text


def test_test_rows_that_are_damaged_are_named_beside_what_still_works(damaged):
    number = HARMS.index(("predictions/test.parquet", "missing"))
    assert "are missing" in said(open_page("results", run=names_of(HARMS)[number], tab="Mistakes"))


@pytest.mark.slow
@pytest.mark.parametrize("page", ["results", "runs", "use", "train"])
@pytest.mark.parametrize("length", [300, 6000])
def test_an_endless_name_in_the_address_is_answered_with_a_sentence(home, dataset, page, length):
    finished(dataset, "whole one", 0.9)
    query = {"runs": "A" * length} if page == "runs" else {"run": "A" * length, "dataset": "A" * length}
    open_page("results" if page == "runs" else page, **query)


SET_HARMS = [
    *(("dataset.json", how) for how in ("cut", "empty", "list", "object", "deep", "folder", "missing")),
    ("data.parquet", "cut"), ("data.parquet", "flipped"), ("data.parquet", "missing"), ("data.parquet", "folder"),
    ("split.parquet", "missing"), ("split.parquet", "cut"), ("skipped.parquet", "cut"),
]  # fmt: skip


@pytest.fixture(params=SET_HARMS, ids=lambda harmed: "-".join(harmed))
def damaged_set(request, home, tmp_path, dataset):
    """A whole set and one that came to harm."""
    lines = [f'"{text}",{label}' for text, label in sentences(90, seed=3)]
    (tmp_path / "other.csv").write_text("\n".join(["review,sentiment", *lines]))
    other = add_dataset(tmp_path / "other.csv")[0]
    harm(other.folder / request.param[0], request.param[1])
    return dataset, other


def test_a_damaged_set_is_named_and_the_others_stay(damaged_set, capsys, tmp_path):
    whole, broken = damaged_set
    code, answer = carry_out(capsys, "data", "list")
    listed = {line["dataset"] for line in answer["datasets"]}
    assert code == 0 and whole.id in listed
    assert broken.id in listed | {line["dataset"] for line in answer["damaged"]}
    for words in (
        ("show",),
        ("check",),
        ("export", "--output", str(tmp_path / "out.csv"), "--format", "csv"),
        ("versions",),
    ):
        code, answer = carry_out(capsys, "data", words[0], broken.id, *words[1:])
        assert code == 0 or (
            code == 1 and broken.id.split("-")[0] in answer["error"]["message"] and answer["error"]["hint"]
        )
    code, answer = carry_out(capsys, "train", "--dataset", broken.id, "--no-wait")
    assert code == 0 or answer["error"]["hint"]


@pytest.mark.slow
def test_pages_name_a_damaged_set(damaged_set):
    _, broken = damaged_set
    for page in ("data", "train"):
        open_page(page, dataset=broken.id)
    for tab in ("Health", "Rows", "Map and search", "Versions"):
        open_page("data", dataset=broken.id, tab=tab)
    text = said(open_page("data", dataset=broken.id))
    if not (broken.folder / "dataset.json").is_file() or not (broken.folder / "data.parquet").is_file():
        assert "is damaged" in text
