import pytest

from core.data.cleaning.checks.registry import DROPS
from core.data.cleaning.fixes.registry import FIXES, apply_fix
from core.data.cleaning.material import material_of
from core.errors import DatasetError


def test_fixes_are_found_by_their_name_and_listed_where_there_is_none(untidy):
    assert all(fix.operation == name for name, fix in FIXES.items())
    with pytest.raises(DatasetError, match="no fix 'polish'") as raised:
        apply_fix(material_of(untidy, untidy.frame()), "polish", {})
    assert all(name in raised.value.hint for name in FIXES)


@pytest.mark.parametrize("what", DROPS)
def test_whatever_a_check_points_out_can_be_dropped(untidy, what):
    material = material_of(untidy, untidy.frame())
    gone = int(DROPS[what].mask(material).sum())
    revision = apply_fix(material, "drop", {"what": what})
    assert len(revision.frame) == 100 - gone == 100 - len(revision.changed) and DROPS[what].reason in revision.sentence
