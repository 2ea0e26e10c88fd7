import pytest

from core.data.columns.numbers import are_measured, decimal_mark, is_number, number_of, without_unit
from core.data.sets.add import add_dataset


@pytest.mark.parametrize(
    ("cells", "mark", "values"),
    [
        (["89,501", "921", "12,000"], ".", [89501, 921, 12000]),
        (["12.345,67", "5,2", "800"], ",", [12345.67, 5.2, 800]),
        (["1,234.5", "7", "2,000"], ".", [1234.5, 7, 2000]),
        (["1.234.567", "12.000"], ",", [1234567, 12000]),
        (["0,04", "-0,84", "1,5"], None, [0.04, -0.84, 1.5]),
        (["0.931", "-0.133", "0.408"], None, [0.931, -0.133, 0.408]),
        (["1,5", "2,250"], ",", [1.5, 2.25]),
        (["1.234", "0.4"], ".", [1.234, 0.4]),
        (["1'250.5", "3'000", "12"], None, [1250.5, 3000, 12]),
        (["1 234,5", "12,5"], None, [1234.5, 12.5]),
        (["3", "4"], None, [3, 4]),
    ],
)
def test_a_column_of_numbers_is_read_one_way(cells, mark, values):
    reading = decimal_mark(cells)
    assert reading.mark == mark and reading.sure
    assert [number_of(cell, mark) for cell in cells] == values


def test_where_every_number_has_three_digits_behind_one_mark_nobody_can_be_sure():
    points = decimal_mark(["21.260", "39.527", "1.932", "15.467"] * 5)
    assert points.mark == "," and not points.sure and "three digits" in points.why
    commas = decimal_mark(["1,932", "15,467"])
    assert commas.mark == "." and not commas.sure
    assert not decimal_mark(["3.142", "12"]).sure


def test_numbers_are_told_from_words_and_dates():
    assert all(map(is_number, ["1", "-1", "+3.5", "1e-5", ".5", "1.234.567,8", "2 000"]))
    assert not any(map(is_number, ["", "1.2.2024", "12:30", "nan", "1,2,3", "v2"]))


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["85%", "3 %"], 85.0),
        (["12/20", "7/20"], 12.0),
        (["4 out of 5", "3 out of 5"], 4.0),
        (["1 star", "3 stars"], 1.0),
        (["2,5 €", "3 €"], 2.5),
    ],
)
def test_what_stands_behind_all_numbers_alike_is_no_part_of_them(cells, value):
    assert are_measured(cells) and number_of(without_unit(cells[0])) == value


@pytest.mark.parametrize(
    "cells", [["3/5", "7/10"], ["3/5", "4"], ["a/5", "b/5"], ["85", "90"], ["good", "bad"], ["3/5/2020", "4/5/2020"]]
)
def test_numbers_of_several_scales_are_not_measured_alike(cells):
    assert not are_measured(cells)


def test_marks_out_of_a_hundred_are_a_score(home, tmp_path):
    rows = [f'"a text of some words {n}",{(n * 37) % 100}/100' for n in range(120)]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["text,score", *rows]))
    dataset, _ = add_dataset(path)
    assert dataset.task == "regression" and dataset.frame()["label"].astype(float).max() == 99
