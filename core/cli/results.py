"""Commands around finished runs: score a file, compare, see what was kept of the source."""

import argparse
from pathlib import Path

from core.cli.output import Output
from core.cli.runs import state_of
from core.errors import RunError
from core.runs.folder import get_run


def predict(arguments: argparse.Namespace, out: Output) -> int:
    from core.results.predict import predict_file

    run = get_run(arguments.run)
    rows = predict_file(
        run, Path(arguments.input), Path(arguments.output), text=arguments.text, text_pair=arguments.text_pair,
        device=arguments.device, progress=lambda done, total: out.bar(done / max(1, total), f"{done:,} of {total:,} rows"),
    )  # fmt: skip
    value = {"run": run.id, "rows": rows, "output": str(Path(arguments.output).resolve())}
    out.answer(value, [f"{rows:,} rows written to {value['output']}."])
    return 0


def compare(arguments: argparse.Namespace, out: Output) -> int:
    from core.results.compare import compare_runs

    if len(arguments.runs) < 2:
        raise RunError(f"Only one run was named: {arguments.runs[0]}.", "A comparison needs two or more.")
    runs = [get_run(each) for each in arguments.runs]
    found = compare_runs(runs)
    value = {
        "runs": list(found.runs), "same_rows": found.same_rows, "note": found.note,
        "differences": found.differences, "headline": found.headline, "tests": found.tests,
        "metrics": {run.id: state_of(run)["metrics"] for run in runs},
    }  # fmt: skip
    lines = [found.note, *(f"{name}: {values}" for name, values in found.differences.items())]
    out.answer(value, [*lines, *(test["sentence"] for test in found.tests)])
    return 0


def retention(arguments: argparse.Namespace, out: Output) -> int:
    from core.transfer.retention import retention as measure

    run = get_run(arguments.run)
    value = {"run": run.id} | measure(run)
    out.answer(value, [value["sentence"]])
    return 0
