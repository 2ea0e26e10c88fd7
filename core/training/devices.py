"""Which devices there are, what they can do, and what to say when one runs out of memory."""

import os
from dataclasses import dataclass
from functools import lru_cache

import psutil

from core.errors import DeviceError

CORES = "GRAFT_CORES"  # environment: cores that a cluster gave the process


@dataclass(frozen=True, slots=True)
class Device:
    """One place to train: ``name`` as torch spells it, memory in MiB, and whether bf16 truly pays there."""

    name: str
    title: str
    memory_mib: int
    bf16: bool
    sentence: str

    @property
    def fp16(self) -> bool:
        """Whether fp16 pays in place of bf16: on a card before Ampere, such as a T4 or a V100."""
        return self.name.startswith("cuda") and not self.bf16


@lru_cache(maxsize=1)
def list_devices() -> tuple[Device, ...]:
    """All usable devices, best first: CUDA cards, Apple's MPS, the CPU."""
    import torch

    found = [_cuda(index) for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        memory = psutil.virtual_memory().total // 2**20
        found.append(Device("mps", "Apple GPU", memory, False, "Apple GPU, sharing the machine's memory."))
    return (*found, _cpu())


def default_device() -> Device:
    """The device that ``auto`` means here."""
    return list_devices()[0]


def find_device(name: str) -> Device:
    """The device called ``name`` (``auto``, ``cpu``, ``mps``, ``cuda`` or ``cuda:1``).

    Raises:
        DeviceError: when this machine has no such device.
    """
    if name == "auto":
        return default_device()
    wanted = "cuda:0" if name == "cuda" else name
    for device in list_devices():
        if device.name == wanted:
            return device
    here = ", ".join(device.name for device in list_devices())
    raise DeviceError(f"This machine has no device {name!r}.", f"Available here: {here}; or use auto.")


def cores() -> int:
    """CPU cores that this process may use: those that it was given by ``CORES``, and no more than there are for it."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    given = os.environ.get(CORES, "")
    return max(1, min(there, int(given))) if given.isdecimal() else there


def cores_of_one(processes: int) -> int:
    """CPU cores for each of so many processes that train together: a share of this machine's, or what the cluster gave each."""
    return cores() if os.environ.get(CORES) else max(1, cores() // processes)


def use_bf16(device: Device, precision: str) -> bool:
    """Whether to compute in bf16: as asked, or with ``auto`` where the device is faster with it."""
    return precision == "bf16" or (precision == "auto" and device.bf16)


def use_fp16(device: Device, precision: str) -> bool:
    """Whether to compute in fp16: as asked, or with ``auto`` on a card that has it and no bf16."""
    return precision == "fp16" or (precision == "auto" and device.fp16)


def wait_for(device: str) -> None:
    """Until a card has done what it was asked to; other devices never lag behind."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def give_back_memory(device: str) -> None:
    """Let a card's memory that nobody uses be had in other sizes."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.empty_cache()


def out_of_memory(error: BaseException) -> DeviceError | None:
    """The error to show when ``error`` means that memory ran out; None for any other error."""
    text = str(error).lower()
    # torch raises OutOfMemoryError on a GPU, and a RuntimeError naming its allocator on the CPU
    if not (isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text):
        return None
    return DeviceError(
        "The device ran out of memory.",
        "Halve the batch size or the max length, choose a smaller source model, or close other programs, "
        "then resume the run.",
    )


def _cuda(index: int) -> Device:
    import torch

    card = torch.cuda.get_device_properties(index)
    memory = card.total_memory // 2**20
    bf16 = card.major >= 8  # Ampere and newer have bf16 matrix units; older cards only emulate them
    return Device(f"cuda:{index}", card.name, memory, bf16, f"{card.name} with {memory / 1024:.0f} GiB of memory.")


def _cpu() -> Device:
    memory = psutil.virtual_memory().total // 2**20
    bf16 = _cpu_has_bf16()
    kind = "bf16 for speed" if bf16 else "32-bit numbers"
    sentence = f"This machine's processor: {cores()} cores, {memory / 1024:.0f} GiB of memory, {kind}."
    return Device("cpu", f"CPU, {cores()} cores", memory, bf16, sentence)


def _cpu_has_bf16() -> bool:
    """True only with AVX512-BF16 or AMX: elsewhere bf16 autocast is slower than fp32."""
    import torch

    if not torch.backends.mkldnn.is_available():
        return False
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, lambda: False)() for name in checks)
