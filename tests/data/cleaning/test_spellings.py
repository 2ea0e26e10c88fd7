import pytest

from core.data.cleaning.spellings import clean_label, edit_distance, is_missing, label_key, misspellings, safe_names

SAME = [
    ("pos", "Pos"), ("pos", " POS "), ("pos", "p\u200bos"), ("pos", "pos\u200b"), ("new york", "New-York"), ("e-mail", "email"),
    ("non_toxic", "non toxic"), ("class 1", "class_1"), ("1", "1.0"), ("0", "0.00"), ("-1", "\u22121"), ("-1", "-1.0"),
    ("caf\u00e9", "cafe\u0301"), ("etc.", "etc"), ("'pos'", "pos"), ("a  b", "a b"),
]  # fmt: skip
DIFFERENT = [
    ("-1", "1"), ("+1", "1"), ("+1", "-1"), ("A", "A-"), ("A", "A+"), ("A+", "A-"), ("1.0", "10"), ("3.5", "35"), ("C", "C++"),
    ("C", "C#"), ("C++", "C#"), ("-", "--"), ("+", "-"), ("1-2", "12"), ("1 2", "12"), ("10-19", "1019"), ("A-1", "A1"),
    ("007", "7"), ("<5", "5"), ("n/a", "na"), ("good?", "good"), ("1,5", "15"), ("2.10", "2.1"),
    ("2.10", "2.1.0"), ("BB+", "BB-"), ("-x", "x"),
    ("1e3", "1000"), ("v1.0", "v10"), ("10%", "10"), ("*", "**"), ("_", "-"), ("5.", "5"), (".5", "5"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_case_blanks_and_harmless_marks_make_no_other_label(one, other):
    assert label_key(one) == label_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_signs_points_and_numbers_carry_meaning(one, other):
    assert label_key(one) != label_key(other)


def test_the_commonest_spelling_wins_and_loses_its_invisible_characters():
    assert safe_names({"Pos": 3, "pos": 60, "neg\u200b": 50, "NEG": 2}) == {
        "Pos": "pos",
        "neg\u200b": "neg",
        "NEG": "neg",
    }
    assert safe_names({"1": 40, "1.0": 30, "-1": 35, "0": 30}) == {"1.0": "1"}


def test_letters_that_joiners_shape_are_left_as_they_are():
    assert (
        clean_label("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")
        == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )


def test_misspelt_classes_are_found_by_their_letters():
    counts = {"Billing": 90, "Biling": 4, "Shipping": 80, "Shiping": 5, "Bug": 60, "Bugs": 6, "Refund": 70, "Reufnd": 2}
    assert {(pair.label, pair.becomes) for pair in misspellings(counts)} == {
        ("Biling", "Billing"), ("Shiping", "Shipping"), ("Bugs", "Bug"), ("Reufnd", "Refund")
    }  # fmt: skip


@pytest.mark.parametrize(
    "pair", [("male", "female"), ("increase", "decrease"), ("grade 10", "grade 11"), ("happy", "unhappy"), ("hot", "not"),
             ("A1", "A2"), ("BB+", "BB-"), ("acceptable", "unacceptable")],
)  # fmt: skip
def test_other_meanings_are_no_misspellings(pair):
    assert not misspellings({pair[0]: 90, pair[1]: 5}) and not misspellings({pair[1]: 90, pair[0]: 5})


def test_classes_of_about_the_same_size_are_no_misspellings():
    assert not misspellings({"cabling": 60, "cabbing": 50})


def test_a_swap_of_neighbours_is_one_edit():
    assert [edit_distance(*pair) for pair in (("abcd", "abdc"), ("abc", "abc"), ("", "ab"), ("kitten", "sitting"))] == [
        1,
        0,
        2,
        3,
    ]


def test_labels_that_say_there_is_none_are_known():
    assert all(map(is_missing, ["nan", "NaN", "N/A", "-", "None", "\u2014", "null", "nan\u200b"]))
    assert not any(map(is_missing, ["none", "neutral", "0", "-1", "unknown", "other", "no"]))
