"""A messy file in a real Chromium: what was guessed wrongly is corrected by hand, and nothing is lost in silence."""

import pytest

from tests.conftest import sentences

ROWS = 120


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    """Polish texts in cp1250, bars between columns, two text columns, and two rows with a cell too many."""
    lines = ["kol1|kol2|kol3|region"]
    for at, (text, label) in enumerate(sentences(ROWS)):
        note = (
            f"Zgłoszenie numer {at}: klient czekał na odpowiedź, później podziękował za pomoc działu wysyłki i źródła."
        )
        lines.append("|".join([f"zażółć {text}", label, note, ("północ", "południe", "wschód")[at % 3]]))
    lines[40] += "|zbędne"
    lines[80] += "|zbędne|i jeszcze"
    path = tmp_path_factory.mktemp("messy") / "opinie.txt"
    path.write_bytes("\r\n".join(lines).encode("cp1250"))
    return path


def pick(page, field: str, value: str) -> None:
    """Choose ``value`` in the select box called ``field``."""
    box = page.get_by_role("combobox", name=field, exact=False).first
    box.click()
    page.get_by_role("option", name=value, exact=True).click()


def test_a_messy_upload_is_corrected_by_hand(server, page, graft, messy):
    page.goto(f"{server.url}/data?add=1")
    page.locator("input[type=file]").first.set_input_files(str(messy))
    page.get_by_text("rows will be stored").wait_for()
    main = page.locator("[data-testid=stMain]")
    assert "text “kol3”" in main.inner_text()  # the longest column: a wrong guess
    page.get_by_text("How the file is written").click()
    pick(page, "Encoding", "cp1250")
    page.keyboard.press("Escape")
    pick(page, "Text", "kol1")
    pick(page, "Label", "kol2")
    page.get_by_text("2 rows were set aside").wait_for()
    page.get_by_text(f"{ROWS - 2} rows will be stored").wait_for()
    page.get_by_role("button", name="Store this data set").click()
    page.get_by_text("Training learns, validation chooses").wait_for()
    stored = graft.call("data", "show", page.url.split("dataset=")[1].split("&")[0])
    assert sorted(stored["labels"]) == ["neg", "pos"] and stored["rows"] == ROWS - 2
