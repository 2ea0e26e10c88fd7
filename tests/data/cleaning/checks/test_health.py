import shutil

import numpy as np
import pytest

from core.data.cleaning.checks.duplicates import check_duplicates
from core.data.cleaning.checks.health import check_dataset, is_checked
from core.data.cleaning.checks.labels import check_labels
from core.data.cleaning.checks.registry import VERSION
from core.data.cleaning.material import Material
from core.data.cleaning.near import NearPairs
from core.data.cleaning.texts import text_keys
from core.data.sets.add import add_dataset
from core.workspace import folder, write_json
from tests.conftest import DATA


def test_findings_are_kept_with_the_set_and_told_again_without_looking(dataset):
    first = check_dataset(dataset)
    assert is_checked(dataset)
    shutil.rmtree(dataset.folder)  # nothing is read a second time
    assert check_dataset(dataset) == first


def test_the_gravest_come_first_and_progress_is_told(dataset):
    told = []
    levels = [check.level for check in check_dataset(dataset, progress=lambda what, share: told.append(share))]
    order = ["error", "warning", "note", "ok"]
    assert levels == sorted(levels, key=order.index) and told == sorted(told) and told[-1] == 1.0


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "imdb.parquet").exists(), reason="needs the test data: set GRAFT_TEST_DATA")
def test_the_known_faults_of_imdb_are_found_without_being_told(home):
    """123 texts stand in train and in test, 418 reviews are repeats, and the stars give the verdict away."""
    dataset, _ = add_dataset(DATA / "imdb.parquet")
    frame, none = dataset.frame(), np.zeros(0, dtype=np.int64)
    # the search for near copies and the shift test are left out here: they take most of the time
    material = Material(frame, text_keys(frame), NearPairs(none, none, none), True, None, len(frame))
    found = {check.name: check for check in [*check_duplicates(material), *check_labels(material)]}
    assert found["leakage"].message.startswith("123 texts of test stand in training or validation too")
    assert found["duplicates"].count == 418
    assert found["columns that give the label away"].fix.parameters == {"columns": ["rating"]}


def test_findings_that_an_earlier_version_kept_are_found(dataset):
    kept = [
        {
            "name": "duplicates", "level": "note", "message": "3 rows repeat an earlier text.", "rows": [1, 2], "count": 3,
            "remedy": "", "fix": {"title": "Remove", "operation": "drop", "parameters": {"what": "exact_duplicates"}},
        },
        {"name": "languages", "level": "ok", "message": "English.", "rows": [], "count": 0, "remedy": "", "fix": None},
    ]  # fmt: skip
    path = folder("cache", "health") / f"{dataset.fingerprint[:24]}-v{VERSION}.json"
    write_json(path, kept)
    checks = {check.name: check for check in check_dataset(dataset)}
    assert is_checked(dataset) and set(checks) == {"missing", "duplicates", "languages"}
    assert checks["duplicates"].rows == (1, 2) and checks["duplicates"].fix.parameters == {"what": "exact_duplicates"}


@pytest.mark.parametrize(
    "content", [b"", b"[{", b"{}x", b'[{"name": "x"}]', b'[{"fix": null, "rows": [], "age": 3}]', b"7"]
)
def test_findings_that_cannot_be_read_are_looked_for_anew(dataset, content):
    expected = check_dataset(dataset)
    (path,) = folder("cache", "health").iterdir()
    path.write_bytes(content)
    assert check_dataset(dataset) == expected and len(path.read_bytes()) > 1000
