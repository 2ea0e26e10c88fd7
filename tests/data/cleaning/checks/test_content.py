import pandas as pd
import pytest

from core.data.cleaning.checks.health import check_dataset
from core.data.sets.add import add_dataset
from tests.conftest import sentences

CHINESE = [
    "这家酒店的位置非常好离地铁站很近",
    "早餐很丰富服务员态度也热情",
    "手机屏幕很大但是电池不太耐用",
    "书的内容很好孩子非常喜欢看",
]


def checked(tmp_path, texts, model=None, max_length=256):
    labels = [("pos", "neg")[place % 2] for place in range(len(texts))]
    pd.DataFrame({"review": texts, "label": labels}).to_parquet(tmp_path / "x.parquet")
    dataset, _ = add_dataset(tmp_path / "x.parquet", text="review", label="label")
    found = check_dataset(dataset, model, max_length)
    return {check.name: check for check in found}


def english(rows=120):
    return [text for text, _ in sentences(rows)]


def test_a_line_in_many_texts_is_boilerplate_that_can_be_stripped(home, tmp_path):
    texts = [f"{text}\nSent from my telephone" if place % 3 == 0 else text for place, text in enumerate(english())]
    check = checked(tmp_path, texts)["repeated lines"]
    assert check.level == "note" and check.count == 40
    assert check.fix.operation == "strip_lines" and check.fix.parameters == {"lines": ["Sent from my telephone"]}


def test_a_phrase_in_many_texts_is_told_with_how_often(home, tmp_path):
    phrase = "this message is meant for the named person only"
    texts = [f"{text} {phrase} {place}" if place % 4 == 0 else text for place, text in enumerate(english())]
    check = checked(tmp_path, texts)["repeated phrases"]
    assert check.count == 30 and "(30)" in check.message


def test_texts_without_a_word_are_told(home, tmp_path):
    check = checked(tmp_path, [*english(), "!?", "..", "好"])["very short texts"]
    assert check.count == 2 and set(check.rows) == {120, 121}


def test_one_giant_text_among_short_ones_is_told(home, tmp_path):
    check = checked(tmp_path, [*english(), "word " * 3000])["very long texts"]
    assert check.count == 1 and check.rows == (120,)


def test_two_languages_are_told_with_their_shares(home, tmp_path):
    texts = [f"{text}{place}" for place in range(10) for text in CHINESE] + [
        f"The hotel by the river was lovely and the breakfast was good, visit {place}" for place in range(80)
    ]
    check = checked(tmp_path, texts)["languages"]
    assert check.level == "warning" and "67 % English, 33 % Chinese" in check.message
    assert check.fix.parameters == {"what": "other_languages"} and set(check.rows) == set(range(40))


def test_an_english_model_is_said_to_know_little_of_chinese(home, tmp_path):
    texts = [f"{text}{place}" for place in range(15) for text in CHINESE]
    check = checked(tmp_path, texts, "minilm")["words the model knows"]
    assert check.level == "error" and "MiniLM knows" in check.message and "of your Chinese text" in check.message
    assert 5 < int(check.message.split("knows ")[1].split(" %")[0]) < 50


def test_what_a_max_length_cuts_is_told_in_shares(home, tmp_path):
    texts = [f"{text} {'long ' * 100}" if place % 2 else text for place, text in enumerate(english())]
    check = checked(tmp_path, texts, "minilm", 64)["texts cut"]
    assert check.level == "warning" and "At 64 tokens 50.0 % of the texts are cut" in check.message
    assert checked(tmp_path, texts, "minilm", 256)["texts cut"].level == "ok"


@pytest.mark.parametrize("rows", [4, 12])
def test_a_tiny_set_is_checked_without_complaint(home, tmp_path, rows):
    assert checked(tmp_path, english(rows), "minilm")
