import numpy as np
import pytest

from core.data.cleaning.near import BANDS, WHOLE, WIDTH, NearPairs, _candidates, near_pairs, repeats

LONG = "we stayed three nights in a small hotel by the river and the breakfast was the best part of our whole trip"


def found(texts, **settings):
    pairs = near_pairs(texts, **settings)
    return set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


def test_a_copy_with_one_word_changed_is_near_and_another_text_is_not():
    texts = [LONG, LONG.replace("three", "four"), "nothing here is like the others at all, not even a little"]
    assert found(texts) == {(0, 1)}


def test_case_and_punctuation_make_no_difference():
    assert found([LONG, LONG.upper() + "!!!"]) == {(0, 1)}


def test_the_similarity_is_the_share_of_common_words_and_word_pairs():
    one, two = "a b c d e f g h i j", "a b c d e f g h i k"
    pairs = near_pairs([one, two], threshold=0.6)
    # words: 9 of 11 common; word pairs: 8 of 10 common
    assert pairs.similarity.tolist() == pytest.approx([(9 + 8) / (11 + 10)])


def test_chinese_is_compared_by_characters():
    text = "这家酒店的位置非常好离地铁站很近早餐也很丰富服务员态度热情下次还会再来入住"
    assert found([text, text.replace("丰富", "一般"), "手机屏幕很大但是电池不太耐用"], threshold=0.75) == {(0, 1)}


def test_texts_without_a_word_are_passed_over():
    assert found(["", "!!!", "…", LONG, LONG + " indeed"]) == {(3, 4)}


def test_no_text_at_all_gives_no_pair():
    assert len(near_pairs([]).first) == 0 and len(near_pairs(["one text"]).first) == 0


def test_nearly_all_planted_copies_are_found_and_nothing_else():
    random = np.random.default_rng(0)
    words = np.array([f"w{number}" for number in range(3000)])
    texts = [" ".join(random.choice(words, 40)) for _ in range(1500)]
    planted = set()
    for place in range(
        0, 600, 2
    ):  # every second of the first 600 becomes a copy of its neighbour with one word changed
        copy = texts[place].split()
        copy[int(random.integers(1, 39))] = "changed"
        texts[place + 1] = " ".join(copy)
        planted.add((place, place + 1))
    pairs = found(texts)
    assert len(planted & pairs) >= 0.99 * len(planted) and pairs <= planted


def test_a_thousand_copies_of_a_letter_stay_cheap_and_all_but_one_repeat():
    letters = [f"{LONG} number {number}" for number in range(1000)]
    pairs = near_pairs(letters)
    assert len(pairs.first) <= 50 * 1000  # of 499,500
    assert repeats(pairs, np.arange(1000)).sum() == 999


def test_what_is_kept_is_the_row_of_lowest_rank():
    pairs = NearPairs(np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.9], dtype=np.float32))
    assert repeats(pairs, np.array([0, 1, 2])).tolist() == [False, True, False]  # 2 is near 1, and 1 goes
    assert repeats(pairs, np.array([2, 0, 1])).tolist() == [True, False, True]


@pytest.mark.parametrize("kinds", [2, 3, 40])
def test_candidates_are_the_pairs_of_each_bucket_with_its_first_members(kinds):
    """The definition, pair by pair: two rows that agree in a band, one of them among the first 20 that do."""
    random = np.random.default_rng(kinds)
    bands = random.integers(0, kinds, (120, BANDS)).astype(np.uint32)
    signatures = np.repeat(bands, WIDTH, axis=1)
    rows = np.flatnonzero(random.random(120) < 0.9)
    expected = set()
    for band in range(BANDS):
        for value in range(kinds):
            bucket = [row for row in rows.tolist() if bands[row, band] == value]
            expected |= {(one, other) for place, one in enumerate(bucket[:WHOLE]) for other in bucket[place + 1 :]}
    assert list(map(tuple, _candidates(signatures, rows).tolist())) == sorted(expected)
