from core.data.cleaning.mending import make_version


def test_rows_can_be_kept_by_the_value_of_a_column(untidy):
    version = make_version(untidy, "filter", {"column": "shop", "values": ["s1", "s2"]})
    assert set(version.frame()["extra.shop"]) == {"s1", "s2"} and version.rows == 40
