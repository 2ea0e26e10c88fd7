from core.data.reading.records import Form, to_lines
from core.data.reading.split_records import split_records


def test_rows_that_do_not_fit_are_named_by_their_line():
    records = split_records(to_lines("a,1\nb,2,x\n\nc,3,,\n"), Form(","), 2, first_line=11)
    assert records.rows == [["a", "1"], ["c", "3"]]
    assert records.skipped == [(12, "3 fields instead of 2", "b,2,x", 1)]


def test_a_record_that_the_end_cuts_is_left_for_the_next_block():
    lines = to_lines('a,1\n"two\nlines')
    assert split_records(lines, Form(","), 2, final=False).used == 1
    assert split_records(lines, Form(","), 2).used == len(lines)


def test_short_rows_are_filled_up_where_the_file_is_written_so():
    records = split_records(to_lines("a,1\nb\n"), Form(","), 2, pad=True)
    assert (records.rows, records.padded, records.skipped) == ([["a", "1"], ["b", ""]], 1, [])
