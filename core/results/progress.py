"""How far a scoring is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # is told the texts done, and all of them
