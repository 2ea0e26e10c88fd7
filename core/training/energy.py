"""A rough figure for the electric energy that a training took."""

from core.training.devices import cores

WATTS_A_CORE = 10.0  # of a busy core with its share of the rest: server processors and laptops lie between 5 and 15


def watt_hours(seconds: float, device: str) -> float | None:
    """Time by the cores that this process may use by ``WATTS_A_CORE``: an estimate, nothing is measured.

    None where it was not the processor that computed: the draw of cards differs tenfold, and asking for it takes a driver's library.
    """
    return seconds * cores() * WATTS_A_CORE / 3600 if device == "cpu" else None
