"""Lineage: which run started from which, and what each step on the way gained over starting from the plain source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import GraftError
from core.results.compare import compare_runs, settings_key
from core.results.learnt import origins_behind, origins_learnt
from core.runs.folder import Run, list_runs
from core.tasks import headline_of

EARLIER = "run:"  # how a config names an earlier run as its source


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One model of a lineage.

    Attributes:
        key: as a config names it: a source, or ``run:<id>``.
        parent: key of what it started from; empty for a plain source.
        run: None for a plain source, and for a run that was deleted.
        depth: steps from the plain source.
        gain: of a run that started from an earlier run: the test of it less the same training from the plain source, on the same
            rows (metric, difference, interval, p, verdict); None where there is no such training.
        control: id of that training; empty where there is none.
        shares_rows: whether a run on its way learnt from a set that it learnt from too, so that it may have seen more labels than the
            control.
    """

    key: str
    parent: str
    run: Run | None
    depth: int
    gain: Mapping[str, Any] | None = None
    control: str = ""
    shares_rows: bool = False

    @property
    def is_later(self) -> bool:
        """Whether it started from an earlier run."""
        return self.depth > 1


def lineage(run: Run) -> tuple[Ancestor, ...]:
    """From the plain source by way of every run between down to this run, and all that started from it; parents first.

    The key of the first is empty where a run on the way was deleted, so that nobody knows any more what it started from.
    """
    finished = {each.id: each for each in list_runs() if each.state == "finished" and each.result is not None}
    parents = {each.id: source for each in finished.values() if (source := _source(each))}
    root, between = _way_up(run.id, parents)
    chain = [root, *between]
    found = [Ancestor(root, "", None, 0)]
    for depth, (parent, key) in enumerate(zip(chain[:-1], between, strict=True), 1):
        found.append(_ancestor(key, parent, depth, root, finished))
    return (*found, *_descendants(run.id, len(between), root, parents, finished, set(chain)))


def _source(run: Run) -> str:
    try:
        return run.config.source
    except GraftError:
        return ""  # damaged: it starts from nothing that could be told


def _way_up(run_id: str, parents: Mapping[str, str]) -> tuple[str, list[str]]:
    """The plain source, and the keys of the runs from there to this one."""
    keys, seen = [f"{EARLIER}{run_id}"], {run_id}
    while (source := parents.get(keys[0].removeprefix(EARLIER), "")).startswith(EARLIER):
        if source.removeprefix(EARLIER) in seen:
            break  # two folders that name one another: nobody trained them so
        seen.add(source.removeprefix(EARLIER))
        keys.insert(0, source)
    return source, keys


def _descendants(
    run_id: str, depth: int, root: str, parents: Mapping[str, str], finished: Mapping[str, Run], seen: set[str]
) -> list[Ancestor]:
    """All runs that started from this one, each followed by those that started from it, oldest first."""
    found = []
    for child in sorted(key for key, source in parents.items() if source == f"{EARLIER}{run_id}"):
        key = f"{EARLIER}{child}"
        if key in seen:
            continue
        seen.add(key)
        found.append(_ancestor(key, f"{EARLIER}{run_id}", depth + 1, root, finished))
        found += _descendants(child, depth + 1, root, parents, finished, seen)
    return found


def _ancestor(key: str, parent: str, depth: int, root: str, finished: Mapping[str, Run]) -> Ancestor:
    run = finished.get(key.removeprefix(EARLIER))
    if run is None or depth < 2:
        return Ancestor(key, parent, run, depth)
    control = _control(run, root, list(finished.values()))
    gain, name = _gain(run, control), control.id if control else ""
    return Ancestor(
        key, parent, run, depth, gain, name, bool(origins_learnt(run.config) & origins_behind(run.config.source))
    )


def _control(run: Run, root: str, finished: Sequence[Run]) -> Run | None:
    """The newest training with the same settings that started from the plain source."""
    if not root:
        return None
    besides = ("model", "revision")
    asked = settings_key(run.config, besides=besides)
    for other in finished:  # newest first
        if not other.is_mixed and _source(other) == root and settings_key(other.config, besides=besides) == asked:
            return other
    return None


def _gain(run: Run, control: Run | None) -> Mapping[str, Any] | None:
    if control is None:
        return None
    try:
        tests = compare_runs([run, control]).tests
    except GraftError:
        return None  # its predictions are gone
    headline = headline_of(run.result or {})
    kept = ("metric", "difference", "interval", "p", "verdict", "rows", "sentence")
    return next(({name: test[name] for name in kept} for test in tests if test["metric"] == headline), None)
