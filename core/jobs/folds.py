"""Cross-validation: the same training once for each fold, queued together and tied to one another."""

import secrets
import time

from core.config import RunConfig
from core.data.cleaning.folds import has_own_test, make_folds
from core.data.sets.store import DataSet, get_dataset
from core.data.sets.versions import origin_of
from core.errors import ConfigError, DatasetError
from core.jobs.queue import check
from core.jobs.scheduler import ensure_scheduler
from core.models.reach import require_source_of, with_commit
from core.results.learnt import origins_behind
from core.runs.folder import create_run, default_name
from core.runs.folds import FoldRuns, Tie, get_folds
from core.tasks import check_settings, task_of

FOLDS = 5
MOST_ROWS = 5000  # above this a test part of its own costs a set little, and folds cost much


def submit_folds(
    config: RunConfig, folds: int = FOLDS, name: str | None = None, seed: int = 42, keep_test: bool | None = None
) -> FoldRuns:
    """Make the folds of a set (or find them again) and queue one run for each.

    Every row of a fold is judged, whatever ``config.test_size`` says, since the folds are joined afterwards. Rows of one
    group stay in one fold.

    Args:
        config: its ``dataset`` is the set to make folds of.
        seed: of the folds; the same for every setting that is tried, so that all are judged alike.
        keep_test: as in ``core.data.cleaning.folds.make_folds``.

    Raises:
        DatasetError: when the set has no labels or so many folds make no sense.
        ConfigError: when a setting has no meaning for this set, or the source has learnt from its rows.
        GraftError: when the run on one of the folds cannot be queued, as ``core.jobs.queue.check`` has it.
    """
    dataset = get_dataset(config.dataset)
    if dataset.task == "unlabelled":
        raise DatasetError(f"The data set {dataset.name!r} has no labels.", "Training needs a label column.")
    check_settings(config, task_of(dataset.task))
    _check_source(config, dataset)
    require_source_of(config)
    config = with_commit(config)
    keep = has_own_test(dataset) if keep_test is None else keep_test
    versions = make_folds(dataset, folds, seed, dataset.group, keep)
    asked = [config.changed(dataset=version.id, test_size=None) for version in versions]
    for one in asked:
        check(one)
    title = name or default_name(config, dataset.size("train"))
    moment = time.strftime("%Y%m%d-%H%M%S", time.localtime())
    mark = f"folds-{moment}-{secrets.token_hex(2)}"
    rows = sum(version.size("test") for version in versions)
    for number, one in enumerate(asked, 1):
        tie = Tie(mark, title, number, folds, dataset.id, rows, dataset.size("test") if keep else 0)
        create_run(one, f"{title} · fold {number} of {folds}", fold=tie.to_json())
    ensure_scheduler()
    return get_folds(mark)


def _check_source(config: RunConfig, dataset: DataSet) -> None:
    """Refuse a source that has learnt from rows of this set: it would be judged by rows that it knows."""
    if origin_of(dataset) in origins_behind(config.source):
        raise ConfigError(
            f"The source {config.model!r} has learnt from rows of {dataset.name!r}, so it knows rows that would judge it.",
            "Start from a model that has not seen this set, such as minilm.",
        )
