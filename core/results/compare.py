"""Comparing runs: which settings differ, and whether one is truly better on the same rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from core.config import NO_EFFECT, RunConfig
from core.errors import RunError
from core.evaluation.result import verdict_sentence
from core.evaluation.significance import PairedTest, holm, paired_tests, verdict
from core.results.pairing import SharedRows, shared_rows
from core.runs.folder import Run, no_result
from core.tasks import Task, encode_targets, headline_of, join_labels, split_labels, task_of


def settings_key(config: RunConfig, *, besides: Sequence[str] = ()) -> str:
    """The same for configs that ask for the same, up to settings that change no number and those named."""
    outside = (*NO_EFFECT, *besides)
    return json.dumps({name: value for name, value in config.to_json().items() if name not in outside}, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What sets runs apart.

    Attributes:
        same_rows: whether all were judged by the same rows; ``note`` says in a sentence where they were not, or on which
            shared rows runs on different versions of a set are compared.
        differences: setting -> run id -> value, only where the values differ.
        tests: one dict for each pair and metric, those of the headline first; empty for pairs on different rows.
        headline: the metric that the first run is judged by, and so are the others beside it.
    """

    runs: tuple[str, ...]
    same_rows: bool
    note: str
    differences: dict[str, dict[str, Any]]
    tests: list[dict[str, Any]]
    headline: str


def compare_runs(runs: list[Run]) -> Comparison:
    """Compare two or more finished runs, each pair on the rows that both were judged by.

    Raises:
        RunError: when fewer than two runs are given or one has no result.
    """
    if len({run.id for run in runs}) < 2:
        raise RunError("A comparison needs two different runs.", "Name two or more.")
    results = {}
    for run in runs:
        result = run.result
        if result is None:
            raise no_result(run, "Compare it when it has finished.")
        results[run.id] = result
    tests: list[dict[str, Any]] = []
    apart: list[tuple[str, str]] = []
    notes: list[str] = []
    for a, b in combinations(runs, 2):
        if results[a.id]["rows_digest"] == results[b.id]["rows_digest"]:
            tests += _paired(a, b, results[a.id], results[b.id])
        elif shared := shared_rows(a, b, results[a.id], results[b.id]):
            tests += _paired(a, b, results[a.id], results[b.id], shared)
            notes.append(shared.note)
        else:
            apart.append((a.name, b.name))
    headline = headline_of(results[runs[0].id])
    tests = _correct(tests, headline)
    note = _note(apart, len(runs)) if apart or not notes else " ".join(dict.fromkeys(notes))
    return Comparison(tuple(run.id for run in runs), not apart and not notes, note, _differences(runs), tests, headline)


def _paired(
    a: Run, b: Run, result_a: dict[str, Any], result_b: dict[str, Any], shared: SharedRows | None = None
) -> list[dict[str, Any]]:
    table_a, table_b = (
        (shared.first, shared.second)
        if shared
        else (
            run.read_predictions(result["split"], ["row", "label", "prediction"]).sort_values("row")
            for run, result in ((a, result_a), (b, result_b))
        )
    )
    task = task_of(result_a.get("task", "single_label"))
    labels = sorted({*result_a["labels"], *result_b["labels"]})
    columns = (table_a["label"], table_a["prediction"], table_b["prediction"])
    truth, first, second = (_answers(task, column, labels) for column in columns)
    return [_as_dict(a, b, test) for test in paired_tests(task, truth, first, second, len(labels))]


def stored_answers(run: Run, result: dict[str, Any], labels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Truth and answers of a finished run as arrays, the rows in the order of their ids.

    Args:
        labels: the classes or labels by number.
    """
    table = run.read_predictions(result["split"], ["row", "label", "prediction"]).sort_values("row")
    task = task_of(result.get("task", "single_label"))
    return _answers(task, table["label"], labels), _answers(task, table["prediction"], labels)


def _answers(task: Task, column: pd.Series, labels: list[str]) -> np.ndarray:
    """Stored answers as an array; labels that a model does not know (it was made elsewhere) stand for nothing."""
    if task.kind == "multi_label":
        known = set(labels)
        column = column.map(lambda joined: join_labels(name for name in split_labels(joined) if name in known))
        return encode_targets(task, column.tolist(), labels).astype(bool)
    if task.kind == "regression":
        return column.to_numpy(dtype=np.float64)
    return pd.Categorical(column, categories=labels).codes.astype(np.int64)


def _as_dict(a: Run, b: Run, test: PairedTest) -> dict[str, Any]:
    return {"runs": [a.id, b.id], "names": [a.name, b.name]} | asdict(test) | {
        "interval": list(test.interval) if test.interval else None,
    }  # fmt: skip


def _correct(tests: list[dict[str, Any]], headline: str) -> list[dict[str, Any]]:
    """Holm's correction over all pairs and metrics that stand together: with more of them, chance finds more differences.

    ``p`` stays what the test says alone, as the interval does; the verdict goes by ``p_corrected``.
    """
    for test, corrected in zip(tests, holm([test["p"] for test in tests]), strict=True):
        alone = test["verdict"]
        if alone != "too_few_rows":
            test["verdict"] = verdict(corrected, test["rows"])
        test["p_corrected"] = corrected
        shown = PairedTest(*(test[name] for name in ("metric", "difference", "interval", "p", "verdict", "rows")))
        test["sentence"] = verdict_sentence(test["names"][0], test["names"][1], shown)
        if test["verdict"] == "not_shown" and alone == "real":
            test["sentence"] += (
                f" Alone it would count as real; of {len(tests)} comparisons at once, chance easily brings one like it."
            )
    return sorted(tests, key=lambda test: test["metric"] != headline)


def _differences(runs: list[Run]) -> dict[str, dict[str, Any]]:
    configs = {run.id: run.config.told() for run in runs}
    names = next(iter(configs.values()))
    return {
        name: {run: config[name] for run, config in configs.items()}
        for name in names
        if name not in NO_EFFECT and len({repr(config[name]) for config in configs.values()}) > 1
    }


def _note(apart: list[tuple[str, str]], runs: int) -> str:
    if not apart:
        return "All runs were judged by the same rows."
    first = f"{apart[0][0]} and {apart[0][1]}"
    more = f" and {len(apart) - 1} more pairs" if len(apart) > 1 else ""
    return (
        f"{first}{more} were judged by different rows, so their figures do not say which is better. "
        "Compare runs on the same data set with the same test rows."
    )
