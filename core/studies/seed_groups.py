"""Runs that differ by seed alone: one way of training, wherever its runs come from."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.errors import GraftError
from core.results.compare import settings_key
from core.runs.folder import Run
from core.studies.compared import FIXED
from core.studies.folder import Cell, Planned
from core.studies.grid import SEED
from core.studies.ways import Ways, read_ways


@dataclass(frozen=True, slots=True)
class SeedGroup:
    """Finished runs that differ by seed alone, in the order of their seeds; two at least."""

    runs: tuple[Run, ...]

    @property
    def id(self) -> str:
        """Names the group as long as its first run is there."""
        return f"seeds:{self.runs[0].id}"

    @property
    def name(self) -> str:
        """The shortest name of its runs, and how many they are."""
        name = min((run.name for run in self.runs), key=len)
        return f"{name.partition(' · seed ')[0]} × {len(self.runs)} seeds"


def seed_groups(runs: Sequence[Run]) -> list[SeedGroup]:
    """All groups of two runs or more among these that have a result."""
    by_way: dict[str, dict[int, Run]] = {}
    for run in runs:
        with suppress(GraftError):  # damaged: it belongs to no group
            if run.state == "finished" and run.result and not run.is_mixed:
                by_way.setdefault(_way(run), {}).setdefault(run.config.seed, run)
    return [
        SeedGroup(tuple(run for _, run in sorted(own.items()))) for own in by_way.values() if len(own) > 1
    ]  # fmt: skip


def ways_of(runs: Sequence[Run]) -> Ways:
    """Runs as ways of training, tested against each other over rows and seeds; a run without fellows is a way of one.

    Raises:
        GraftError: when a run is damaged.
    """
    kinds = [(run.result or {}).get("task") for run in runs]
    runs = [run for run, kind in zip(runs, kinds, strict=True) if kind == kinds[0]]  # other tasks have other figures
    names = {run.id: group.name for group in seed_groups(runs) for run in group.runs}
    titles: dict[str, str] = {}  # way -> title: two ways may have been called alike
    for run in runs:
        way, title, number = _way(run), names.get(run.id, run.name), 1
        while (one := title if number == 1 else f"{title} ({number})") in titles.values() and titles.get(way) != one:
            number += 1
        titles.setdefault(way, one)
    cells = [
        Cell(
            Planned(run.id, {"way": titles[_way(run)], SEED: str(run.config.seed)}, run.config), run.id, run, True
        )
        for run in runs
    ]  # fmt: skip
    return read_ways(cells, final=True, fixed=FIXED, paired=any(run.config.train_size for run in runs))


def _way(run: Run) -> str:
    """Everything that tells ways of training apart; a mixed model is a way of its own."""
    return settings_key(run.config, besides=(SEED,)) + (run.id if run.is_mixed else "")
