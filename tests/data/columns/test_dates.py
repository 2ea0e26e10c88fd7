import pytest

from core.data.columns.dates import are_dates


@pytest.mark.parametrize(
    "cell",
    ["01/03/2026", "1.3.26", "2026-03-01", "2026-03-01 10:00:00", "2026-02-03T10:11:12.000000Z", "March 3, 2021", "3 mars 2024",
     "12 de enero de 2024", "Mon May 11 03:17:40 UTC 2009", "03-Mar-24", "2024年3月1日", "8:05 PM", "2024-01"],
)  # fmt: skip
def test_dates_and_times_are_told_however_they_are_written(cell):
    assert are_dates([cell, cell])


@pytest.mark.parametrize("cell", ["2026", "5.00", "may", "positive", "1.2", "march on", "1/2", "12-34", "mar y sol"])
def test_numbers_and_words_are_no_dates(cell):
    assert not are_dates([cell])
