"""Commands that hand a model on: exported as files, described by a card, sent to the Hub."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.output import Output, table


def export_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, the format, where to, and what it may lose."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument(
        "--format", default="onnx", choices=["checkpoint", "onnx", "onnx-int8", "int8"],
        help="int8 is short for onnx-int8 (default onnx)",
    )  # fmt: skip
    parser.add_argument("--output", metavar="DIR|FILE.zip", help="copy it out of the run's folder as well")
    parser.add_argument(
        "--allow", type=float, default=0.5, metavar="POINTS",
        help="of the headline that 8 bits may lose on the judged rows (default 0.5, and nothing that chance hardly explains)",
    )  # fmt: skip


def export(arguments: argparse.Namespace, out: Output) -> int:
    """Write a finished run's model for use elsewhere, measured on its judged rows before it is offered.

    JSON: run, format, output (folder or zip), files, bytes (of the weights), recipe, rows, split, equal_answers,
    max_difference, metric, value, interval, before, difference, paired, verdict, ms, ms_before, bytes_before, machine, tried; and
    accuracy, ms_per_text (of the larger batch) by these names.

    Raises:
        GraftError: when the run has no result or model, a package is missing, or the export lost more than is allowed.
    """
    from core.errors import GraftError
    from core.export.exporting import Refused, export_run, hand_over
    from core.export.measured_words import sentence_of, table_of
    from core.runs.folder import get_run

    if not 0 <= arguments.allow <= 100:
        raise GraftError(f"--allow is {arguments.allow:g}.", "Give points from 0 to 100.")
    run, name = get_run(arguments.run), {"int8": "onnx-int8"}.get(arguments.format, arguments.format)
    try:
        measured = export_run(run, name, arguments.allow, out.say).as_json()
    except Refused as refused:
        for each in (refused.measured.as_json(), *refused.measured.tried):
            out.say(sentence_of(each))
        raise
    target = run.export(name)
    if arguments.output:
        target = Path(arguments.output).expanduser().resolve()
        hand_over(run, name, target)
    columns = ("", "model", "export")
    lines = table([dict(zip(columns, line, strict=True)) for line in table_of(measured)], columns)
    told: dict[str, Any] = measured | {"run": run.id, "output": str(target), "ms_per_text": measured["ms"]["32"]}
    told[measured["metric"]] = measured["value"]
    out.answer(told, [f"{run.short_name} as {name}: {target}", sentence_of(measured), *lines])
    return 0


def card_arguments(parser: argparse.ArgumentParser) -> None:
    """The run and the file."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--output", required=True, metavar="FILE", help="such as README.md")


def card(arguments: argparse.Namespace, out: Output) -> int:
    """Write the model card of a run in the Hub's format; no text of the data is in it.

    JSON: run, output, bytes.

    Raises:
        GraftError: when the run has no result, or the file cannot be written.
    """
    from core import workspace
    from core.export.card import card_of
    from core.runs.folder import get_run

    run, path = get_run(arguments.run), Path(arguments.output).expanduser().resolve()
    content = card_of(run).encode("utf-8")
    workspace.write_bytes(path, content)
    out.answer({"run": run.id, "output": str(path), "bytes": len(content)}, [f"Card written to {path}."])
    return 0


def push_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, where to, the format, and who may see it."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("repository", metavar="OWNER/NAME")
    parser.add_argument("--format", default="checkpoint", choices=["checkpoint", "onnx", "onnx-int8"])
    parser.add_argument("--public", action="store_true", help="for all to see (private otherwise)")


def push(arguments: argparse.Namespace, out: Output) -> int:
    """Send an export of a run with its card to the Hub.

    JSON: run, address, format.

    Raises:
        GraftError: when Graft is offline, no token is there, the Hub refuses, or the run cannot be exported.
    """
    from core.export.push import push as send
    from core.runs.folder import get_run

    run = get_run(arguments.run)
    address = send(run, arguments.repository, arguments.format, arguments.public)
    out.answer({"run": run.id, "address": address, "format": arguments.format}, [f"{run.short_name} is at {address}"])
    return 0
