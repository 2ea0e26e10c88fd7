"""Which devices a run gets: one, or for several processes as many cards."""

from collections.abc import Collection, Sequence

from core.config import RunConfig
from core.errors import ConfigError


def check_devices(config: RunConfig, available: Sequence[str]) -> None:
    """Refuse a run that no wait can help: it wants more cards than the machine has.

    Args:
        available: names of this machine's devices, as torch spells them.

    Raises:
        ConfigError: saying how many there are.
    """
    wanted = _cards(config, available)
    if config.processes > 1 and len(wanted) < config.processes and (wanted or _is_card(config.device)):
        count = len(wanted)
        beginning = "" if config.device in ("auto", "cuda") else f" from {config.device} on"
        raise ConfigError(
            f"processes is {config.processes}, and this machine has {count} card{'' if count == 1 else 's'}{beginning}.",
            f"Set processes to {max(1, count)}, or choose the device {'auto' if beginning else 'cpu'}.",
        )


def choose_devices(config: RunConfig, available: Sequence[str], taken: Collection[str]) -> tuple[str, ...] | None:
    """The devices for a run now, one for each of its processes that needs its own; None where it has to wait.

    An unknown device is passed on, so that the worker can say what is wrong with it.
    """
    cards = _cards(config, available)
    if config.processes > 1 and cards:
        fixed = config.device != "auto"  # a named card is the first of so many in a row
        free = [card for card in (cards[: config.processes] if fixed else cards) if card not in taken]
        return tuple(free[: config.processes]) if len(free) >= config.processes else None
    if config.device == "auto":
        # with a GPU present the CPU is not a substitute: it would be found busy for hours
        candidates = [name for name in available if name != "cpu"] or ["cpu"]
    else:
        candidates = ["cuda:0" if config.device == "cuda" else config.device]
    return next(((name,) for name in candidates if name not in taken), None)


def reserved_for(config: RunConfig, available: Sequence[str]) -> tuple[str, ...]:
    """Devices that later runs must leave to this one while it waits: else runs on one card each would keep it out for ever."""
    return tuple(_cards(config, available)) if config.processes > 1 else ()


def _cards(config: RunConfig, available: Sequence[str]) -> list[str]:
    """Cards on which a run may be, in order: all of them, or those from the one that it names on."""
    cards = [name for name in available if _is_card(name)]
    if config.device in ("auto", "cuda"):
        return cards
    return cards[cards.index(config.device) :] if config.device in cards else []


def _is_card(name: str) -> bool:
    return name.startswith("cuda")
