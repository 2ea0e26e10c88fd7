"""Words as a reader sees them, in any script, and tokens gathered into them."""

from itertools import pairwise

import pytest

from core.explain.words import gather, split_words


def cut(text):
    return [text[start:end] for start, end in split_words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don't e-mail me, please!", ["don't", "e-mail", "me", ",", "please", "!"]),
        ("très déçu: 3,50 €", ["très", "déçu", ":", "3", ",", "50", "€"]),
        ("ждал неделю", ["ждал", "неделю"]),
        ("الخدمة سيئة جدًا", ["الخدمة", "سيئة", "جدًا"]),
        ("सेवा ख़राब थी", ["सेवा", "ख़राब", "थी"]),
        ("酒店很好", ["酒", "店", "很", "好"]),
        ("서비스가 좋아요", ["서비스가", "좋아요"]),
        ("👩‍👩‍👧 ok 👍🏽!", ["👩‍👩‍👧", "ok", "👍🏽", "!"]),
        (" \n\t", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_are_those_of_the_script(text, words):
    assert cut(text) == words


def test_pieces_of_a_word_are_summed_and_what_no_token_covers_is_unread():
    words = gather("unhappy cats run", [(0, 0), (0, 2), (2, 7), (8, 12), (0, 0)], [9.0, 1.0, 0.5, -2.0, 9.0])
    assert [(word.text, word.weight, word.read) for word in words] == [
        ("unhappy", 1.5, True), ("cats", -2.0, True), ("run", 0.0, False)
    ]  # fmt: skip


def test_a_token_over_several_signs_makes_them_one_word():
    words = gather("酒店很好", [(0, 2), (2, 4)], [0.25, 0.75])
    assert [(word.text, word.start, word.end, word.weight) for word in words] == [
        ("酒店", 0, 2, 0.25),
        ("很好", 2, 4, 0.75),
    ]


def test_bytes_of_one_sign_belong_to_it():
    (word,) = gather("😡", [(0, 1), (0, 1), (0, 1)], [1.0, 2.0, 3.0])
    assert word.weight == 6.0


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a\u202eb\u0000c", "\ud83d lone", "x" * 5000])
def test_every_letter_is_in_a_word_or_between_two(text):
    spans = split_words(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    inside = {place for start, end in spans for place in range(start, end)}
    assert all(place in inside for place, letter in enumerate(text) if letter.isalnum())
