"""Every command by its name: `data add` is `data_add`. Each imports what it needs itself, so that `--help` answers at once."""

from core.cli.app import doctor, start
from core.cli.datasets import data_add, data_check, data_list, data_show
from core.cli.folds import cross_validate, runs_folds
from core.cli.results import compare, predict, retention
from core.cli.runs import lr_range, runs_list, runs_resume, runs_show, runs_stop, train
from core.cli.sources import rank, source
from core.cli.versions import data_export, data_fix, data_relabel, data_suspects, data_versions

__all__ = [
    "compare",
    "cross_validate",
    "data_add",
    "data_check",
    "data_export",
    "data_fix",
    "data_list",
    "data_relabel",
    "data_show",
    "data_suspects",
    "data_versions",
    "doctor",
    "lr_range",
    "predict",
    "rank",
    "retention",
    "runs_folds",
    "runs_list",
    "runs_resume",
    "runs_show",
    "runs_stop",
    "source",
    "start",
    "train",
]
