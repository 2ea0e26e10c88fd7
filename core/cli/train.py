"""Commands that train: one run, followed to its end, and a test of learning rates."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.follow import View, follow
from core.cli.output import Output
from core.cli.settings import add_dataset, add_settings, chosen_config, run_config

if TYPE_CHECKING:
    from core.runs.folder import Run


def train_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting of a run, its name, and whether to wait for it."""
    one = parser.add_mutually_exclusive_group(required=True)
    add_dataset(one)
    one.add_argument(
        "--tasks", nargs="+", metavar="DATASET", help="stored sets that one encoder learns at once, a run each"
    )
    add_settings(parser, dataset=False)
    parser.add_argument("--name", help="what to call the run")
    parser.add_argument("--no-wait", action="store_true", help="queue it and return at once")


def train(arguments: argparse.Namespace, out: Output) -> int:
    """Queue a run and follow it; the exit code is 1 where it did not finish.

    JSON: as ``core.cli.run_state.state_of``; with --no-wait only run and status; with --tasks ``runs``, a list of these.

    Raises:
        GraftError: when the run cannot be queued as asked.
    """
    from core.cli.run_state import state_lines, state_of
    from core.jobs.queue import submit

    if arguments.tasks:
        return _several(arguments, out)
    config, choice = chosen_config(arguments)
    run = submit(config, arguments.name, choice=choice)
    if choice:
        out.say(choice)
    out.say(f"Queued {run.id} ({run.name}).")
    if arguments.no_wait:
        out.answer({"run": run.id, "status": run.state}, [run.id])
        return 0
    try:
        follow(lambda: _view(run), out)
    except KeyboardInterrupt:
        out.say(f"Still under way; it goes on without this window. See: python -m core runs show {run.id}")
    state = state_of(run)
    out.answer(state, state_lines(state))
    return 0 if state["status"] == "finished" else 1


def _several(arguments: argparse.Namespace, out: Output) -> int:
    """A run for each of the sets; the first of them trains for all."""
    from core.cli.run_state import state_of
    from core.data.sets.store import get_dataset
    from core.errors import ConfigError
    from core.jobs.queue import check, submit

    names = list(dict.fromkeys(get_dataset(name).id for name in arguments.tasks))
    if len(names) < 2:
        raise ConfigError("--tasks names one set.", "Name two or more, or use --dataset.")
    asked = []
    for name in names:
        arguments.dataset, arguments.beside = name, "|".join(other for other in names if other != name)
        asked.append(chosen_config(arguments)[0])
        check(asked[-1])
    runs = [
        submit(config, f"{arguments.name} · {get_dataset(config.dataset).name}" if arguments.name else None)
        for config in asked
    ]
    out.say(f"Queued {', '.join(run.id for run in runs)}: the first trains for all.")
    if not arguments.no_wait:
        for run in runs:
            follow(lambda run=run: _view(run), out)  # type: ignore[misc]
    states = [{"run": run.id, "status": run.state} if arguments.no_wait else state_of(run) for run in runs]
    out.answer({"runs": states}, [f"{state['run']}  {state['status']}" for state in states])
    return 0 if arguments.no_wait or all(state["status"] == "finished" for state in states) else 1


def lr_range_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting of a run; or the folder of a test that a page has begun, which holds them."""
    one = parser.add_mutually_exclusive_group(required=True)
    add_dataset(one)
    one.add_argument("--into", metavar="FOLDER", help=argparse.SUPPRESS)
    add_settings(parser, dataset=False)


def lr_range(arguments: argparse.Namespace, out: Output) -> int:
    """Try learning rates in a few steps.

    JSON: rates, losses, smooth, suggestion, sentence.

    Raises:
        GraftError: when the set, the source or the strategy does not allow it.
    """
    from dataclasses import asdict

    from core.data.sets.store import get_dataset
    from core.jobs.rate_test import carry_out, measure

    if arguments.into:
        return carry_out(Path(arguments.into))
    config = run_config(arguments, get_dataset(arguments.dataset).id)
    curve = measure(config, lambda done, total: out.bar(done / total, f"step {done} of {total}"))
    shown = [f"{rate:8.1e}  {loss:.4f}" for rate, loss in zip(curve.rates, curve.smooth, strict=True)]
    out.answer(asdict(curve), ["    rate  loss (smoothed)", *shown[::4], curve.sentence])
    return 0


def _view(run: "Run") -> View | None:
    """What a run is doing; None once it has ended."""
    from core.jobs.queue import held_up, position
    from core.runs.folder import ACTIVE, WAITING
    from core.training.estimate import duration

    status = run.status
    if status["state"] not in (*WAITING, *ACTIVE):
        return None
    ahead = position(run) if status["state"] in WAITING else None
    if trouble := held_up(run):
        return View(0.0, f"waiting. {trouble}")
    phase = f"waiting, {ahead} before it" if ahead else str(status.get("phase") or status["state"])
    eta = status.get("eta_seconds")
    return View(status.get("progress") or 0.0, phase, f", {duration(eta)} left" if eta else "")
