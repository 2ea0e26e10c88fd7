"""Where a run is computed: the device and the precision."""

from dataclasses import dataclass, replace

from core.config import RunConfig
from core.training import devices, distributed
from core.training.devices import Device


@dataclass(frozen=True, slots=True)
class Compute:
    """The device of this process, and whether it computes in bf16, in fp16, or in neither."""

    device: Device
    bf16: bool
    fp16: bool = False

    @property
    def precision(self) -> str:
        """bf16, fp16 or fp32, as the status says it."""
        return "bf16" if self.bf16 else "fp16" if self.fp16 else "fp32"


def take_compute(config: RunConfig, given: str = "auto") -> Compute:
    """Find the device and set this process up for it.

    Args:
        given: the device that the queue gave the run; auto lets the config decide.

    Raises:
        GraftError: when there is no such device.
    """
    import torch

    device = devices.find_device(given if given != "auto" else config.device)
    device = replace(device, name=distributed.device_of_rank(device.name))
    bf16 = devices.use_bf16(device, config.precision)
    if device.name == "cpu":
        torch.set_num_threads(devices.cores_of_one(distributed.requested_world_size()))
    elif device.name.startswith("cuda"):
        torch.cuda.set_device(device.name)  # else pinned memory would open the first card as well
        torch.set_float32_matmul_precision("high")  # products in fp32 by TF32 units, where a card has them
    return Compute(device, bf16, devices.use_fp16(device, config.precision))
