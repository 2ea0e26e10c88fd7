"""Commands around cross-validation: queue one run a fold, and show their joined result."""

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.follow import View, follow
from core.cli.output import Output, table
from core.cli.settings import add_settings, ready_config

if TYPE_CHECKING:
    from core.results.cross_validation import Joined
    from core.runs.folds import FoldRuns


def cross_validate_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting of a run, how the folds are drawn, and whether to wait for them."""
    add_settings(parser)
    parser.add_argument("--folds", type=int, default=5, metavar="K", help="how many folds (default 5)")
    parser.add_argument(
        "--fold-seed",
        type=int,
        default=42,
        metavar="N",
        help="seed of the folds; keep it to compare settings (default 42)",
    )
    parser.add_argument(
        "--keep-test", action=argparse.BooleanOptionalAction, default=None,
        help="leave the set's own test part out of the folds (default: where the file or a column names it)",
    )  # fmt: skip
    parser.add_argument("--name", help="what to call it")
    parser.add_argument("--no-wait", action="store_true", help="queue the runs and return at once")


def cross_validate(arguments: argparse.Namespace, out: Output) -> int:
    """Queue a run for each fold and follow them; the exit code is 1 where not all finished.

    JSON: as ``joined_state``.

    Raises:
        GraftError: when the runs cannot be queued as asked.
    """
    from core.jobs.folds import submit_folds
    from core.results.cross_validation import join

    config = ready_config(arguments)
    folds = submit_folds(config, arguments.folds, arguments.name, arguments.fold_seed, arguments.keep_test)
    out.say(f"Queued {len(folds.runs)} runs ({folds.name}); {folds.rows:,} rows are judged over all of them.")
    if not arguments.no_wait:
        try:
            follow(lambda: _view(folds), out)
        except KeyboardInterrupt:
            out.say(f"Still under way; it goes on without this window. See: python -m core runs folds {folds.id}")
    joined = join(folds)
    out.answer(joined_state(joined), _lines(joined))
    return 0 if joined.complete or arguments.no_wait else 1


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """A cross-validation by any of its names, or the runs to join."""
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="the cross-validation or one of its runs; or one run for each fold"
    )


def show(arguments: argparse.Namespace, out: Output) -> int:
    """The joined result of a cross-validation, as far as its folds have finished.

    JSON: as ``joined_state``.

    Raises:
        RunError: when there is no such cross-validation, or the runs cannot be joined.
    """
    from core.jobs.scheduler import ensure_scheduler
    from core.results.cross_validation import gather, join
    from core.runs.folder import ACTIVE, WAITING, get_run
    from core.runs.folds import get_folds

    refs = arguments.runs
    folds = get_folds(refs[0]) if len(refs) == 1 else gather([get_run(ref) for ref in refs])
    if any(run.state in (*WAITING, *ACTIVE) for run in folds.runs.values()):
        ensure_scheduler()  # so that a dead worker is noticed
    joined = join(folds)
    out.answer(joined_state(joined), _lines(joined))
    return 0


def joined_state(joined: "Joined") -> dict[str, Any]:
    """A joined result in the words of the contract.

    Returns:
        cross_validation (its id), name, dataset, folds, runs (ids), complete, standing (a dict a fold), rows judged so
        far, total_rows, rows_aside, task, metrics, intervals, baselines and baseline_intervals by name, headline (the
        metric that decides), verdict, notes, between_folds, repeated_rows, sentences.
    """
    from core.tasks import headline_of

    folds, pooled = joined.folds, joined.pooled
    result = pooled.result if pooled else {}
    baselines = result.get("baselines", [])
    return {
        "cross_validation": folds.id, "name": folds.name, "dataset": folds.dataset, "folds": folds.folds,
        "runs": [run.id for run in folds.runs.values()], "complete": joined.complete, "standing": joined.standing,
        "rows": result.get("rows", 0), "total_rows": folds.rows, "rows_aside": folds.aside, "task": result.get("task"),
        "metrics": result.get("metrics", {}), "intervals": result.get("intervals", {}),
        "baselines": {baseline["name"]: baseline["metrics"] for baseline in baselines},
        "baseline_intervals": {baseline["name"]: baseline["intervals"] for baseline in baselines},
        "headline": headline_of(result) if result else None, "verdict": result.get("verdict"),
        "notes": result.get("notes", []), "between_folds": pooled.spread if pooled else {},
        "repeated_rows": pooled.repeated if pooled else 0, "sentences": list(joined.sentences),
    }  # fmt: skip


def _lines(joined: "Joined") -> list[str]:
    """The same for a reader."""
    from core.metrics.table import METRICS
    from core.tasks import figure

    folds = joined.folds
    names = dict.fromkeys(name for fold in joined.standing for name in fold["metrics"])
    rows = [
        {"fold": fold["fold"], "status": fold["state"], "rows": fold["rows"], "run": fold["run"]}
        | {METRICS[name].title: figure(name, value) for name, value in fold["metrics"].items()}
        for fold in joined.standing
    ]
    columns = ("fold", "status", "rows", *(METRICS[name].title for name in names), "run")
    lines = [f"{folds.id or 'joined'} ({folds.name})", *table(rows, columns), *joined.sentences]
    for baseline in joined.pooled.result["baselines"] if joined.pooled else ():
        scores = ", ".join(f"{METRICS[name].spoken} {figure(name, baseline['metrics'][name])}" for name in names)
        lines.append(f"baseline {baseline['name']}: {scores}")
    return lines


def _view(folds: "FoldRuns") -> View | None:
    """How far the folds are; None once all of their runs have ended."""
    from core.runs.folder import ACTIVE, WAITING

    statuses = {number: run.status for number, run in folds.runs.items()}
    under_way = [number for number, status in statuses.items() if status["state"] in (*WAITING, *ACTIVE)]
    if not under_way:
        return None
    shares = [1.0 if number not in under_way else status.get("progress") or 0.0 for number, status in statuses.items()]
    return View(sum(shares) / len(shares), f"fold {min(under_way)} of {folds.folds}")
