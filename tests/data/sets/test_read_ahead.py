import threading
import time

import pytest

from core.data.sets.read_ahead import read_ahead


def test_items_come_in_their_order():
    assert list(read_ahead(iter(range(100)))) == list(range(100))


def test_what_goes_wrong_while_reading_is_raised_where_the_items_are_used():
    def items():
        yield 1
        raise ValueError("the disk is gone")

    reading = read_ahead(items())
    assert next(reading) == 1
    with pytest.raises(ValueError, match="the disk is gone"):
        next(reading)


def test_only_some_items_are_made_ahead_and_none_once_the_reader_has_left():
    made = []

    def items():
        for number in range(1000):
            made.append(number)
            yield number

    before = threading.active_count()
    reading = read_ahead(items(), depth=2)
    assert next(reading) == 0
    time.sleep(0.3)  # longer than a full queue is waited for
    assert len(made) <= 5
    reading.close()
    assert threading.active_count() <= before and len(made) <= 5
