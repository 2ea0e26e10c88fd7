"""The messy sample: what Graft finds in it, the repairs by one click, and before and after, in a real Chromium."""


def test_the_messy_sample_is_read_found_faulty_and_mended_by_one_click(fresh_server, page, fresh_graft):
    page.goto(f"{fresh_server.url}/data")
    page.locator(".st-key-sample_inbox button").click()
    main = page.locator("[data-testid=stMain]")
    page.get_by_role("tab", name="Health").click()
    page.get_by_role("button", name="Apply the safe fixes").click()
    page.get_by_role("button", name="Undo").first.wait_for()
    main.get_by_text("Routed to").first.wait_for()  # the column that gives the class away is the user's to decide
    sets = fresh_graft.call("data", "list")["datasets"]
    assert len(sets) == 2 and sets[0]["rows"] != sets[1]["rows"]
