import pytest

from core.data.sets.add import add_dataset
from core.explore import rows as module
from core.explore.rows import draw_rows, rows_named, rows_with_words


def test_a_small_set_is_drawn_whole_and_a_sample_is_the_same_each_time(dataset):
    assert draw_rows(dataset, 500).equals(dataset.frame())
    drawn = draw_rows(dataset, 30)
    assert len(drawn) == 30 and drawn["row"].is_monotonic_increasing and drawn.equals(draw_rows(dataset, 30))
    assert not drawn.equals(draw_rows(dataset, 30, seed=1))


def test_reading_in_small_pieces_gives_the_same_rows(dataset, monkeypatch):
    whole = draw_rows(dataset, 30), rows_with_words(dataset, ["film"], 10)
    monkeypatch.setattr(module, "BATCH", 7)
    assert draw_rows(dataset, 30).equals(whole[0])
    found, total = rows_with_words(dataset, ["film"], 10)
    assert total == whole[1][1] and found.equals(whole[1][0])


def test_rows_come_back_by_their_id(dataset):
    assert rows_named(dataset, [5, 3, 77])["row"].tolist() == [3, 5, 77]


@pytest.fixture
def mixed(home, tmp_path):
    texts = ["Ärger mit der Tür", "kein ärger", "100% (really) good", "酒店很好", "really bad", "nothing at all"]
    path = tmp_path / "mixed.csv"
    path.write_text("text,label\n" + "\n".join(f"{text} {n},{n % 2}" for n, text in enumerate(texts * 5)) + "\n")
    return add_dataset(path, text="text", label="label")[0]


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        (["ÄRGER"], 10),
        (["ärger", "TÜR"], 5),
        (["(really)", "100%"], 5),
        (["really"], 10),
        (["酒店"], 5),
        (["absent"], 0),
    ],
)
def test_all_words_must_be_there_whatever_their_case_and_signs_are_no_patterns(mixed, words, hits):
    found, total = rows_with_words(mixed, words, 3)
    assert total == hits and len(found) == min(3, hits)
    assert all(word.lower() in text.lower() for word in words for text in found["text"])
