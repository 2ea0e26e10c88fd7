import numpy as np

from core.explore.words import log_odds, typical_words
from tests.conftest import BAD, GOOD, sentences


def members(labels: list[str], names: tuple[str, ...]) -> np.ndarray:
    return np.array([[label == name for name in names] for label in labels])


def test_the_words_that_decide_a_class_are_its_typical_ones_and_shared_words_are_not():
    texts, labels = zip(*sentences(300), strict=True)
    table = typical_words(texts, members(list(labels), ("neg", "pos")), ("neg", "pos")).table
    for name, expected in (("neg", BAD), ("pos", GOOD)):
        assert set(table[table["label"] == name]["word"]) == set(expected)
    line = table[table["word"] == "awful"].iloc[0]
    hits = [label for text, label in zip(texts, labels, strict=True) if "awful" in text.split()]
    assert line["rows"] == len(hits) and set(hits) == {"neg"}
    assert line["share"] == len(hits) / labels.count("neg") and line["share_elsewhere"] == 0


def test_the_score_is_that_of_the_paper():
    inside, outside, prior = np.array([30.0, 10.0]), np.array([10.0, 50.0]), np.array([4.0, 6.0])
    expected = (np.log(34 / 16) - np.log(14 / 56)) / np.sqrt(1 / 34 + 1 / 14)
    assert np.isclose(log_odds(inside, outside, prior)[0], expected)
    assert np.isclose(log_odds(inside, outside, prior)[1], -log_odds(outside, inside, prior)[1])


def test_a_rare_word_does_not_lead_only_because_it_is_never_elsewhere():
    texts = ["common odd" if row == 0 else "common filler" for row in range(60)]
    texts += ["other filler" if row % 5 else "common filler" for row in range(60)]
    names = ("a", "b")
    table = typical_words(texts, members(["a"] * 60 + ["b"] * 60, names), names).table
    assert table[table["label"] == "a"]["word"].tolist()[0] == "common" and "odd" not in table["word"].tolist()


def test_scripts_without_blanks_are_counted_by_characters_and_pieces_of_pieces_are_left_out():
    good, bad = "房间很干净，服务员非常热情，下次还会再来住。", "房间又脏又吵，服务员态度很差，绝对不会再来。"
    texts = [good + str(row) for row in range(40)] + [bad + str(row) for row in range(40)]
    found = typical_words(texts, members(["好"] * 40 + ["坏"] * 40, ("好", "坏")), ("好", "坏"))
    words = found.table[found.table["label"] == "好"]["word"].tolist()
    assert found.by_characters and any(word in "非常热情" for word in words) and not any(word in bad for word in words)
    assert not any(one != two and one in two for one in words for two in words)


def test_marks_and_apostrophes_stay_within_a_word():
    texts = ["यह फिल्म बहुत अच्छी है", "the cook's café isn't bad"] * 30
    names = ("hi", "en")
    words = set(typical_words(texts, members(["hi", "en"] * 30, names), names, most=20).table["word"])
    assert {"फिल्म", "अच्छी", "isn't", "café"} <= words


def test_a_row_with_several_labels_counts_for_each_of_them():
    texts = ["angry shouting", "sad crying", "angry sad shouting crying"] * 40
    several = np.array([[True, False], [False, True], [True, True]] * 40)
    table = typical_words(texts, several, ("anger", "grief")).table
    assert table[table["label"] == "anger"]["word"].iloc[0] in ("angry", "shouting")
    assert table[table["label"] == "grief"]["rows"].max() == 80


def test_texts_without_a_word_or_with_one_class_give_an_empty_table():
    assert typical_words(["...", "!!!"], np.array([[True, False], [False, True]]), ("a", "b")).table.empty
    assert typical_words(["one two", "two three"], np.ones((2, 1), dtype=bool), ("a",)).table.empty
