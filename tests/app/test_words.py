"""How the pages say numbers, times and names."""

import re
import time

import pytest

from core.config import RunConfig
from core.runs.folder import create_run
from pages.components.shared import words


def test_a_metric_is_said_in_its_own_units():
    assert words.figure("accuracy", 0.8516) == "85.2 %" and words.figure("rmse", 0.84321) == "0.843"
    assert words.figure("accuracy", None) == words.percent(None) == "–"
    result = {
        "metrics": {"accuracy": 0.852, "rmse": 0.84321, "pearson": None, "macro_f1": 0.5},
        "intervals": {"accuracy": [0.81, 0.887], "rmse": [0.7, 1.0], "pearson": [None, None], "macro_f1": None},
    }  # fmt: skip
    shown = {metric: words.figure_with_interval(metric, result) for metric in result["metrics"]}
    assert shown == {
        "accuracy": "85.2 % (81.0 to 88.7)", "rmse": "0.843 (0.700 to 1.00)", "pearson": "–",
        "macro_f1": "50.0 % (no interval)",
    }  # fmt: skip


def test_what_people_wrote_is_shown_and_never_formatted():
    assert words.plain("*5 < 6* :red[x]") == r"\*5 \< 6\* \:red\[x\]"


@pytest.mark.parametrize(
    "text",
    [
        "http://a.example",
        "HTTPS://a.example/x",
        "www.a.example",
        "see WWW.a.example",
        "me@a.example",
        "h&#58;//x &copy;",
    ],
)
def test_an_address_that_people_wrote_becomes_no_link(text):
    """What Markdown finds as an address (http, https, www. and mail) is cut, but looks the same; letters stay."""
    found = words.plain(text)
    shown = found.replace("\\", "")
    assert not re.search(r"https?://|www\.|[-.\w+]@[-\w]+\.|(?<!\\)&", found, re.IGNORECASE)
    assert shown.replace(words.WORD_JOINER, "") == text


def test_an_image_that_people_wrote_is_letters():
    assert words.plain("![x](//a.example/x.png)") == r"!\[x\](//a.example/x.png)"


def test_a_stored_answer_is_said_as_its_task_has_it():
    assert words.answer("red|blue", "multi_label") == "red, blue" and words.answer("", "multi_label") == "no label"
    assert words.answer("4.18311", "regression") == "4.18" and words.answer("pos", "single_label") == "pos"


def test_times_past_are_said_in_words():
    now = time.time()
    assert [words.ago(now - seconds) for seconds in (5, 61, 7300, 200_000)] == [
        "just now", "1 minute ago", "2 hours ago", "2 days ago",
    ]  # fmt: skip
    assert words.ago(None) == ""


def test_runs_of_one_name_are_told_apart_and_sources_are_called_by_theirs(home):
    first, second, third = (create_run(RunConfig("x"), name) for name in ("same", "same", "other"))
    names = words.distinct_names([first, second, third])
    assert names[third.id] == "other" and names[first.id] == f"same · {first.id[-4:]}" != names[second.id]
    assert words.source_name("minilm") == "MiniLM (built in)" and words.source_name("a/b") == "b"
    assert words.source_name(f"run:{third.id}") == "earlier run other" and words.source_name("run:x") == "earlier run x"
    assert words.source_name("weights:/tmp/model.pt@minilm") == "model.pt on MiniLM (built in)"


def test_the_baseline_beside_a_result_is_the_one_of_its_verdict():
    result = {"baselines": [{"name": "majority"}, {"name": "tfidf"}], "verdict": {"against": "tfidf"}}
    assert words.best_baseline(result) == {"name": "tfidf"} and words.best_baseline({}) is None
