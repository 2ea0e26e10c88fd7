import pandas as pd
import pytest

from core.data.sets.describe import dataset_id, part_counts, part_sizes


@pytest.mark.parametrize(
    ("name", "slug"), [("My  Reviews (2026)", "my-reviews-2026"), ("酒店", "set"), ("x" * 90, "x" * 40)]
)
def test_an_id_is_the_name_in_plain_letters_and_the_beginning_of_the_fingerprint(name, slug):
    assert dataset_id(name, "0123456789abcdef") == f"{slug}-01234567"


def test_only_parts_with_rows_are_counted():
    frame = pd.DataFrame({"label": ["a", "a|b", "b"], "split": ["train", "train", "test"]})
    assert part_sizes(frame["split"]) == {"train": 2, "test": 1}
    assert part_counts(frame, "multi_label", "label") == {"train": {"a": 2, "b": 1}, "test": {"b": 1}}
