import pytest

from core.errors import DeviceError
from core.training.devices import Device, default_device, find_device, list_devices, out_of_memory, use_bf16, use_fp16


def test_the_cpu_is_always_there_and_last():
    assert list_devices()[-1].name == "cpu"
    assert find_device("auto") == default_device() == list_devices()[0]


def test_a_missing_device_is_named_with_those_that_exist():
    with pytest.raises(DeviceError, match=r"cuda:7.*cpu"):
        find_device("cuda:7")


def test_precision_can_be_overridden():
    cpu = find_device("cpu")
    assert use_bf16(cpu, "bf16") and not use_bf16(cpu, "fp32") and use_bf16(cpu, "auto") == cpu.bf16


def test_a_card_without_bf16_computes_in_fp16_unless_told_otherwise():
    old, new = (Device("cuda:0", name, 16_000, bf16, "") for name, bf16 in (("T4", False), ("H100", True)))
    assert use_fp16(old, "auto") and not use_bf16(old, "auto") and not use_fp16(old, "fp32")
    assert use_bf16(new, "auto") and not use_fp16(new, "auto") and use_fp16(new, "fp16") and not use_bf16(new, "fp16")
    assert not use_fp16(find_device("cpu"), "auto")


def test_real_memory_trouble_becomes_a_remedy():
    import torch

    with pytest.raises(RuntimeError) as trouble:
        torch.empty(2**55, dtype=torch.uint8)
    assert "Halve the batch size" in out_of_memory(trouble.value).hint
    assert out_of_memory(ValueError("shapes do not fit")) is None
