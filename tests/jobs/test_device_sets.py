"""Runs on several cards hold all of them, and none is started that wants more than there are."""

import pytest

from core.config import RunConfig
from core.errors import ConfigError
from core.jobs.device_sets import check_devices, choose_devices, reserved_for
from core.jobs.scheduler import Scheduler
from core.runs.folder import create_run
from core.training import distributed

CARDS = ("cuda:0", "cuda:1", "cuda:2", "cuda:3", "cpu")


def config(device="auto", processes=1):
    return RunConfig("x", device=device, processes=processes)


@pytest.mark.parametrize(
    ("asked", "available", "taken", "given"),
    [
        (config(), CARDS, (), ("cuda:0",)),
        (config(), CARDS, ("cuda:0", "cuda:2"), ("cuda:1",)),
        (config("cuda"), CARDS, (), ("cuda:0",)),
        (config("cuda:2"), CARDS, ("cuda:2",), None),
        (config("cuda:9"), CARDS, (), ("cuda:9",)),
        (config("cpu", 4), CARDS, (), ("cpu",)),
        (config("auto", 4), ("cpu",), (), ("cpu",)),
        (config("auto", 2), CARDS, ("cuda:1",), ("cuda:0", "cuda:2")),
        (config("auto", 4), CARDS, ("cuda:1",), None),
        (config("cuda:1", 2), CARDS, (), ("cuda:1", "cuda:2")),
        (config("cuda:1", 2), CARDS, ("cuda:2",), None),
    ],
)
def test_a_run_gets_as_many_devices_as_it_has_processes(asked, available, taken, given):
    assert choose_devices(asked, available, set(taken)) == given


@pytest.mark.parametrize(
    ("asked", "available", "message"),
    [
        (config("auto", 8), CARDS, "processes is 8, and this machine has 4 cards."),
        (config("cuda:3", 2), CARDS, "processes is 2, and this machine has 1 card from cuda:3 on."),
        (config("cuda", 2), ("cpu",), "processes is 2, and this machine has 0 cards."),
    ],
)
def test_more_cards_than_there_are_is_refused(asked, available, message):
    with pytest.raises(ConfigError) as caught:
        check_devices(asked, available)
    assert caught.value.message == message
    check_devices(config("auto", 4), CARDS)
    check_devices(config("auto", 4), ("cpu",))


class Started(Scheduler):
    """Notes what would be started on which devices, on a machine with these cards."""

    def __init__(self, cards):
        super().__init__()
        self._devices, self.started = cards, {}

    def _start(self, run, devices):
        self.started[run.id] = devices
        run.write_status(state="running", device=devices[0], devices=list(devices), process=None, spawned_at=9e9)


def test_a_run_on_four_cards_holds_them_all_and_one_card_runs_do_not_keep_it_out(home):
    first, four, last = (create_run(config(processes=count)) for count in (1, 4, 1))
    for order, run in enumerate((first, four, last)):
        run.write_status(queued_at=float(order))
    look = Started(CARDS)
    look._start_next([], [(run, run.status) for run in (first, four, last)])
    assert look.started == {first.id: ("cuda:0",)}
    first.write_status(state="stopped")
    look._start_next([], [(run, run.status) for run in (four, last)])
    assert look.started == {first.id: ("cuda:0",), four.id: CARDS[:4]}
    look._start_next([(four, four.status)], [(last, last.status)])
    assert last.id not in look.started and reserved_for(config(), CARDS) == ()


def test_a_run_that_wants_too_many_cards_fails_at_once_with_the_reason(home):
    run = create_run(config(processes=8))
    Started(CARDS)._start_next([], [(run, run.status)])
    assert run.state == "failed" and "this machine has 4 cards" in run.status["error"]["message"]


def test_each_process_takes_the_card_that_it_was_given(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    assert distributed.device_of_rank("cuda:0") == "cuda:1"
    monkeypatch.setenv(distributed.DEVICES, "cuda:1,cuda:3")
    assert distributed.device_of_rank("cuda:0") == "cuda:3" and distributed.device_of_rank("cpu") == "cpu"
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert distributed.device_of_rank("cuda:2") == "cuda:2"
