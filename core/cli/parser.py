"""The words of the command line."""

import argparse
import sys
from dataclasses import fields
from typing import Any, get_args

from core import __version__
from core.cli import folds, versions
from core.config import PRESETS, RunConfig, settings
from core.strategies.registry import STRATEGIES

TASKS = ("single_label", "multi_label", "regression", "score")  # the last two are the same
ALL_ROWS = ("validation_size", "test_size", "train_size")  # take a number or the word all


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar: `python -m core <command> ...`."""
    parser = argparse.ArgumentParser(prog="python -m core", description="Graft: transfer learning for text.")
    parser.add_argument("--version", action="version", version=f"graft {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print exactly one JSON object on stdout")
    _data(commands.add_parser("data", help="add, list, show and check data sets"), shared)
    _train(commands.add_parser("train", parents=[shared], help="queue a run and follow it"))
    folds.add_command(commands, shared, _settings)
    ranged = commands.add_parser("lr-range", parents=[shared], help="try learning rates in a few steps")
    _settings(ranged, required="--into" not in sys.argv)
    ranged.add_argument("--into", metavar="FOLDER", help=argparse.SUPPRESS)
    _runs(commands.add_parser("runs", help="list, show, join, stop and resume runs"), shared)
    _predict(commands.add_parser("predict", parents=[shared], help="score a file with a finished run"))
    source = commands.add_parser("source", parents=[shared], help="lay a file with weights onto an architecture")
    source.add_argument("file", metavar="FILE", help="ends in .safetensors, .pt, .pth, .bin or .ckpt")
    source.add_argument("--onto", required=True, metavar="SOURCE", help="minilm, a Hub name, a folder or run:<id>")
    compare = commands.add_parser("compare", parents=[shared], help="compare runs on the same rows")
    compare.add_argument("runs", nargs="+", metavar="RUN", help="two or more runs, by id or name")
    rank = commands.add_parser("rank", parents=[shared], help="rank sources for a data set, before any training")
    rank.add_argument("--dataset", required=True, metavar="DATASET")
    rank.add_argument("--source", action="append", default=[], metavar="S", help="a source to rank; may be repeated")
    rank.add_argument("--rows", type=int, default=1000, help="training rows to look at (default 1000)")
    retention = commands.add_parser("retention", parents=[shared], help="what a run kept of its source's ability")
    retention.add_argument("run", metavar="RUN")
    commands.add_parser("doctor", parents=[shared], help="device, memory, versions, writable places, network")
    start = commands.add_parser("start", help="start the app in the browser")
    start.add_argument("--port", type=int, default=8501, help="first port to try (default 8501)")
    start.add_argument("--address", default="localhost", help="0.0.0.0 lets other machines in (default localhost)")
    for name, text in (
        ("scheduler", "start queued runs (started by itself)"), ("worker", "carry out one run folder"),
        ("flusher", "carry events to the run store (started by itself)"),
    ):  # fmt: skip
        inner = commands.add_parser(name, help=text)
        if name == "worker":
            inner.add_argument("folder")
    return parser


def run_config(arguments: argparse.Namespace, dataset: str) -> RunConfig:
    """The config that `train` was asked for: the preset's settings, then each flag that was given."""
    given = dict(PRESETS[arguments.preset].settings) if arguments.preset else {}
    for each in fields(RunConfig):
        value = getattr(arguments, each.name, None)
        if each.name != "dataset" and value is not None:
            given[each.name] = None if value == "all" else value
    if arguments.init_from:
        given["model"] = f"run:{arguments.init_from}"
    return RunConfig(dataset=dataset, **given)


