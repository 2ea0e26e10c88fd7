"""Commands around finished runs: score a file, compare, see what was kept of the source."""

import argparse
from pathlib import Path

from core.cli.output import Output
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


def retention(arguments: argparse.Namespace, out: Output) -> int:
    """What a run kept of its source's ability.

    JSON: run, and what ``core.transfer.retention.retention`` gives: source_before, source_after, target, sentence, …

    Raises:
        GraftError: when the run has no model, or its source cannot be measured.
    """
    from core.runs.folder import get_run
    from core.transfer.retention import retention as measure

    run = get_run(arguments.run)
    answer = {"run": run.id} | measure(run)
    out.answer(answer, [answer["sentence"]])
    return 0
