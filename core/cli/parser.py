"""The parser of the command line, built from the table of commands."""

import argparse
from typing import Any

from core import __version__
from core.cli.commands import COMMANDS, GROUPS


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar: `python -m core <command> ...`; what it parses carries the chosen command as ``chosen``."""
    parser = argparse.ArgumentParser(prog="python -m core", description="Graft: transfer learning for text.")
    parser.add_argument("--version", action="version", version=f"graft {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    groups: dict[str, Any] = {}
    json_flag = argparse.ArgumentParser(add_help=False)
    json_flag.add_argument("--json", action="store_true", help="print exactly one JSON object on stdout")
    for command in COMMANDS:
        *group, name = command.words
        if group and group[0] not in groups:
            inner = commands.add_parser(group[0], help=GROUPS[group[0]])
            groups[group[0]] = inner.add_subparsers(dest="action", required=True, metavar="action")
        siblings = groups[group[0]] if group else commands
        own = siblings.add_parser(name, parents=[json_flag] if command.takes_json else [], help=command.help)
        own.set_defaults(chosen=command, json=False)
        command.add_arguments(own)
    return parser
