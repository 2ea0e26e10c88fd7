"""One table of commands: the parser offers what it lists, and the way from words to function is short."""

import argparse
import subprocess
import sys

import pytest

from core.cli.commands import COMMANDS, GROUPS
from core.cli.parser import build_parser
from tests.conftest import ROOT

REQUIRED = {  # the least that a command takes, beside what is named here nothing
    "cluster add": ["http://head:8265"], "cluster remove": ["http://head:8265"], "spread": ["folder"],
    "data add": ["reviews.csv"], "data show": ["reviews"], "data check": ["reviews"], "data versions": ["reviews"],
    "data fix": ["reviews", "--undo"], "data relabel": ["reviews", "--file", "labels.csv"],
    "data join": ["reviews", "other"], "data export": ["reviews", "--output", "reviews.csv"], "data suspects": ["reviews"],
    "train": ["--dataset", "reviews"], "cross-validate": ["--dataset", "reviews"], "lr-range": ["--dataset", "reviews"],
    "ladder": ["--dataset", "reviews"], "auto": ["--dataset", "reviews"], "drive": ["folder"],
    "study new": ["labels", "--dataset", "reviews"],
    "study show": ["study"], "study stop": ["study"], "study resume": ["study"],
    "runs show": ["run"], "runs stop": ["run"], "runs resume": ["run"], "runs folds": ["run"],
    "explain": ["run", "--text", "a text"], "predict": ["run", "--input", "in.csv", "--output", "out.csv"],
    "source": ["model.pt", "--onto", "minilm"],
    "report": ["run", "--output", "r.html"], "present": ["run"], "export": ["run"], "serve": ["run"],
    "card": ["run", "--output", "README.md"], "push": ["run", "owner/name"],
    "compare": ["run", "other"], "rank": ["--dataset", "reviews"], "retention": ["run"], "soup": ["run", "other"],
    "worker": ["folder"],
}  # fmt: skip


def offered(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """The words of every command that a parser knows."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        return {words: parser.prog}
    return {
        key: prog
        for name, inner in nested[0].choices.items()
        for key, prog in offered(inner, (*words, name)).items()
    }  # fmt: skip


def test_the_parser_offers_the_commands_of_the_table_and_no_others():
    assert set(offered(build_parser())) == {command.words for command in COMMANDS}
    assert len({command.words for command in COMMANDS}) == len(COMMANDS)
    assert {command.words[0] for command in COMMANDS if len(command.words) == 2} == set(GROUPS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_what_is_typed_reaches_the_function_of_the_table(command):
    arguments = build_parser().parse_args([*command.words, *REQUIRED.get(command.name, [])])
    assert arguments.chosen is command and arguments.json is False
    assert command.help and command.carry_out.__doc__ and command.add_arguments.__doc__


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_only_what_the_program_starts_itself_and_the_app_know_no_json(command):
    words = [*command.words, *REQUIRED.get(command.name, []), "--json"]
    if command.takes_json:
        assert build_parser().parse_args(words).json is True
    else:
        assert command.inner or command.name == "start"
        with pytest.raises(SystemExit):
            build_parser().parse_args(words)


def test_a_range_test_takes_a_set_or_the_folder_of_one_that_was_begun():
    arguments = build_parser().parse_args(["lr-range", "--into", "folder"])
    assert arguments.into == "folder" and arguments.dataset is None
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["lr-range"])
    assert left.value.code == 2


def test_help_answers_before_anything_heavy_is_imported():
    script = (
        "import sys, core.__main__ as door; door.build_parser().format_help(); "
        "print(sorted({'torch', 'transformers', 'pandas', 'sklearn', 'mlflow', 'streamlit'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
