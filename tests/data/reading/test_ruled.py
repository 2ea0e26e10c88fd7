import pytest

from core.data.reading.ruled import ruled_rows
from tests.conftest import sentences
from tests.data.reading.conftest import read

ROWS = sentences(20)


def markdown(edge="| ", rule="|---|:---:|"):
    end = edge[::-1]
    return f"{edge}text | label{end}\n{rule}\n" + "".join(f"{edge}{text} | {label}{end}\n" for text, label in ROWS)


def boxed(width=60):
    line = f"+{'-' * width}+-------+\n"
    rows = "".join(f"| {text:<{width - 2}} | {label:<5} |\n" for text, label in [("text", "label"), *ROWS])
    head, _, body = rows.partition("\n")
    return f"{line}{head}\n{line}{body}{line}{len(ROWS)} rows in set (0.00 sec)\n"


def psql():
    return (
        " text | label\n------+-------\n"
        + "".join(f" {text} | {label}\n" for text, label in ROWS)
        + f"({len(ROWS)} rows)\n\n"
    )


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (markdown(), "x.md"), (markdown(), "x.txt"), (markdown("", "---|---"), "x.md"), (markdown().replace("\n", "\r\n"), "x.md"),
        (boxed(), "x.txt"), (psql(), "x.txt"),
    ],
)  # fmt: skip
def test_a_drawn_table_is_its_cells(home, tmp_path, content, name):
    table = read(tmp_path, content, name)
    assert table.frame.columns.tolist() == ["text", "label"]
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]


def test_a_bar_behind_a_backslash_belongs_to_its_cell_and_prose_ends_the_table():
    lines = iter(
        [
            "| text | label |",
            "| --- | --- |",
            r"| this \| that | a |",
            "| --- is drawn | b |",
            "Some prose.",
            "| other | c |",
        ]
    )
    assert list(ruled_rows(lines)) == [["text", "label"], ["this | that", "a"], ["--- is drawn", "b"]]


def test_text_between_bars_without_a_rule_stays_delimited(home, tmp_path):
    table = read(tmp_path, "text|label\n" + "".join(f"{text}|{label}\n" for text, label in ROWS), "x.txt")
    assert (table.format, table.delimiter) == ("csv", "|")
