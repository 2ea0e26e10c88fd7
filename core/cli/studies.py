"""Commands about studies: the ladder, and what is common to all kinds."""

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.follow import View, follow
from core.cli.output import Output, table
from core.cli.settings import AUTO, add_settings, chosen_config

if TYPE_CHECKING:
    from core.studies.folder import Study


def ladder_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting of a run, which all rungs share; its strategy is the top rung's."""
    add_settings(parser)
    parser.add_argument("--source", dest="model", metavar="SOURCE", help="the same as --model")
    parser.add_argument("--name", help="what to call the study")
    parser.add_argument("--no-wait", action="store_true", help="queue it and return at once")


def ladder(arguments: argparse.Namespace, out: Output) -> int:
    """Ask whether transfer pays on a set: majority, names alone, counted words, from scratch, probe, fine-tuning.

    JSON: as ``state``; with --no-wait what is there already. The exit code is 1 where not all runs finished.

    Raises:
        GraftError: when a run of it cannot be queued as asked.
    """
    from core.studies.registry import start_study

    if arguments.strategy is None:
        arguments.strategy = AUTO
    config, choice = chosen_config(arguments)
    study = start_study("ladder", config, choice, arguments.name)
    out.say(f"Queued {study.id} ({study.name}).")
    return _answer(study, out) if arguments.no_wait else _follow(study, out)


def list_all(arguments: argparse.Namespace, out: Output) -> int:
    """All studies, newest first, damaged ones among them.

    JSON: studies: [{study, kind, name, state, created, error}].
    """
    from core.errors import StudyError
    from core.studies.folder import list_studies
    from core.studies.standing import state_of

    rows: list[dict[str, Any]] = []
    for study in list_studies():
        row: dict[str, Any] = {"study": study.id, "kind": None, "name": study.name, "created": None, "error": None}
        try:
            read = study.read()
            row |= {"kind": read["kind"], "created": read["created"]}
        except StudyError as error:
            row["error"] = {"message": error.message, "hint": error.hint}
        rows.append(row | {"state": state_of(study)})
    wrong = [f"{row['error']['message']} {row['error']['hint']}" for row in rows if row["error"]]
    out.answer(
        {"studies": rows},
        [*table(rows, ("study", "state", "name")), *wrong]
        if rows
        else ["No study yet. Start one: python -m core ladder --dataset DATASET"],
    )
    return 0


def study_argument(parser: argparse.ArgumentParser) -> None:
    """A study, by id or name."""
    parser.add_argument("study", metavar="STUDY")


def show(arguments: argparse.Namespace, out: Output) -> int:
    """How a study stands and what it says so far.

    JSON: as ``state``.

    Raises:
        StudyError: when there is no such study, or it is damaged.
    """
    from core.jobs.scheduler import ensure_scheduler
    from core.studies.folder import get_study
    from core.studies.standing import UNDER_WAY, state_of

    study = get_study(arguments.study)
    if state_of(study) in UNDER_WAY:
        ensure_scheduler()  # so that a dead worker is noticed
    _answer(study, out)
    return 0


def stop(arguments: argparse.Namespace, out: Output) -> int:
    """Stop all runs of a study that wait or work; each saves a checkpoint first.

    JSON: as ``state``.

    Raises:
        StudyError: when there is no such study, it is damaged, or nothing of it is under way.
    """
    from core.studies import carrying
    from core.studies.folder import get_study

    study = get_study(arguments.study)
    carrying.stop(study)
    _answer(study, out)
    return 0


def resume(arguments: argparse.Namespace, out: Output) -> int:
    """Go on with a study: what ended early from its checkpoint, what is gone anew.

    JSON: as ``state``.

    Raises:
        StudyError: when there is no such study, it is damaged, or nothing of it can go on.
    """
    from core.studies import carrying
    from core.studies.folder import get_study

    study = get_study(arguments.study)
    carrying.resume(study)
    _answer(study, out)
    return 0


def state(study: "Study") -> dict[str, Any]:
    """A study in the words of the contract.

    Returns:
        study, kind, name, question, state, cells: [{name, factors, config, run, state, reused}], sentence, verdict, and what
        its kind adds: of a ladder rungs and transfer_gain.
    """
    from core.studies.registry import answer_of
    from core.studies.standing import cell_state, state_of

    read, answer = study.read(), answer_of(study)
    told = answer.to_json()
    cells = [
        {
            "name": cell.plan.name, "factors": cell.plan.factors, "config": cell.plan.config.to_json(), "run": cell.run_id,
            "state": cell_state(cell), "reused": cell.reused,
        }
        for cell in study.cells()
    ]  # fmt: skip
    return {
        "study": study.id, "kind": read["kind"], "name": read["name"], "question": read["question"],
        "state": state_of(study), "cells": cells, "verdict": (told.get("transfer_gain") or {}).get("verdict"), **told,
    }  # fmt: skip


def _answer(study: "Study", out: Output) -> int:
    told = state(study)
    out.answer(told, _lines(told))
    return 0


def _lines(told: dict[str, Any]) -> list[str]:
    """The same for a reader."""
    rungs = [
        {
            "rung": rung["title"], "state": rung["state"],
            "score": _score(rung), "labels": rung["labels_used"], "seconds": _seconds(rung["seconds"]), "why": rung["why"],
        }
        for rung in told.get("rungs", [])
    ]  # fmt: skip
    columns = ("rung", "state", "score", "labels", "seconds", "why")
    return [
        f"{told['study']} ({told['name']}): {told['state']}",
        *table(rungs, columns),
        *filter(None, [told["sentence"]]),
    ]


def _score(rung: dict[str, Any]) -> str:
    from core.tasks import figure, span

    if rung["value"] is None:
        return ""
    return f"{figure(rung['headline'], rung['value'])} ({span(rung['headline'], rung['interval'])})"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _follow(study: "Study", out: Output) -> int:
    from core.studies.standing import state_of

    try:
        follow(lambda: _view(study), out)
    except KeyboardInterrupt:
        out.say(f"Still under way; it goes on without this window. See: python -m core study show {study.id}")
    _answer(study, out)
    return 0 if state_of(study) == "finished" else 1


def _view(study: "Study") -> View | None:
    """How far it is; None once nothing of it is under way."""
    from core.studies.standing import UNDER_WAY, cell_state, share_done, study_state

    cells = study.cells()
    states = [cell_state(cell) for cell in cells]
    if study_state(states) not in UNDER_WAY:
        return None
    return View(share_done(cells), f"{states.count('finished')} of {len(cells)} runs done")
