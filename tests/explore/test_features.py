import time

import numpy as np

from core.array_cache import ArrayCache
from core.errors import SourceError
from core.explore.background import Background, Work
from core.explore.features import ask_features, ask_neighbour_plane, map_key, read_sentence, read_texts
from core.explore.nearness import nearest
from core.training.features import load_encoder


def waited(ask, seconds: float = 60.0) -> Work:
    end = time.monotonic() + seconds
    while not ask().ended and time.monotonic() < end:
        time.sleep(0.05)
    assert ask().ended
    return ask()


def test_features_are_computed_aside_and_kept_on_disk(dataset, tiny_encoder):
    frame, source = dataset.frame().head(40), str(tiny_encoder)
    work = waited(lambda: ask_features(dataset, source, frame))
    assert work.error is None and work.result.shape == (40, 40) and (work.done, work.total) == (40, 40)
    key = map_key(dataset, source, frame)
    assert np.array_equal(ArrayCache("features").get(key)["features"], work.result)
    places = waited(lambda: ask_neighbour_plane(key, work.result))
    assert places.result.shape == (40, 2)


def test_other_rows_another_source_or_changed_weights_are_other_features(dataset, tiny_encoder, tmp_path):
    frame = dataset.frame()
    keys = {
        map_key(dataset, "minilm", frame),
        map_key(dataset, "minilm", frame.head(9)),
        map_key(dataset, "x/y", frame),
    }
    assert len(keys) == 3
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "model.safetensors").write_bytes(b"a")
    before = map_key(dataset, str(copy), frame)
    time.sleep(0.01)
    (copy / "model.safetensors").write_bytes(b"b")
    assert map_key(dataset, str(copy), frame) != before


def test_a_source_that_is_missing_is_told_and_can_be_tried_again():
    works = Background()
    asked = []

    def compute(progress):
        asked.append(1)
        raise SourceError("There is no such source.", "Choose another.")

    work = waited(lambda: works.ask("a", compute))
    assert "no such source" in work.error.message and len(asked) == 1
    works.forget("a")
    waited(lambda: works.ask("a", compute))
    assert len(asked) == 2


def test_an_unexpected_fault_is_told_and_not_lost():
    works = Background()
    work = waited(lambda: works.ask("a", lambda progress: 1 / 0))
    assert "ZeroDivisionError" in work.error.message


def test_the_nearest_text_by_meaning_shares_no_word_with_the_sentence(home):
    texts = ["The soup was cold and the waiter rude.", "My screen cracked after one week.", "What a gripping novel!"]
    features = read_texts("minilm", texts, None, lambda done, total: None)
    encoder = load_encoder("minilm")
    for sentence, expected in (("bad food in a restaurant", 0), ("broken phone display", 1), ("an exciting book", 2)):
        assert nearest(features, read_sentence(encoder, "minilm", sentence), 1)[0][0] == expected
