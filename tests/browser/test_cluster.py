"""A cluster is added in the browser; its head is a small server of the tests."""

import pytest

from tests.jobs.cluster.fake_head import Head, listening

pytestmark = pytest.mark.usefixtures("two_runs")


def test_a_cluster_is_added_chosen_by_its_link_and_forgotten(server, page):
    with listening(Head()) as head:
        page.goto(f"{server.url}/train")
        page.get_by_text("All settings").click()
        page.get_by_role("tab", name="Machine").click()
        page.get_by_role("button", name="Add a cluster").click()
        address = page.get_by_role("textbox", name="Address of the head")
        for typed, said in (("ray://head", "Ray's own client"), ("127.0.0.1:1", "does not answer")):
            address.fill(typed)
            address.press("Tab")
            page.get_by_role("button", name="Add", exact=True).click()
            page.get_by_role("dialog").get_by_text(said).wait_for()
        address.fill(head.address)
        address.press("Tab")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text("Nodes of cluster 127.0.0.1").click()
        page.get_by_text("2 nodes, 4 cores; no runs.").wait_for()
        page.wait_for_url("**engine=**")
        page.goto(page.url)
        page.get_by_text("Nodes of cluster 127.0.0.1").click()
        page.get_by_role("button", name="Forget this cluster").click()
        page.get_by_text("Nodes of cluster 127.0.0.1").wait_for(state="detached")
