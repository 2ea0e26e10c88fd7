from dataclasses import replace

from core.data.cleaning.checks.check import CheckGroup
from core.data.cleaning.checks.health import NEAR_SHARE
from core.data.cleaning.checks.registry import DROPS, GROUPS, VERSION, version_of


def test_each_group_has_a_name_of_its_own_and_so_has_all_that_can_be_dropped():
    assert len({group.name for group in GROUPS}) == len(GROUPS)
    assert len(DROPS) == sum(len(group.drops) for group in GROUPS)
    assert all(drop.remedy("x").parameters == {"what": name} for name, drop in DROPS.items())


def test_the_shares_of_the_work_are_hundredths():
    assert NEAR_SHARE + sum(group.share for group in GROUPS) == 100


def test_a_new_group_or_one_that_finds_other_things_makes_a_new_version():
    new = CheckGroup("new", "Looking anew", lambda material: [], share=1)
    changed = (replace(GROUPS[0], version=GROUPS[0].version + 1), *GROUPS[1:])
    assert VERSION == version_of(GROUPS) and version_of((*GROUPS, new)) == version_of(changed) == VERSION + 1
