import numpy as np

from core.results.score_cache import ScoreCache


def test_a_text_is_recalled_with_the_scores_it_got(home):
    cache = ScoreCache("model|256")
    cache.learn(["a", "b"], np.array([[1.0, 2.0], [3.0, 4.0]], np.float32))
    first, unknown, second = cache.recall(["b", "c", "a"])
    assert first.tolist() == [3.0, 4.0] and unknown is None and second.tolist() == [1.0, 2.0]


def test_scores_outlive_the_process_and_belong_to_their_model(home):
    cache = ScoreCache("model|256")
    cache.learn(["a"], np.array([[1.0, 2.0]], np.float32))
    cache.save()
    assert ScoreCache("model|256").recall(["a"])[0].tolist() == [1.0, 2.0]
    assert ScoreCache("model|128").recall(["a"]) == [None]


def test_a_pair_is_not_its_first_text(home):
    cache = ScoreCache("model")
    cache.learn(["a"], np.ones((1, 2), np.float32), pairs=["b"])
    assert cache.recall(["a"]) == [None]
    assert cache.recall(["a"], pairs=["c"]) == [None]
    assert cache.recall(["a"], pairs=["b"])[0].tolist() == [1.0, 1.0]


def test_beyond_its_room_the_oldest_texts_are_forgotten(home, monkeypatch):
    monkeypatch.setattr("core.results.score_cache.MOST_TEXTS", 3)
    cache = ScoreCache("model")
    for text in "abcde":
        cache.learn([text], np.full((1, 2), ord(text), np.float32))
    cache.save()
    for known in (cache, ScoreCache("model")):
        kept = known.recall(list("abcde"))
        assert kept[:2] == [None, None] and [scores[0] for scores in kept[2:]] == [99, 100, 101]
