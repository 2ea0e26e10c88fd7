"""Commands around finished runs: score a file, compare, see what was kept of the source."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.output import Output, percent, table
from core.errors import RunError


def predict_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, the file to score, and where the answers go."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--input", required=True, metavar="FILE")
    parser.add_argument("--output", required=True, metavar="FILE", help="ends in .csv, .tsv, .jsonl or .parquet")
    parser.add_argument(
        "--text", action="append", default=[], metavar="COLUMN",
        help="text column, where it is not clear; given several times, the columns are joined in this order",
    )  # fmt: skip
    parser.add_argument("--text-pair", help="second text column, for pairs")
    parser.add_argument("--device", default="auto")


def predict(arguments: argparse.Namespace, out: Output) -> int:
    """Score a file with a finished run; every row has its line, order and columns stay.

    JSON: run, rows, output (the whole path), skipped_rows (rows that are written without a prediction), text_column,
    text_columns (where several are joined), guessed (whether that was a guess), notes (sentences).

    Raises:
        GraftError: when the run has no model, or the files cannot be read or written.
    """
    from core.results.predict import predict_file
    from core.runs.folder import get_run

    run = get_run(arguments.run)
    scored = predict_file(
        run, Path(arguments.input), Path(arguments.output), texts=arguments.text, text_pair=arguments.text_pair,
        device=arguments.device, progress=lambda done, total: out.bar(done / max(1, total), f"{done:,} of {total:,} rows"),
    )  # fmt: skip
    rows, output = len(scored.frame), str(Path(arguments.output).resolve())
    columns = scored.columns
    answer = {
        "run": run.id, "rows": rows, "output": output, "skipped_rows": scored.skipped, "text_column": columns.texts[0],
        "text_columns": list(columns.texts), "guessed": bool(columns.note), "notes": list(scored.notes),
    }  # fmt: skip
    without = f", {scored.skipped:,} of them without a prediction" if scored.skipped else ""
    out.answer(answer, [f"{rows:,} rows written to {output}{without}.", *scored.notes])
    return 0


def compare_arguments(parser: argparse.ArgumentParser) -> None:
    """Two or more runs."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="two or more runs, by id or name")


def compare(arguments: argparse.Namespace, out: Output) -> int:
    """Compare runs on the rows that all of them were judged by.

    JSON: runs, same_rows, note, differences (of settings), tests (runs, metric, difference, interval, p, verdict,
    sentence), metrics by run.

    Raises:
        RunError: when fewer than two runs are named, one does not exist or has no result.
    """
    from core.cli.run_state import state_of
    from core.results.compare import compare_runs
    from core.runs.folder import get_run

    if len(arguments.runs) < 2:
        raise RunError(f"Only one run was named: {arguments.runs[0]}.", "A comparison needs two or more.")
    runs = [get_run(ref) for ref in arguments.runs]
    comparison = compare_runs(runs)
    answer = {
        "runs": list(comparison.runs), "same_rows": comparison.same_rows, "note": comparison.note,
        "differences": comparison.differences, "headline": comparison.headline, "tests": comparison.tests,
        "metrics": {run.id: state_of(run)["metrics"] for run in runs},
    }  # fmt: skip
    differences = [f"{name}: {values}" for name, values in comparison.differences.items()]
    out.answer(answer, [comparison.note, *differences, *(test["sentence"] for test in comparison.tests)])
    return 0


def retention_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, and what to do beyond measuring it."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument(
        "--curve", action="store_true", help="measure the way between source and run as well, with no further training"
    )
    parser.add_argument(
        "--sequence", action="store_true", help="measure all tasks on the way to the run: backward and forward transfer"
    )
    parser.add_argument(
        "--save", metavar="ALPHA", help="save a model on that way as a new run: 0 is the source, 1 the run, best what --curve finds"
    )  # fmt: skip


def retention(arguments: argparse.Namespace, out: Output) -> int:
    """What a run kept of its source's ability, and the way between both.

    JSON: run, and what ``core.transfer.retention.retention`` gives: source_before, source_after, target, verdict, sentence, also …;
    with --curve also ``curve``, as ``core.merging.curve.measure_curve`` gives it; with --save also ``saved``, the id of the new run;
    with --sequence also ``sequence``, as ``core.transfer.sequence.measure_sequence`` gives it.

    Raises:
        GraftError: when the run has no model, its source cannot be measured, or ALPHA is none.
    """
    from core.runs.folder import get_run
    from core.transfer.retention import retention as measure

    run = get_run(arguments.run)
    answer = {"run": run.id} | measure(run)
    lines = [answer["sentence"], *(each["sentence"] for each in answer["also"])]
    if arguments.curve or arguments.save == "best":
        from core.merging.curve import measure_curve

        answer["curve"] = measure_curve(
            run, progress=lambda done, total: out.bar(done / total, f"point {done} of {total}")
        )
        lines += [*_points(answer["curve"]), answer["curve"]["sentence"]]
    if arguments.sequence:
        from core.transfer.sequence import measure_sequence

        answer["sequence"] = measure_sequence(
            run, lambda done, total: out.bar(done / total, f"answer {done} of {total}")
        )
        lines += [*_matrix(answer["sequence"]), answer["sequence"]["sentence"]]
    if arguments.save:
        from core.merging.curve import save_point

        saved = save_point(run, answer["curve"]["best"] if arguments.save == "best" else _alpha(arguments.save))
        answer["saved"] = saved.id
        lines.append(f"Saved as run {saved.id}.")
    out.answer(answer, lines)
    return 0


def _alpha(given: str) -> float:
    try:
        return float(given)
    except ValueError:
        raise RunError(f"--save {given!r} is no share.", "Give a number from 0 to 1, or best.") from None


def _points(curve: dict[str, Any]) -> list[str]:
    shown = [
        {"alpha": f"{point['alpha']:g}", "target": f"{point['target']:.4f}", "source": percent(point["source"]),
         "verdict": point["retained"]["verdict"]}
        for point in curve["points"]
    ]  # fmt: skip
    return table(shown, ("alpha", "target", "source", "verdict"))


def _matrix(sequence: dict[str, Any]) -> list[str]:
    names = [f"after {task['name']}" for task in sequence["tasks"]]
    shown = [
        {"": name}
        | {
            task["name"]: "" if cell is None else percent(cell)
            for task, cell in zip(sequence["tasks"], row, strict=True)
        }
        for name, row in zip(names, sequence["matrix"], strict=True)
    ]
    return table(shown, ("", *(task["name"] for task in sequence["tasks"])))


def soup_arguments(parser: argparse.ArgumentParser) -> None:
    """Two or more runs of one source."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="two or more runs of one source on one set")


def soup(arguments: argparse.Namespace, out: Output) -> int:
    """Mix runs of one source and one set into one model, greedily by the validation rows.

    JSON: run (the new one, or the best where no mean was as good), is_new, members, alone (run -> validation score), metric,
    sentence.

    Raises:
        RunError: when the runs cannot be mixed.
    """
    from core.merging.soup import make_soup
    from core.runs.folder import get_run

    answer = make_soup([get_run(ref) for ref in arguments.runs])
    out.answer(answer, [answer["sentence"], f"Run {answer['run']}."])
    return 0
