"""The matrix of domains: what each training reaches on the judged rows of each domain, read from the predictions of its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.evaluation.seeds import Way, compare_ways, spread_of
from core.evaluation.significance import holm, verdict
from core.metrics.accuracy import of_discordant, wilson_interval
from core.runs.folder import Run
from core.tasks import TASKS

ONE = TASKS["single_label"]
Z = 1.96


@dataclass(frozen=True, slots=True)
class Entry:
    """One training on the rows of one domain.

    Attributes:
        learnt: domain that it learnt from, or "all but" one.
        tested: domain whose rows judge.
        value: share of them that it gets right, the mean over its seeds; with the 95 % ``interval``.
        loss: ``value`` less that of the training on the very domain, on the same rows; None for that training itself.
        p: of the loss, the test alone; None without one.
        verdict: of the loss: real, not_shown, too_few_rows or too_few_seeds, by ``corrected`` among all that stand together; empty without.
    """

    learnt: str
    tested: str
    value: float
    interval: tuple[float, float] | None
    rows: int
    seeds: int
    loss: float | None = None
    loss_interval: tuple[float, float] | None = None
    p: float | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """All of one strategy.

    Attributes:
        inside, across: mean over domains, and over pairs of different domains; None while one is missing.
        across_interval: 95 %, over the rows (seeds averaged).
        row_means: judged row -> mean over the trainings on other domains of whether it was right, for comparisons by row.
    """

    strategy: str
    entries: tuple[Entry, ...]
    inside: float | None
    across: float | None
    across_interval: tuple[float, float] | None
    row_means: "pd.Series[float]"

    def entry(self, learnt: str, tested: str) -> Entry | None:
        """The entry of a training and a domain."""
        return next((one for one in self.entries if (one.learnt, one.tested) == (learnt, tested)), None)

    def to_json(self) -> dict[str, Any]:
        """As the command line tells it."""
        return {
            "strategy": self.strategy, "inside": self.inside, "across": self.across,
            "across_interval": self.across_interval, "entries": [asdict(entry) for entry in self.entries],
        }  # fmt: skip


def read_matrix(strategy: str, trained: Mapping[str, Sequence[Run]], of_row: "pd.Series[Any]", fixed: bool) -> Matrix:
    """The matrix of the finished runs of one strategy.

    Args:
        trained: what was learnt from (a domain or "all but" one) -> the runs, one a seed.
        of_row: row id -> its domain.
        fixed: whether training again gives the same model.
    """
    right = {learnt: right_of(runs) for learnt, runs in trained.items() if runs}
    entries = []
    for learnt, table in right.items():
        domains = of_row.reindex(table.index)
        for tested in sorted(set(domains.dropna()) & {str(name) for name in of_row.unique()}):
            rows = (domains == tested).to_numpy()
            own = right.get(tested)
            beside = None if own is None or learnt == tested else own.reindex(table.index).to_numpy()[rows]
            entries.append(_entry(learnt, tested, table.to_numpy()[rows], beside, fixed))
    domains = {learnt for learnt in right if not learnt.startswith(ALL_BUT)}
    inside = [entry.value for entry in entries if entry.learnt == entry.tested]
    means = _across(right, of_row, domains)
    mean, interval = mean_over_domains(means, of_row)
    return Matrix(strategy, tuple(entries), float(np.mean(inside)) if inside else None, mean, interval, means)


def corrected(matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    """The same with verdicts by Holm's correction over all losses of all matrices: with more of them, chance finds more."""
    tested = [
        (at, number)
        for at, matrix in enumerate(matrices)
        for number, entry in enumerate(matrix.entries)
        if entry.verdict in ("real", "not_shown")
    ]
    entries = [list(matrix.entries) for matrix in matrices]
    p_values = holm([float(entries[at][number].p or 0.0) for at, number in tested])
    for (at, number), p in zip(tested, p_values, strict=True):
        entry = entries[at][number]
        entries[at][number] = replace(entry, verdict=verdict(p, entry.rows))
    return tuple(replace(matrix, entries=tuple(own)) for matrix, own in zip(matrices, entries, strict=True))


ALL_BUT = "all but "


def right_of(runs: Sequence[Run]) -> pd.DataFrame:
    """(rows, seeds) of 0 and 1: whether each run got each judged row right, by row id."""
    columns = []
    for run in runs:
        table = run.read_predictions((run.result or {})["split"], ["row", "correct"])
        columns.append(table.set_index("row")["correct"].astype(np.int64))
    return pd.concat(columns, axis=1).sort_index()


def _entry(learnt: str, tested: str, right: np.ndarray, beside: np.ndarray | None, fixed: bool) -> Entry:
    """Args: right, beside: (rows, seeds) of 0 and 1."""
    truth, way = np.ones(len(right), dtype=np.int64), Way(list(right.T), fixed)
    value = float(right.mean())
    if right.shape[1] == 1:
        low, high = wilson_interval(int(right.sum()), len(right))
        interval: tuple[float, float] | None = (low, high)
    else:
        interval = spread_of(ONE, truth, way, 2, "accuracy").interval
    entry = Entry(learnt, tested, value, interval, len(right), right.shape[1])
    if beside is None:
        return entry
    if right.shape[1] == beside.shape[1] == 1:
        a, b = right[:, 0].astype(bool), beside[:, 0].astype(bool)
        found = of_discordant(int((a & ~b).sum()), int((b & ~a).sum()), len(a))
        told = (found.value, found.interval, found.p, verdict(found.p, len(a)))
    else:
        test = compare_ways(ONE, truth, way, Way(list(beside.T), fixed), 2, "accuracy")
        told = (test.difference, test.interval, test.p, test.verdict)
    return Entry(learnt, tested, value, interval, len(right), right.shape[1], *told)


def _across(right: Mapping[str, pd.DataFrame], of_row: "pd.Series[Any]", domains: set[str]) -> "pd.Series[float]":
    """Row id -> mean over the trainings on other domains; empty where a training is missing."""
    if len(domains) < 2 or domains != set(of_row.unique()):
        return pd.Series(dtype=np.float64)
    means = pd.DataFrame({name: right[name].mean(axis=1) for name in domains})
    own = of_row.reindex(means.index)
    for name in domains:
        means.loc[own == name, name] = np.nan
    return means.mean(axis=1).dropna()


def mean_over_domains(
    values: "pd.Series[float]", of_row: "pd.Series[Any]"
) -> tuple[float | None, tuple[float, float] | None]:
    """Mean of values by row, every domain counting the same, with its 95 % interval over the rows."""
    if not len(values):
        return None, None
    groups = [group.to_numpy() for _, group in values.groupby(of_row.reindex(values.index))]
    mean = float(np.mean([group.mean() for group in groups]))
    if any(len(group) < 2 for group in groups):
        return mean, None
    error = float(np.sqrt(sum(np.var(group, ddof=1) / len(group) for group in groups)) / len(groups))
    return mean, (mean - Z * error, mean + Z * error)
