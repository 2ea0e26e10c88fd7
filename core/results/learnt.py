"""Which sets a model has learnt from, by its own run and by all that it started from or was mixed of."""

from collections.abc import Iterator
from pathlib import Path

from core import workspace
from core.config import ADAPT_NONE, ADAPT_OWN, RunConfig
from core.data.sets.store import get_dataset
from core.data.sets.versions import origin_of
from core.errors import GraftError
from core.runs.folder import Run, get_run


def learnt_sets(config: RunConfig) -> tuple[str, ...]:
    """Ids of the sets whose rows a run takes with labels: its own, those learnt at once with it, and one with labels of its own whose
    texts it labels by itself, since by then it has learnt answers to these very rows.

    What it rehearses to keep its source is of the sets of that source: see ``origins_behind``.
    """
    named = dict.fromkeys((config.dataset, *config.tasks))
    if config.self_train not in (ADAPT_NONE, ADAPT_OWN) and _has_labels(config.self_train):
        named[config.self_train] = None
    return tuple(named)


def origins_learnt(config: RunConfig) -> frozenset[str]:
    """Ids of the sets that those of ``learnt_sets`` are versions of; of a set that is gone its own id."""
    return frozenset(_origin(name) for name in learnt_sets(config))


def origins_behind(source: str) -> frozenset[str]:
    """Ids of the sets, as ``origins_learnt`` names them, that a source has learnt from, as far as its runs are still there.

    Args:
        source: as a config names it; a run also by a folder inside it.
    """
    found: set[str] = set()
    for run in _runs_behind(source):
        found |= origins_learnt(run.config)
    return frozenset(found)


def _runs_behind(source: str) -> Iterator[Run]:
    """The run whose model a source is, those that it started from, and those that any of them is mixed of."""
    left, seen = [source], set()
    while left:
        name = _run_of(left.pop())
        if name is None or name in seen:
            continue
        seen.add(name)
        try:
            run = get_run(name)
            config, made = run.config, run.meta.get("made") or {}
        except GraftError:
            continue  # deleted since, or damaged: nothing is known of it any more
        yield run
        left += [config.source, *(f"run:{member}" for member in made.get("runs", ()))]


def _run_of(source: str) -> str | None:
    """The run whose model a source is: named as run:<id>, or by its folder in this workspace."""
    if source.startswith("run:"):
        return source[4:]
    parts = Path(source).expanduser().parts
    inside = workspace.folder("runs").parts
    return parts[len(inside)] if parts[: len(inside)] == inside and len(parts) > len(inside) else None


def _origin(dataset_id: str) -> str:
    try:
        return origin_of(get_dataset(dataset_id))
    except GraftError:
        return dataset_id


def _has_labels(dataset_id: str) -> bool:
    try:
        return get_dataset(dataset_id).task != "unlabelled"
    except GraftError:
        return True  # gone: it may have had some
