"""Any settings: a grid of values, each combination trained with several seeds."""

from core.config import RunConfig, settings
from core.data.sets.store import DataSet
from core.errors import StudyError
from core.studies.compared import FIXED, compared
from core.studies.folder import Planned
from core.studies.grid import grid, options_of
from core.studies.kind import Asked, Kind


def plan_settings(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """Every combination of the values in ``asked.vary``.

    Raises:
        StudyError: when no setting is to be varied, or one does not exist.
        ConfigError: when a value is out of range.
    """
    if not asked.vary:
        raise StudyError("No setting was named to vary.", "Write --vary learning_rate=1e-5,3e-5.")
    factors = {
        settings()[name][0] if name in settings() else name: options_of(name, values)
        for name, values in asked.vary.items()
    }
    return grid(config, factors, asked.seeds, fixed=FIXED)


SETTINGS = Kind(
    "settings", "Settings", "Which settings suit {dataset}?",
    "Every combination of some values, each trained with several seeds and judged by the same rows.",
    plan_settings, compared, asks=("seeds", "vary"),
)  # fmt: skip
