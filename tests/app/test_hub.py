"""The Hub on the pages: a model found by its name, a well-known set by one click, and one line where Graft is offline."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.reading.hub import BRANCH
from core.data.sets.store import list_datasets
from core.models import hub
from tests.app.test_pages import open_page, said
from tests.hub_server import Repo, point_at, serving


@pytest.fixture
def there(online, monkeypatch, tmp_path, tiny_encoder, home):
    """A Hub with a small model and, under IMDB's name, a small set."""
    schema = pa.schema([("text", pa.string()), ("label", pa.string())])
    for split in ("train", "test", "unsupervised"):
        (tmp_path / "imdb" / "plain_text" / split).mkdir(parents=True)
        rows = {"text": [f"{split} review {row}" for row in range(40)], "label": ["neg", "pos"] * 20}
        pq.write_table(pa.table(rows, schema=schema), tmp_path / "imdb" / "plain_text" / split / "0000.parquet")
    hub._questions.clear()
    with serving() as server:
        point_at(server, monkeypatch, home / "hub")
        server.repos["models", "someone/tiny-bert"] = Repo(
            tiny_encoder, {"main": "c0ffee" + "0" * 34}, tags=("bert",), downloads=7
        )
        server.repos["datasets", "stanfordnlp/imdb"] = Repo(tmp_path / "imdb", {BRANCH: "ab12" * 10})
        yield server
    hub._questions.clear()


def test_a_model_is_found_by_its_name_and_told_with_size_and_licence(there, dataset):
    app = open_page("train", dataset=dataset.id)
    app.selectbox(key="source").set_value("Another Hub model").run()
    app.text_input(key="hub_words").set_value("tiny").run()
    assert "bert · 7 downloads a month · apache-2.0" in said(app)
    app.button(key="hub_someone/tiny-bert").click().run()
    assert not app.exception and app.text_input(key="hub_name").value == "someone/tiny-bert"
    hub.why_not_on_hub("someone/tiny-bert")  # until the Hub has answered
    app.run()
    assert "MiB, licence apache-2.0" in said(app) and not app.button(key="queue_run").disabled
    app.text_input(key="hub_words").set_value("nothing of the kind").run()
    assert "No encoder on the Hub" in said(app)


def test_a_well_known_set_is_there_after_one_click(there):
    app = open_page("data", add="1")
    app.button(key="well_known_stanfordnlp/imdb").click().run()
    assert not app.exception
    (stored,) = list_datasets()
    assert stored.name == "IMDB" and stored.rows == 80 and "at ab12ab12ab12" in stored.source_name


def test_a_set_that_the_hub_does_not_give_is_told_and_the_page_stays(there):
    app = open_page("data", add="1")
    app.button(key="well_known_fancyzhx/ag_news").click().run()
    assert not app.exception and "no public data set" in said(app) and not list_datasets()


def test_offline_it_is_one_line(home):
    app = open_page("data", add="1")
    assert "Graft is offline" in said(app)
    assert not [button for button in app.button if str(button.key).startswith("well_known")]
