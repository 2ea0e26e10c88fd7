from core.data.reading.skipped import SkippedRow, skipped_sentences


def test_the_first_lines_that_were_skipped_are_named():
    rows = tuple(SkippedRow(line, "3 fields instead of 2", "a,b,c") for line in (4, 1_200))
    assert skipped_sentences(rows, 2, 98) == ("2 of 100 rows were set aside: 3 fields instead of 2 (line 4, 1,200).",)
    assert skipped_sentences(rows * 4, 8, 92)[0].endswith("(line 4, 1,200, 4, 1,200, 4 and others).")


def test_rows_without_a_line_are_counted_only_and_none_is_not_mentioned():
    assert skipped_sentences((SkippedRow(0, "a link", "x"),), 1, 9) == ("1 of 10 rows were set aside: a link.",)
    assert skipped_sentences((), 0, 9) == ()
