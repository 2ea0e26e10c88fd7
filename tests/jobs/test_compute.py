"""How a process is set up for a card, and what it tells of one; torch's calls to the card are listened to, since none is here."""

import pytest
import torch

from core.config import RunConfig
from core.jobs import reporter
from core.jobs.compute import take_compute
from core.jobs.environment import WORKER_ENV
from core.training import devices
from core.training.devices import Device


@pytest.fixture
def calls(monkeypatch):
    heard = []
    monkeypatch.setattr(torch.cuda, "set_device", lambda name: heard.append(("device", name)))
    monkeypatch.setattr(torch, "set_float32_matmul_precision", lambda name: heard.append(("products", name)))
    return heard


def cards(monkeypatch, bf16):
    here = tuple(Device(f"cuda:{number}", "A card", 16_000, bf16, "") for number in range(3))
    monkeypatch.setattr(devices, "list_devices", lambda: here)


@pytest.mark.parametrize(("bf16", "precision"), [(True, "bf16"), (False, "fp16")])
def test_a_run_on_the_second_card_opens_no_other_and_lets_its_tf32_units_work(monkeypatch, calls, bf16, precision):
    cards(monkeypatch, bf16)
    compute = take_compute(RunConfig("x"), "cuda:1")
    assert (compute.device.name, compute.precision) == ("cuda:1", precision)
    assert calls == [("device", "cuda:1"), ("products", "high")]


def test_a_process_of_several_takes_the_card_that_the_queue_gave_it(monkeypatch, calls):
    cards(monkeypatch, True)
    for name, value in {"RANK": "1", "WORLD_SIZE": "2", "GRAFT_DEVICES": "cuda:0,cuda:2"}.items():
        monkeypatch.setenv(name, value)
    assert take_compute(RunConfig("x", processes=2), "cuda:0").device.name == "cuda:2"
    assert calls[0] == ("device", "cuda:2")


def test_a_fault_of_the_cards_own_meter_is_no_fault_of_the_run(monkeypatch):
    class NVMLError(Exception):
        pass

    def faulty(device):
        raise NVMLError("Not Supported")

    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda device: 3 * 2**20)
    monkeypatch.setattr(torch.cuda, "utilization", faulty)
    assert reporter._cuda_load("cuda:0") == {"memory_mib": 3, "device_load": None}
    monkeypatch.setattr(torch.cuda, "utilization", lambda device: 87)
    assert reporter._cuda_load("cuda:0")["device_load"] == 87.0


def test_a_workers_memory_on_a_card_grows_without_holes():
    assert WORKER_ENV["PYTORCH_CUDA_ALLOC_CONF"] == "expandable_segments:True"
