from dataclasses import replace

from core.data.cleaning.checks.missing import check_missing


def test_rows_that_were_set_aside_are_told_with_the_reason(dataset):
    assert check_missing(dataset).level == "ok"
    check = check_missing(replace(dataset, skipped_rows=1203, skipped={"without text": 1200, "without label": 3}))
    assert check.level == "note" and check.count == 1203
    assert check.message == "1,203 rows of the file were set aside: 1,200 without text, 3 without label."
