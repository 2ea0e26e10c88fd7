from core.data.cleaning.mending import make_version


def test_a_new_split_can_leave_the_test_part_as_it_is(untidy):
    version = make_version(untidy, "resplit", {"seed": 7, "keep_test": True})
    old, new = (set(each.part("test")["row"]) for each in (untidy, version))
    assert old == new and set(version.part("train")["row"]) != set(untidy.part("train")["row"])
    assert "the test part kept as it was" in version.change["sentence"]
