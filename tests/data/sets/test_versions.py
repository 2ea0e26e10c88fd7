import pytest

from core.data.cleaning.mending import make_version
from core.data.sets.store import delete_dataset, get_dataset
from core.data.sets.versions import changed_rows, family, lineage, undo, version_number, version_title
from core.errors import DatasetError


def test_the_lineage_is_told_from_the_file_on(untidy):
    second = make_version(untidy, "drop", {"what": "exact_duplicates"})
    third = make_version(second, "relabel", {"labels": {99: "pos"}})
    assert [each.id for each in lineage(third)] == [untidy.id, second.id, third.id]
    assert version_number(third) == 3 and version_title(third) == f"{untidy.name} · version 3"
    assert version_title(untidy) == untidy.name
    sister = make_version(untidy, "drop", {"rows": [0]})
    assert {each.id for each in family(second)} == {untidy.id, second.id, third.id, sister.id}


def test_undo_goes_back_and_only_drops_what_nothing_was_made_from(untidy):
    second = make_version(untidy, "drop", {"what": "exact_duplicates"})
    third = make_version(second, "merge_labels", {"names": {"Pos": "pos"}})
    assert undo(second).id == untidy.id and get_dataset(second.id)  # third stands on it
    assert undo(third).id == second.id
    with pytest.raises(DatasetError, match="no data set"):
        get_dataset(third.id)
    with pytest.raises(DatasetError, match="read from a file"):
        undo(untidy)


def test_a_version_outlives_its_deleted_parent(untidy):
    second = make_version(untidy, "drop", {"what": "exact_duplicates"})
    third = make_version(second, "merge_labels", {"names": {"Pos": "pos"}})
    delete_dataset(second.id)
    assert [each.id for each in lineage(third)] == [third.id] and version_number(third) == 3
    assert [each.id for each in family(third)] == [untidy.id, third.id]


def test_long_lists_of_rows_are_not_kept_in_the_description(untidy):
    version = make_version(untidy, "relabel", {"labels": {row: "other" for row in range(0, 98, 2)}})
    assert len(changed_rows(version)) == 49
    many = make_version(untidy, "drop", {"rows": list(range(2, 98))})
    assert len(str(many.change["parameters"])) < 2100
