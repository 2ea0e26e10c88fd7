import numpy as np

from core.evaluation.baselines import majority, tfidf
from tests.conftest import sentences


def test_majority_always_answers_the_most_frequent_class():
    baseline = majority(np.array([1, 1, 0]), rows=4, classes=2)
    assert (baseline.outputs.argmax(axis=1) == 1).all()


def test_words_that_decide_the_class_are_learnt():
    train, judged = sentences(100), sentences(50, seed=1)
    labels = np.array([label == "pos" for _, label in train]).astype(int)
    baseline = tfidf([text for text, _ in train], labels, [text for text, _ in judged], 2, seed=0)
    truth = np.array([label == "pos" for _, label in judged])
    assert np.mean(baseline.outputs.argmax(axis=1) == truth) > 0.95
    assert np.allclose(baseline.outputs.sum(axis=1), 1.0)


def test_texts_without_blanks_are_counted_by_characters():
    texts = ["这家酒店非常好房间干净服务热情下次还会再来", "房间很脏服务态度很差再也不会来这里住了"] * 20
    baseline = tfidf(texts, np.array([1, 0] * 20), ["酒店很好很干净", "很差很脏"], 2, seed=0)
    assert baseline.outputs.argmax(axis=1).tolist() == [1, 0]


def test_one_class_or_no_words_fall_back_to_the_majority():
    assert tfidf(["a b", "c d"], np.array([1, 1]), ["e"], 2, 0).outputs.argmax() == 1
    assert tfidf(["!", "?", "!", "?"], np.array([0, 1, 1, 1]), ["..."], 2, 0).outputs.argmax() == 1
