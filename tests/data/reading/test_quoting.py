from core.data.reading.quoting import guess_quoting, well_quoted
from core.data.reading.records import Form
from tests.conftest import sentences
from tests.data.reading.conftest import read


def test_quotes_that_never_close_swallow_no_rows(tmp_path):
    rows = [
        f'{label}\t{text} "' if index % 7 == 3 else f"{label}\t{text}"
        for index, (text, label) in enumerate(sentences(100))
    ]
    rows[10] = 'neg\t"an opening quote alone'
    assert len(read(tmp_path, "\n".join(rows), "x.tsv").frame) == 100


def test_backslashes_before_quotes_and_single_quotes_are_understood(tmp_path):
    slashed = "\n".join(f'"he said \\"{n}\\", twice",{"ab"[n % 2]}' for n in range(30))
    assert read(tmp_path, "text,label\n" + slashed).frame["text"][4] == 'he said "4", twice'
    single = "\n".join(f"'one, two {n}','{'ab'[n % 2]}'" for n in range(30))
    assert read(tmp_path, "text,label\n" + single).frame["text"][4] == "one, two 4"


def test_every_quote_of_a_csv_writer_opens_closes_or_is_doubled():
    assert well_quoted('"a ""quoted"" word",1\nplain,2\n', Form(","))
    assert not well_quoted('a 5" disk,1\n', Form(","))


def test_blanks_behind_separators_belong_to_them_where_nearly_all_have_one():
    assert guess_quoting(['"a", "b"\n'] * 20, ",")[0] == Form(",", spaced=True)
    assert guess_quoting(["a,b\n"] * 20, ",") == (Form(","), "there are none", "")
