import pytest

from tests.data.cleaning.checks.conftest import CHINESE, checks_of_texts, english


def test_an_english_model_is_said_to_know_little_of_chinese(home, tmp_path):
    texts = [f"{text}{place}" for place in range(15) for text in CHINESE]
    check = checks_of_texts(tmp_path, texts, "minilm")["words the model knows"]
    assert check.level == "error" and "MiniLM knows" in check.message and "of your Chinese text" in check.message
    assert 5 < int(check.message.split("knows ")[1].split(" %")[0]) < 50
    assert (
        "a multilingual one" in check.remedy
        and "the source e5 (about 100 languages, rounded to 4 bits)" in check.remedy
    )


def test_what_a_max_length_cuts_is_told_in_shares(home, tmp_path):
    texts = [f"{text} {'long ' * 100}" if place % 2 else text for place, text in enumerate(english())]
    check = checks_of_texts(tmp_path, texts, "minilm", 64)["texts cut"]
    assert check.level == "warning" and "At 64 tokens 50.0 % of the texts are cut" in check.message
    assert checks_of_texts(tmp_path, texts, "minilm", 256)["texts cut"].level == "ok"


@pytest.mark.parametrize("rows", [4, 12])
def test_a_tiny_set_is_checked_without_complaint(home, tmp_path, rows):
    assert checks_of_texts(tmp_path, english(rows), "minilm")
