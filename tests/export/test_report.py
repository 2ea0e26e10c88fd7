"""A report tells the whole story of a result in one file that asks nobody for anything."""

import json
import re

import pytest

from core.__main__ import main
from core.errors import GraftError, RunError
from core.export.report import LONGEST_NOTE, SECTIONS, find, report
from tests.export.conftest import HOSTILE, finished_run


def test_it_tells_the_story_of_each_kind_of_task(run_of_each_kind):
    kind, run = run_of_each_kind
    page = report([run])
    assert all(f"<h2>{title}</h2>" in page for name, title in SECTIONS.items() if name not in ("what", "training"))
    told = {
        "single": "Of 100 new texts of the same kind", "several": "labels fit; several may", "scores": "gives it a score",
        "pairs": "reads two texts",
    }  # fmt: skip
    assert told[kind] in page and run.id in page and "texts a second" in page
    assert '<table class="matrix">' in page if kind in ("single", "pairs") else '<table class="matrix">' not in page
    assert ("<circle" in page) == (kind == "scores")
    assert len(page.encode()) < 200_000


def test_its_figures_are_those_of_the_result(run):
    page, result = report([run], ["cost"]), run.result
    accuracy, (low, high) = result["metrics"]["accuracy"], result["intervals"]["accuracy"]
    assert f"{100 * accuracy:.1f} % ({100 * low:.1f} to {100 * high:.1f})" in page
    width = re.search(r'class="bar ours" x="0" y="6" width="([\d.]+)"', page)
    assert float(width.group(1)) == pytest.approx(100 * accuracy, abs=0.01)


def test_sections_are_left_out_and_a_note_stands_on_top(run):
    page = report([run], ["examples", "settings", "cost"], "For the board\nof directors")
    assert "For the board\nof directors" in page and "texts a second" not in page
    assert not [name for name in ("examples", "settings", "cost") if f"<h2>{SECTIONS[name]}</h2>" in page]
    texts = run.read_predictions("test")["text"]
    assert not any(text in page for text in texts)  # what is left out is not hidden somewhere else
    assert any(text in report([run], ["cost"]) for text in texts)


def test_nothing_of_the_data_becomes_part_of_the_page(hostile_run):
    page = report([hostile_run], ["cost"], HOSTILE)
    assert "<img" not in page and "onerror=alert(1)&gt;" in page and "{{7*7}}" in page
    assert page.count("<style>") == page.count("</style>") == 1 and "<script" not in page
    assert "default-src 'none'; style-src 'sha256-" in page
    assert not re.search(r"(?:src|href|url)\s*[=(]", page.replace("src=x onerror", ""))


def test_several_runs_are_told_beside_each_other(home, tmp_path, tiny_encoder):
    runs = [finished_run(tmp_path, tiny_encoder, seed=seed, name=f"seed {seed}") for seed in (1, 2)]
    page = report(runs, ["cost"])
    assert "Comparison of runs" in page and "What sets the runs apart" in page and '<th scope="row">Seed</th>' in page
    assert all(f'<h1 class="told">seed {seed}</h1>' in page for seed in (1, 2))
    assert "All runs were judged by the same rows." in page


def test_the_command_writes_the_file_and_says_where_and_how_large(run, tmp_path, capsys):
    path = tmp_path / "out" / "r.html"
    assert (
        main(["report", run.id, "--output", str(path), "--without", "cost", "data", "--note", "Hello", "--json"]) == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"output": str(path), "bytes": path.stat().st_size}
    assert "Hello" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing", "--output", "r.html"], "nothing"),
        (["RUN", "--output", "r.pdf"], "ends in .html"),
        (["RUN", "--output", "r.html", "--without", "looks"], "Sections: what, result"),
        (["RUN", "--output", "r.html", "--note", "x" * (LONGEST_NOTE + 1)], "Use at most"),
    ],
)
def test_what_cannot_be_written_is_told(run, words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["report", *(run.id if word == "RUN" else word for word in words), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert said in f"{error['message']} {error['hint']}" and not list(tmp_path.glob("r.*"))


def test_a_run_without_a_result_and_too_many_runs_are_refused(run):
    run.write_status(state="running")
    with pytest.raises(RunError, match="no result yet"):
        report([run])
    with pytest.raises(GraftError):
        find([])


def test_a_run_whose_model_and_set_are_gone_is_still_told(run):
    import shutil

    from core.data.sets.store import get_dataset

    shutil.rmtree(run.model)
    shutil.rmtree(get_dataset(run.config.dataset).folder)
    page = report([run])
    assert "deleted" in page and run.config.dataset in page and "texts a second" not in page
