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


def table_of(rows, names="| text | label |\n|---|---|\n"):
    return names + "".join(f"| {text} | {label} |\n" for text, label in rows)


def test_a_table_goes_on_below_a_heading_and_what_stands_between_is_told(home, tmp_path):
    content = (
        f"# My data\n\nSome words about it.\n\n{table_of(ROWS[:12])}\n## February\n\n{table_of(ROWS[12:])}\nThe end.\n"
    )
    table = read(tmp_path, content, "x.md")
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]
    assert [(row.line, row.content) for row in table.skipped] == [
        (1, "# My data"), (3, "Some words about it."), (20, "## February"), (33, "The end."),
    ]  # fmt: skip
    assert "4 of 24 rows were set aside: outside the table" in table.warnings[0]


def test_a_table_of_other_names_is_told_as_left_out(home, tmp_path):
    other = table_of([("1", "2"), ("3", "4")], "| width | height |\n|---|---|\n")
    table = read(tmp_path, f"{table_of(ROWS)}\n{other}", "x.md")
    assert len(table.frame) == 20 and "'width, height' with 2 rows" in table.warnings[0]


def test_names_that_come_again_are_no_row(home, tmp_path):
    table = read(tmp_path, table_of(ROWS[:10]) + table_of(ROWS[10:]), "x.md")
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]


def test_the_lines_of_a_cell_in_a_box_are_one_cell(home, tmp_path):
    line = f"+{'-' * 40}+-------+\n"
    rows = "".join(f"| {text}\nand more\n\nlast words of it | {label} |\n" for text, label in ROWS)
    table = read(tmp_path, f"{line}| text | label |\n{line}{rows}{line}20 rows in set (0.00 sec)\n", "x.txt")
    assert table.frame["label"].tolist() == [label for _, label in ROWS] and not table.skipped
    assert table.frame["text"][0] == f"{ROWS[0][0]}\nand more\n\nlast words of it"


def test_a_row_of_a_box_that_never_gets_its_width_is_set_aside(home, tmp_path):
    line = f"+{'-' * 40}+-------+\n"
    rows = "".join(f"| {text} | {label} |\n" for text, label in ROWS)
    table = read(tmp_path, f"{line}| text | label |\n{line}| only a text\n{rows}{line}", "x.txt")
    assert len(table.frame) == 20 and [row.line for row in table.skipped] == [4]


def test_cells_that_psql_breaks_are_put_together_but_no_text_that_ends_in_a_plus(home, tmp_path):
    rows = f" text{' ' * 30}| label\n{'-' * 35}+-------\n first line +| pos\n second line | \n C++ | neg\n written in C+ | pos\n"
    rows += "".join(f" {text} | {label}\n" for text, label in ROWS)
    table = read(tmp_path, rows + "(23 rows)\n", "x.txt")
    assert table.frame["text"].tolist() == [
        "first line\nsecond line",
        "C++",
        "written in C+",
        *(text for text, _ in ROWS),
    ]


def test_a_grid_is_read_by_the_lines_between_its_rows(home, tmp_path):
    line = f"+{'-' * 40}+-------+\n"
    rows = "".join(f"| {text} | {label} |\n| more of it | |\n{line}" for text, label in ROWS)
    table = read(tmp_path, f"{line}| text | label |\n{line.replace('-', '=')}{rows}", "x.txt")
    assert table.frame.to_numpy().tolist() == [[f"{text}\nmore of it", label] for text, label in ROWS]


def test_a_broken_row_of_markdown_goes_on_in_the_next_line_and_rows_of_other_widths_are_told(home, tmp_path):
    content = table_of(ROWS) + "| a broken\nrow | pos |\n| too | many | cells |\n| too few |\n"
    table = read(tmp_path, content, "x.md")
    assert table.frame.to_numpy().tolist()[20:] == [["a broken\nrow", "pos"], ["too few", ""]]
    assert [row.line for row in table.skipped] == [25] and any("1 rows have fewer" in said for said in table.warnings)


def test_a_table_in_one_cell_of_a_csv_is_text(home, tmp_path):
    content = "text,label\n" + "".join(f'"{text}\n| a | b |\n|---|---|\n| c | d |",{label}\n' for text, label in ROWS)
    assert read(tmp_path, content, "x.csv").format == "csv"


@pytest.mark.parametrize("rule", ["| :-- | --: |", "|-|-|"])
def test_one_dash_a_column_draws_in_markdown_and_a_row_of_dashes_stays_a_row(home, tmp_path, rule):
    table = read(tmp_path, table_of(ROWS, f"| text | label |\n{rule}\n") + "| - | - |\n", "x.md")
    assert table.frame.to_numpy().tolist() == [*(list(row) for row in ROWS), ["-", "-"]]


def test_the_largest_table_is_read_where_one_about_its_columns_stands_first(home, tmp_path):
    about = table_of([("text", "what was said"), ("label", "what it means")], "| column | meaning |\n|---|---|\n")
    table = read(tmp_path, f"{about}\n{table_of(ROWS)}", "x.md")
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]
    assert "'column, meaning' with 2 rows" in table.warnings[0]


def test_the_same_names_in_another_order_are_the_same_columns(home, tmp_path):
    turned = table_of([(label, text) for text, label in ROWS[10:]], "| label | text |\n|---|---|\n")
    table = read(tmp_path, f"{table_of(ROWS[:10])}\n{turned}", "x.md")
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]
