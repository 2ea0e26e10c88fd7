"""The rough figure of energy."""

from core.training.devices import cores
from core.training.energy import WATTS_A_CORE, watt_hours


def test_an_hour_on_all_cores_takes_what_they_draw_and_of_a_card_nothing_is_told():
    assert watt_hours(3600, "cpu") == cores() * WATTS_A_CORE
    assert watt_hours(3600, "cuda:0") is None
