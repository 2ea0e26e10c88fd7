"""Where runs are carried out, chosen on the Train page; the cluster's head is a small server of this process."""

import pytest

from core.jobs.cluster.known import KnownCluster, add_cluster, list_clusters
from core.runs.folder import list_runs
from tests.app.test_pages import open_page, said
from tests.jobs.cluster.fake_head import Head, listening

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def head(home):
    with listening(Head()) as head:
        yield head


def test_without_a_cluster_nothing_is_asked_and_one_can_be_added(head, dataset):
    page = open_page("train", dataset=dataset.id)
    assert not [box for box in page.selectbox if box.label == "Where it runs"]
    page.button(key="add_cluster").click().run()
    assert page.button(key="cluster_add").disabled, "there is no address yet"
    assert not page.exception and "docs/scale.md" in said(page)


def test_a_run_queued_for_a_cluster_is_shown_with_its_nodes_and_can_be_taken_out(head, dataset):
    add_cluster(KnownCluster(head.address))
    page = open_page("train", dataset=dataset.id)
    box = next(box for box in page.selectbox if box.label == "Where it runs")
    box.select(head.address).run()
    assert "2 nodes, 4 cores; no runs. Ray 2.60.0." in said(page)
    page.button(key="queue_run").click().run()
    assert not page.exception
    (run,) = list_runs()
    assert run.config.engine == head.address and run.state == "queued" and "1 run, 1 of them waits" in said(page.run())


def test_a_cluster_that_does_not_answer_is_said_to_be_so_and_the_page_stands(head, dataset):
    add_cluster(KnownCluster(head.address))
    head.answer = (500, b"gone")
    page = open_page("train", dataset=dataset.id)
    next(box for box in page.selectbox if box.label == "Where it runs").select(head.address).run()
    assert "refused (500)" in said(page) and not page.button(key="queue_run").disabled
    page.button(key="forget_cluster").click().run()
    assert list_clusters() == [] and not page.exception
