"""Grids: cells for every combination of some settings, each once for every seed."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from core.config import RunConfig, settings
from core.errors import StudyError
from core.studies.folder import Planned

SEED = "seed"
MOST_CELLS = 500

Options = Mapping[str, Mapping[str, Any]]
"""Title of an option -> the settings that make it."""


def grid(
    config: RunConfig, factors: Mapping[str, Options], seeds: int = 1, *, fixed: Sequence[str] = ()
) -> tuple[Planned, ...]:
    """A cell for each combination of options and each seed: all combinations by the first seed come first.

    Args:
        config: what all cells share; its seed is the first.
        factors: name of a factor -> its options.
        fixed: strategies that give the very same model whatever the seed, on the same rows: they get one cell.

    Raises:
        StudyError: when that makes too many cells.
        ConfigError: when an option does not go with the settings.
    """
    combinations = list(product(*(options.items() for options in factors.values())))
    if len(combinations) * seeds > MOST_CELLS:
        raise StudyError(
            f"{len(combinations):,} combinations by {seeds} seeds are {len(combinations) * seeds:,} runs.",
            f"A study holds at most {MOST_CELLS}: take fewer values or seeds.",
        )
    cells = []
    for number in range(seeds):
        for combination in combinations:
            changes = {name: value for _, option in combination for name, value in option.items()}
            one = config.changed(**changes, seed=config.seed + number)
            if number and one.strategy in fixed and one.train_size is None:
                continue
            titles = dict(zip(factors, (title for title, _ in combination), strict=True))
            name = " · ".join([*titles.values(), f"seed {one.seed}"])
            cells.append(Planned(name, titles | {SEED: str(one.seed)}, one))
    return tuple(cells)


def options_of(setting: str, values: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """One option for each value of a setting.

    Raises:
        StudyError: when there is no such setting, or no value.
    """
    known = settings()
    if setting not in known or setting in ("dataset", SEED):
        raise StudyError(f"There is no setting {setting!r} to vary.", f"Settings: {', '.join(sorted(known))}.")
    if setting in ("test_size", "validation_size"):
        raise StudyError(
            f"{setting} cannot be varied: the runs would be judged by different rows.", "Set it for all of them."
        )
    if not values:
        raise StudyError(f"No value of {setting} was given.", f"Write {setting}=FIRST,SECOND.")
    label = known[setting][0]
    return {f"{label} {value}": {setting: value} for value in values}
