from tests.data.cleaning.checks.conftest import checks_of_texts, english


def test_a_line_in_many_texts_is_boilerplate_that_can_be_stripped(home, tmp_path):
    texts = [f"{text}\nSent from my telephone" if place % 3 == 0 else text for place, text in enumerate(english())]
    check = checks_of_texts(tmp_path, texts)["repeated lines"]
    assert check.level == "note" and check.count == 40
    assert check.fix.operation == "strip_lines" and check.fix.parameters == {"lines": ["Sent from my telephone"]}


def test_a_phrase_in_many_texts_is_told_with_how_often(home, tmp_path):
    phrase = "this message is meant for the named person only"
    texts = [f"{text} {phrase} {place}" if place % 4 == 0 else text for place, text in enumerate(english())]
    check = checks_of_texts(tmp_path, texts)["repeated phrases"]
    assert check.count == 30 and "(30)" in check.message