def _data(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    add = actions.add_parser("add", parents=[shared], help="read a file and store it")
    add.add_argument("file", metavar="FILE", help="a file, or a data set of the Hub such as stanfordnlp/imdb")
    for flag, text in (
        ("name", "what to call the set"), ("text", "text column"), ("label", "label column"),
        ("text-pair", "second text column, for pairs"), ("split", "column that names train, validation and test"),
        ("group", "column whose rows must stay in one part"), ("delimiter", "separator, such as , or \\t"),
        ("encoding", "such as utf-8 or cp1252"), ("sheet", "sheet of a workbook, table of an archive, configuration of a Hub set"),
        ("separator", "what joins several labels in one cell, such as , or |"),
        ("domain", "column with the kind of text"), ("language", "column with the language"),
        ("id", "column that names each row"),
    ):  # fmt: skip
        add.add_argument(f"--{flag}", help=text)
    add.add_argument(
        "--task", choices=TASKS, help="what to learn: one label, several, or a score (guessed if not given)"
    )
    add.add_argument("--labels", nargs="+", default=[], metavar="COLUMN", help="columns of 0 and 1, one for each label")
    add.add_argument("--ignore", nargs="+", default=[], metavar="COLUMN", help="columns that are not kept")
    add.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="whether the first row names the columns (default: found out)",
    )
    add.add_argument("--seed", type=int, default=42, help="seed of the split (default 42)")
    add.add_argument("--no-label", action="store_true", help="store it without labels, for prediction only")
    actions.add_parser("list", parents=[shared], help="all stored sets")
    show = actions.add_parser("show", parents=[shared], help="what is known of a set")
    show.add_argument("dataset", metavar="DATASET")
    check = actions.add_parser("check", parents=[shared], help="health of a stored set")
    check.add_argument("dataset", metavar="DATASET")
    check.add_argument("--model", default="minilm", help="the source that is going to read it (default minilm)")
    check.add_argument("--max-length", type=int, default=256, help="tokens of a text that it reads (default 256)")
    versions.add_actions(actions, shared)


def _train(parser: argparse.ArgumentParser) -> None:
    _settings(parser)
    parser.add_argument("--name", help="what to call the run")
    parser.add_argument("--no-wait", action="store_true", help="queue it and return at once")


def _settings(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """Every setting of a run as a flag."""
    parser.add_argument("--dataset", required=required, metavar="DATASET", help="a stored set, by id or name")
    parser.add_argument("--preset", choices=tuple(PRESETS), help="a named set of settings; flags override it")
    parser.add_argument("--init-from", metavar="RUN", help="start from the model of an earlier run")
    kinds = {each.name: get_args(each.type) or (each.type,) for each in fields(RunConfig)}
    for name, (_, text) in settings().items():
        if name == "dataset":
            continue
        flags = [f"--{name.replace('_', '-')}"] + (["--lr"] if name == "learning_rate" else [])
        shown: dict[str, Any] = {"dest": name, "help": text.replace("%", "%%")}
        if bool in kinds[name]:
            parser.add_argument(*flags, action=argparse.BooleanOptionalAction, default=None, **shown)
            continue
        kind = _whole_or_all if name in ALL_ROWS else kinds[name][0]
        choices = tuple(STRATEGIES) if name == "strategy" else None
        parser.add_argument(*flags, type=kind, choices=choices, **shown)


def _runs(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    actions.add_parser("list", parents=[shared], help="all runs, newest first")
    for name, text in (
        ("show", "how a run stands, at any time"), ("stop", "save a checkpoint and stop"),
        ("resume", "go on from the last checkpoint"),
    ):  # fmt: skip
        actions.add_parser(name, parents=[shared], help=text).add_argument("run", metavar="RUN")
    folds.add_action(actions, shared)


def _predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--input", required=True, metavar="FILE")
    parser.add_argument("--output", required=True, metavar="FILE", help="ends in .csv, .tsv, .jsonl or .parquet")
    parser.add_argument("--text", help="text column, where it is not clear")
    parser.add_argument("--text-pair", help="second text column, for pairs")
    parser.add_argument("--device", default="auto")


def _whole_or_all(value: str) -> int | str:
    if value == "all":
        return value
    try:
        return int(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is neither a whole number nor the word all") from error
