import pytest

from core.data.reading.parts import part_of


@pytest.mark.parametrize(
    ("name", "part"),
    [("train", "train"), ("20news-bydate-train", "train"), ("dev_matched", "validation"), ("VAL", "validation"),
     ("test.tsv", "test"), ("unsupervised", None), ("latest", None)],
)  # fmt: skip
def test_parts_are_told_by_the_first_or_last_word_of_a_name(name, part):
    assert part_of(name) == part
