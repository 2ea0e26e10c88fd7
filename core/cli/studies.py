"""Commands about studies: the ladder, and what is common to all kinds."""

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.follow import View, follow
from core.cli.output import Output, percent, table
from core.cli.settings import AUTO, add_settings, chosen_config

if TYPE_CHECKING:
    from core.studies.folder import Study
    from core.studies.kind import Asked


def ladder_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting of a run, which all rungs share; its strategy is the top rung's."""
    add_settings(parser)
    parser.add_argument("--source", dest="model", metavar="SOURCE", help="the same as --model")
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each, which differ by seed (default 1)")
    _common_arguments(parser)


def _common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="what to call the study")
    parser.add_argument("--no-wait", action="store_true", help="queue it and return at once")


def new_arguments(parser: argparse.ArgumentParser) -> None:
    """The kind, every setting that its runs share, and what the kinds ask."""
    parser.add_argument(
        "kind",
        metavar="KIND",
        help="ladder, labels, strategies, sources, settings, seeds, search, auto, domains or together",
    )
    add_settings(parser)
    parser.add_argument("--seeds", type=int, help="trainings of each way, which differ by seed (default 3)")
    parser.add_argument("--strategies", metavar="S,S", help="ways to transfer to compare, separated by commas")
    parser.add_argument("--sources", metavar="S,S", help="sources to compare, separated by commas")
    parser.add_argument("--sizes", metavar="N,N", help="labelled rows a class, separated by commas")
    parser.add_argument(
        "--vary", metavar="SETTING=V,V", action="append", default=[], help="values of a setting to try; may be repeated"
    )
    parser.add_argument("--left-out", action="store_true", help="of domains: train on all but one as well")
    parser.add_argument("--tasks", metavar="S,S", help="of together: other stored sets to learn at once with this one")
    parser.add_argument("--trials", type=int, help="at most so many runs that search")
    parser.add_argument("--minutes", type=float, help="at most this long")
    _common_arguments(parser)


def new(arguments: argparse.Namespace, out: Output) -> int:
    """Start a study of any kind and follow it.

    JSON: as ``state``; with --no-wait what is there already. The exit code is 1 where not all runs finished.

    Raises:
        GraftError: when there is no such kind, or a run of it cannot be queued as asked.
    """
    from core.studies.registry import kind_of, start_study

    kind = kind_of(arguments.kind)
    if arguments.strategy is None:
        arguments.strategy = AUTO
    config, choice = chosen_config(arguments)
    study = start_study(kind.name, config, _asked(arguments, choice, kind.asks), arguments.name)
    out.say(f"Queued {study.id} ({study.name}).")
    return _answer(study, out) if arguments.no_wait else _follow(study, out)


