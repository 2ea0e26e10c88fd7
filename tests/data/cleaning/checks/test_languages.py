from tests.data.cleaning.checks.conftest import CHINESE, checks_of_texts


def test_two_languages_are_told_with_their_shares(home, tmp_path):
    texts = [f"{text}{place}" for place in range(10) for text in CHINESE] + [
        f"The hotel by the river was lovely and the breakfast was good, visit {place}" for place in range(80)
    ]
    check = checks_of_texts(tmp_path, texts)["languages"]
    assert check.level == "warning" and "67 % English, 33 % Chinese" in check.message
    assert check.fix.parameters == {"what": "other_languages"} and set(check.rows) == set(range(40))
