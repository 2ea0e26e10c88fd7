import pytest

from core.data.cleaning.mending import make_version
from core.data.sets.store import get_dataset, list_datasets
from core.errors import DatasetError


@pytest.mark.parametrize(
    ("operation", "parameters", "part"),
    [
        ("polish", {}, "'polish'"),
        ("drop", {"what": "everything"}, "'everything'"),
        ("drop", {"what": "long"}, "changes nothing"),
        ("drop", {"rows": [1234]}, "no row 1234"),
        ("relabel", {"labels": {5: " "}}, "row 5 is empty"),
        ("merge_labels", {"names": {"good": "pos"}}, "no label 'good'"),
        ("filter", {"column": "shop", "values": ["s9"]}, "'s9'"),
        ("filter", {"column": "label", "values": ["pos"]}, "Only the class 'pos'"),
        ("drop_columns", {"columns": ["price"]}, "no column 'price'"),
        ("resplit", {"time": "price"}, "no column 'price'"),
        ("resplit", {"time": "shop"}, "neither dates nor numbers"),
        ("resplit", {"folds": 5, "fold": 9}, "Fold 9 of 5"),
    ],
)
def test_a_fix_that_cannot_be_says_why_and_stores_nothing(untidy, operation, parameters, part):
    with pytest.raises(DatasetError, match=part):
        make_version(untidy, operation, parameters)
    assert len(list_datasets()) == 1


def test_a_fix_makes_a_new_set_and_leaves_the_old_one_as_it_was(untidy):
    before = untidy.frame()
    version = make_version(untidy, "drop", {"what": "exact_duplicates"})
    assert version.rows == 98 and version.parent == untidy.id and version.name == untidy.name
    assert version.change["sentence"] == "Dropped 2 rows that repeat an earlier text."
    assert get_dataset(untidy.id).frame().equals(before) and get_dataset(untidy.id) == untidy
    assert sum(version.size(part) for part in version.counts) == 98


def test_row_ids_survive_every_version(untidy):
    version = make_version(
        make_version(untidy, "drop", {"what": "exact_duplicates"}), "merge_labels", {"names": {"Pos": "pos"}}
    )
    both = version.frame().merge(untidy.frame(), on="row", suffixes=("", "_old"))
    assert len(both) == 98 and (both["text"] == both["text_old"]).all()


def test_the_same_fix_twice_is_the_same_version(untidy):
    first, again = (make_version(untidy, "drop", {"what": "exact_duplicates"}) for _ in range(2))
    assert first == again and len(list_datasets()) == 2