def auto_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, the time, and every setting that is not to be chosen."""
    add_settings(parser)
    parser.add_argument("--minutes", type=float, default=5.0, metavar="T", help="at most this long (default 5)")
    parser.add_argument("--sources", metavar="S,S", help="sources to consider, separated by commas; else those at hand")
    _common_arguments(parser)


def auto(arguments: argparse.Namespace, out: Output) -> int:
    """Look for the best model for a set in so many minutes: probes first, then what the evidence points to.

    JSON: as ``state``, with run (the model that is handed over), metrics, tried: [{what, why, state, run, score, judged, seconds}]
    and seconds. The exit code is 1 where no model could be had.

    Raises:
        GraftError: when it cannot be queued as asked.
    """
    from core.errors import ConfigError
    from core.studies.kind import Asked
    from core.studies.registry import start_study

    if given := [name for name in ("strategy", "epochs", "learning_rate") if getattr(arguments, name) is not None]:
        raise ConfigError(f"--{given[0]} has no meaning for auto, which looks for it.", "Leave it out, or use `train`.")
    config, _ = chosen_config(arguments)
    asked = Asked(seeds=1, minutes=arguments.minutes, sources=_words(arguments.sources))
    study = start_study("auto", config, asked, arguments.name)
    out.say(f"Queued {study.id} ({study.name}).")
    return _answer(study, out) if arguments.no_wait else _follow(study, out)


def _asked(arguments: argparse.Namespace, choice: str, asks: tuple[str, ...]) -> "Asked":
    """What was asked beside the settings.

    Raises:
        ConfigError: when an option has no meaning for the kind, or cannot be read.
    """
    from core.data.sets.store import get_dataset
    from core.errors import ConfigError
    from core.studies.kind import Asked

    given: dict[str, Any] = {
        "seeds": arguments.seeds, "strategies": _words(arguments.strategies), "sources": _words(arguments.sources),
        "sizes": _numbers(arguments.sizes), "vary": dict(map(_varied, arguments.vary)), "trials": arguments.trials,
        "minutes": arguments.minutes, "left_out": arguments.left_out,
        "tasks": tuple(get_dataset(name).id for name in _words(arguments.tasks)),
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value}
    if wrong := [name for name in given if name not in asks]:
        flags = {name: f"--{name}".replace("_", "-") for name in (wrong[0], *asks)}
        raise ConfigError(
            f"{flags[wrong[0]]} has no meaning for a study of the kind {arguments.kind}.",
            f"It takes: {', '.join(flags[name] for name in asks)}.",
        )
    return Asked(choice, **given)


def _words(value: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip() for word in (value or "").split(","))))


def _numbers(value: str | None) -> tuple[int, ...]:
    from core.errors import ConfigError

    try:
        return tuple(int(word) for word in _words(value))
    except ValueError as error:
        raise ConfigError(
            f"--sizes is {value!r}.", "Give whole numbers separated by commas, such as 8,16,32."
        ) from error


def _varied(value: str) -> tuple[str, tuple[Any, ...]]:
    """``learning_rate=1e-5,3e-5`` as the setting and its values."""
    import json

    from core.errors import ConfigError

    name, sign, words = value.partition("=")
    if not sign or not _words(words):
        raise ConfigError(f"--vary is {value!r}.", "Write a setting and its values, such as learning_rate=1e-5,3e-5.")

    def read(word: str) -> Any:
        try:
            return json.loads(word)
        except ValueError:
            return word

    return name.strip().replace("-", "_"), tuple(map(read, _words(words)))


def ladder(arguments: argparse.Namespace, out: Output) -> int:
    """Ask whether transfer pays on a set: majority, names alone, counted words, from scratch, probe, fine-tuning.

    JSON: as ``state``; with --no-wait what is there already. The exit code is 1 where not all runs finished.

    Raises:
        GraftError: when a run of it cannot be queued as asked.
    """
    from core.studies.kind import Asked
    from core.studies.registry import start_study

    if arguments.strategy is None:
        arguments.strategy = AUTO
    config, choice = chosen_config(arguments)
    study = start_study("ladder", config, Asked(choice, arguments.seeds), arguments.name)
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
    study, kind, name, question, state, error (why it is held), cells: [{name, factors, config, run, state, reused}], sentence, verdict,
            and what its kind adds: of a ladder rungs and transfer_gain.
    """
    from core.studies.registry import answer_of
    from core.studies.standing import cell_state, state_of

    read, how = study.read(), state_of(study)  # before the answer, so that what has ended has its sentence
    answer = answer_of(study)
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
        "state": how, "error": study.error, "cells": cells, "verdict": (told.get("transfer_gain") or {}).get("verdict"), **told,
    }  # fmt: skip


def _answer(study: "Study", out: Output) -> int:
    told = state(study)
    out.answer(told, _lines(told))
    return 0


def _lines(told: dict[str, Any]) -> list[str]:
    """The same for a reader."""
    return [
        f"{told['study']} ({told['name']}): {told['state']}",
        *_rungs(told), *_ways(told), *_curves(told), *_candidates(told), *_tries(told), *_matrices(told),
        *_tasks(told),
        *filter(None, [told["sentence"]]),
    ]  # fmt: skip


