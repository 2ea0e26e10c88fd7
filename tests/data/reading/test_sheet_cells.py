from core.data.reading.read import read_table
from core.data.reading.sheet_cells import column_number, fill_merged
from core.data.sets.add import add_dataset
from tests.conftest import sentences
from tests.data.reading.conftest import workbook

TEXTS = [text for text, _ in sentences(30)]


def test_every_row_of_a_merged_cell_takes_its_value(home, tmp_path):
    rows = [[("ham", "spam")[n // 15] if n % 15 == 0 else "", text] for n, text in enumerate(TEXTS)]
    path = workbook(tmp_path / "coded.xlsx", {"Sheet": [["Category", "Comment"], *rows]}, ["A2:A16", "A17:A31"])
    dataset, _ = add_dataset(path)
    assert (dataset.rows, dataset.label, dataset.labels) == (30, "Category", ("ham", "spam"))
    assert any("28 cells of 'Category'" in warning for warning in dataset.warnings)


def test_a_merged_cell_fills_no_blank_row_and_no_other_column():
    cells = [["a", "", "x"], ["", "", "y"], ["", "", ""]]
    assert fill_merged(cells, [((0, 0), (2, 1))]) == {0: 1}
    assert cells == [["a", "", "x"], ["a", "", "y"], ["", "", ""]]


def test_formulas_whose_values_were_not_saved_are_named(tmp_path):
    rows = [[text, f"=LOWER(A{n})", "ab"[n % 2]] for n, text in enumerate(TEXTS, 2)]
    path = workbook(tmp_path / "x.xlsx", {"Cover": [["see"]], "Data": [["raw", "text", "label"], *rows]})
    warnings = read_table(path).warnings
    assert any("30 cells of 'text' hold formulas" in warning and "save it" in warning for warning in warnings)


def test_columns_are_numbered_from_their_letters():
    assert [column_number(letters) for letters in ("A", "Z", "AA", "BC")] == [0, 25, 26, 54]


def test_two_rows_of_names_of_a_sheet_give_the_names_below(home, tmp_path):
    rows = [[str(n), text, str(n % 2), str(n % 3 % 2), "1" if n % 5 else "0"] for n, text in enumerate(TEXTS)]
    names = [["Survey of spring"], ["Answer", "", "Coding", "", ""], ["Number", "Comment", "price", "service", "late"]]
    path = workbook(tmp_path / "x.xlsx", {"Sheet": [*names, *rows]}, ["A2:B2", "C2:E2"])
    dataset, _ = add_dataset(path)
    assert dataset.columns == ("Number", "Comment", "price", "service", "late")
    assert (dataset.rows, dataset.text, dataset.label_columns) == (30, "Comment", ("price", "service", "late"))
