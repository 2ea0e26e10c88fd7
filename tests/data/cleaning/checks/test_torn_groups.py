from tests.data.cleaning.checks.conftest import checks_of, distinct_rows


def test_groups_in_two_parts_are_told_by_the_columns_name(home, tmp_path):
    frame = distinct_rows(split=True).assign(author=[f"a{row // 10}" for row in range(120)])
    frame.loc[2, "author"] = "a10"  # a10 wrote test rows
    check = checks_of(tmp_path, frame, split="split", group="author")["groups of author"]
    assert check.level == "warning" and check.count == 1 and 2 in check.rows
    assert check.fix.operation == "resplit" and check.fix.parameters["group"] == "author"