def _rungs(told: dict[str, Any]) -> list[str]:
    rungs = [
        {
            "rung": rung["title"], "state": rung["state"],
            "score": _score(rung), "labels": rung["labels_used"], "seconds": _seconds(rung["seconds"]), "why": rung["why"],
        }
        for rung in told.get("rungs", [])
    ]  # fmt: skip
    return table(rungs, ("rung", "state", "score", "labels", "seconds", "why")) if rungs else []


def _ways(told: dict[str, Any]) -> list[str]:
    lines = [
        {
            "way": line["name"], "state": line["state"], "score": _mean(told["metric"], line), "seeds": line["seeds"],
            "seconds": _seconds(line["seconds"]), "weights": line["trained_weights"],
        }
        for line in told.get("lines", [])
    ]  # fmt: skip
    return table(lines, ("way", "state", "score", "seeds", "seconds", "weights")) if lines else []


def _curves(told: dict[str, Any]) -> list[str]:
    lines = [
        {
            "method": one["title"],
            "labels": point["labels"],
            "score": _mean(told["metric"], point),
            "draws": point["seeds"],
        }
        for one in told.get("series", [])
        for point in one["points"]
    ]
    return table(lines, ("method", "labels", "score", "draws")) if lines else []


def _candidates(told: dict[str, Any]) -> list[str]:
    if not told.get("candidates"):
        return []
    return table(told["candidates"], ("rank", "source", "h_score", "logme", "probe", "knn", "error"))


def _tries(told: dict[str, Any]) -> list[str]:
    from core.tasks import figure

    lines = [
        {
            "tried": one["what"], "state": one["state"], "seconds": _seconds(one["seconds"]), "why": one["why"],
            "chose": "" if one["score"] is None else f"{one['score']:.3f}",
            "judged": "" if one["judged"] is None else figure(told["metric"], one["judged"]),
        }
        for one in told.get("tried", [])
    ]  # fmt: skip
    return table(lines, ("tried", "state", "chose", "judged", "seconds", "why")) if lines else []


def _matrices(told: dict[str, Any]) -> list[str]:
    """One line for each training, one column for each domain that judges."""
    lines: list[str] = []
    for matrix in told.get("matrices", []):
        rows: dict[str, dict[str, Any]] = {}
        for entry in matrix["entries"]:
            row = rows.setdefault(entry["learnt"], {matrix["strategy"]: entry["learnt"]})
            row[entry["tested"]] = percent(entry["value"])
        lines += table(list(rows.values()), (matrix["strategy"], *told["domains"]))
    return lines


def _tasks(told: dict[str, Any]) -> list[str]:
    """A line for each set that is learnt alone and with the others."""
    lines = [
        {
            "set": task["name"], "together": _mean(task["metric"], task["together"]), "alone": _mean(task["metric"], task["alone"]),
            "verdict": task["test"]["verdict"] if task["test"] else "",
        }
        for task in told.get("tasks", [])
    ]  # fmt: skip
    return table(lines, ("set", "together", "alone", "verdict")) if lines else []


def _mean(metric: str, line: dict[str, Any]) -> str:
    from core.tasks import figure, span

    return "" if line["mean"] is None else f"{figure(metric, line['mean'])} ({span(metric, line['interval'])})"


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
    if error := study.error:
        out.say(f"{error.get('message', '')} {error.get('hint', '')}")
    _answer(study, out)
    return 0 if state_of(study) == "finished" else 1


def _view(study: "Study") -> View | None:
    """How far it is; None once nothing of it is under way."""
    from core.studies.standing import UNDER_WAY, cell_state, share_done, state_of

    if state_of(study) not in UNDER_WAY:
        return None
    cells, doing = study.cells(), study.doing
    if doing:
        return View(float(doing.get("share") or 0.0), str(doing.get("text", "")))
    states = [cell_state(cell) for cell in cells]
    return View(share_done(cells), f"{states.count('finished')} of {len(cells)} runs done")
