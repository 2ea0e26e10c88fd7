"""Commands around cross-validation: queue one run a fold, and show their joined result."""

import argparse
import time
from typing import TYPE_CHECKING, Any

from core.cli.output import Output, table
from core.errors import GraftError
from core.runs.folder import ACTIVE, get_run
from core.runs.folds import FoldRuns, get_folds
from core.tasks import METRICS, figure, headline_of

if TYPE_CHECKING:
    from core.results.cross_validation import Joined


def cross_validate(arguments: argparse.Namespace, out: Output) -> int:
    from core.cli.parser import run_config
    from core.data.sets.store import get_dataset
    from core.jobs.folds import submit_folds
    from core.models.sources import check_source
    from core.results.cross_validation import join
    from core.training.devices import find_device

    config = run_config(arguments, get_dataset(arguments.dataset).id)
    info = check_source(config.model, config.revision)
    if not info.available:
        raise GraftError(f"The source {config.model!r} is not available: {info.why_not}", "Use --model minilm.")
    if config.device != "auto":
        find_device(config.device)
    folds = submit_folds(config, arguments.folds, arguments.name, arguments.fold_seed, arguments.keep_test)
    out.say(f"Queued {len(folds.runs)} runs ({folds.name}); {folds.rows:,} rows are judged over all of them.")
    if not arguments.no_wait:
        try:
            _follow(folds, out)
        except KeyboardInterrupt:
            out.say(f"Still under way; it goes on without this window. See: python -m core runs folds {folds.id}")
    joined = join(folds)
    out.answer(told(joined), _lines(joined))
    return 0 if joined.complete or arguments.no_wait else 1


def runs_folds(arguments: argparse.Namespace, out: Output) -> int:
    from core.jobs.scheduler import ensure_scheduler
    from core.results.cross_validation import gather, join

    refs = arguments.runs
    folds = get_folds(refs[0]) if len(refs) == 1 else gather([get_run(each) for each in refs])
    if any(run.state in ("queued", *ACTIVE) for run in folds.runs.values()):
        ensure_scheduler()  # so that a dead worker is noticed
    joined = join(folds)
    out.answer(told(joined), _lines(joined))
    return 0


def told(joined: "Joined") -> dict[str, Any]:
    """A joined result in the words of the contract."""
    folds, pooled = joined.folds, joined.pooled
    result = pooled.result if pooled else {}
    return {
        "cross_validation": folds.id, "name": folds.name, "dataset": folds.dataset, "folds": folds.folds,
        "runs": [run.id for run in folds.runs.values()], "complete": joined.complete, "standing": joined.standing,
        "rows": result.get("rows", 0), "total_rows": folds.rows, "rows_aside": folds.aside, "task": result.get("task"),
        "metrics": result.get("metrics", {}), "intervals": result.get("intervals", {}),
        "baselines": {each["name"]: each["metrics"] for each in result.get("baselines", [])},
        "baseline_intervals": {each["name"]: each["intervals"] for each in result.get("baselines", [])},
        "headline": headline_of(result) if result else None, "verdict": result.get("verdict"),
        "notes": result.get("notes", []), "between_folds": pooled.spread if pooled else {},
        "repeated_rows": pooled.repeated if pooled else 0, "sentences": list(joined.sentences),
    }  # fmt: skip


def _lines(joined: "Joined") -> list[str]:
    folds = joined.folds
    shown = [
        {"fold": each["fold"], "status": each["state"], "rows": each["rows"], "run": each["run"]}
        | {METRICS[name].title: figure(name, value) for name, value in each["metrics"].items()}
        for each in joined.standing
    ]
    names = dict.fromkeys(name for each in joined.standing for name in each["metrics"])
    columns = ("fold", "status", "rows", *(METRICS[name].title for name in names), "run")
    lines = [f"{folds.id or 'joined'} ({folds.name})", *table(shown, columns), *joined.sentences]
    if joined.pooled:
        beside = joined.pooled.result["baselines"]
        lines += [
            f"baseline {each['name']}: "
            + ", ".join(f"{METRICS[name].spoken} {figure(name, each['metrics'][name])}" for name in names)
            for each in beside
        ]
    return lines


def _follow(folds: FoldRuns, out: Output) -> None:
    """Show progress until every fold's run has ended, and keep a scheduler alive meanwhile."""
    from core.jobs.scheduler import ensure_scheduler

    said, looked = "", 0.0
    while True:
        standing = {number: run.status for number, run in folds.runs.items()}
        under_way = [number for number, status in standing.items() if status["state"] in ("queued", *ACTIVE)]
        if not under_way:
            return
        if time.monotonic() - looked > 5:
            ensure_scheduler()
            looked = time.monotonic()
        shares = [
            1.0 if number not in under_way else status.get("progress") or 0.0 for number, status in standing.items()
        ]
        text = f"fold {min(under_way)} of {folds.folds}"
        out.bar(sum(shares) / len(shares), text)
        if text != said and out.as_json:
            out.say(text)
        said = text
        time.sleep(0.3)


def add_command(commands: Any, shared: argparse.ArgumentParser, add_settings: Any) -> None:
    """The words of `cross-validate`."""
    parser = commands.add_parser(
        "cross-validate", parents=[shared], help="train once for each fold of a small set, and join the results"
    )
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


def add_action(actions: Any, shared: argparse.ArgumentParser) -> None:
    """The words of `runs folds`."""
    shown = actions.add_parser("folds", parents=[shared], help="the joined result of a cross-validation")
    shown.add_argument(
        "runs", nargs="+", metavar="RUN", help="the cross-validation or one of its runs; or one run for each fold"
    )
