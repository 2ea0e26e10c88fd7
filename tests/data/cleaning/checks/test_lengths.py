from tests.data.cleaning.checks.conftest import checks_of_texts, english


def test_texts_without_a_word_are_told(home, tmp_path):
    check = checks_of_texts(tmp_path, [*english(), "!?", "..", "好"])["very short texts"]
    assert check.count == 2 and set(check.rows) == {120, 121}


def test_one_giant_text_among_short_ones_is_told(home, tmp_path):
    check = checks_of_texts(tmp_path, [*english(), "word " * 3000])["very long texts"]
    assert check.count == 1 and check.rows == (120,)
