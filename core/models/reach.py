"""Whether a source can be had now: what is not on this machine is asked for at the Hub."""

from dataclasses import replace

from core.errors import SourceError
from core.models.hub import LIMIT, SILENT, why_not_on_hub
from core.models.sources import PREFIX, SourceInfo, check_source, split_source


def reach_source(model: str, revision: str | None = None, wait: float = LIMIT) -> SourceInfo | None:
    """As ``check_source``; where the source has to be downloaded, the Hub is asked whether it can be.

    Args:
        wait: seconds to wait for the Hub's answer; None comes back where it has not come by then.

    Raises:
        SourceError: when it cannot exist.
    """
    info = check_source(model, revision)
    if info.at_hand or not info.available:
        return info
    name = split_source(model)[1] if model.startswith(PREFIX) else model
    why_not = why_not_on_hub(name, None if model.startswith(PREFIX) else revision, wait)
    if why_not is None:
        return None
    return replace(info, available=not why_not, why_not=why_not)


def require_source(model: str, revision: str | None = None) -> SourceInfo:
    """As ``reach_source``, for whoever is about to start something that needs the source.

    Raises:
        SourceError: when it cannot exist, or is neither here nor can be downloaded now.
    """
    info = reach_source(model, revision)
    if info is None or not info.available:
        raise SourceError(
            f"The source {model!r} is not available: {info.why_not if info else SILENT}",
            "Use minilm, or bring the model first.",
        )
    return info
