"""Pages in one process with the tests: their libraries are whole before the first page opens."""

import pytest

from core import libraries


@pytest.fixture(scope="session", autouse=True)
def _libraries():
    libraries.load()  # else a thread would still import them aside while a test imports them as well
