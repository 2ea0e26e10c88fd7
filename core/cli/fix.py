"""`data fix`: one operation on a set, which makes a new version of it."""

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.datasets import dataset_argument
from core.cli.output import Output
from core.cli.versions import version_facts, version_line
from core.errors import DatasetError

if TYPE_CHECKING:
    from core.data.sets.store import DataSet

RESPLIT = ("seed", "group", "time", "column", "keep_test", "fractions")  # flags that a new split reads
SEED = 42

Operation = tuple[str, dict[str, Any]]  # its name and its parameters, as core.data.sets.versions takes them


def fix_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, exactly one operation, and how a new split is drawn."""
    dataset_argument(parser)
    one = parser.add_mutually_exclusive_group(required=True)
    one.add_argument("--check", metavar="NAME", help="apply the remedy that `data check` offers under this name")
    one.add_argument(
        "--drop", metavar="WHAT",
        help="drop rows: exact_duplicates, near_duplicates, leaking, near_leaking, conflicting, missing_labels, short, long, "
        "other_languages",
    )  # fmt: skip
    one.add_argument("--merge-labels", nargs="+", metavar="OLD=NEW", help="rename or merge labels")
    one.add_argument("--keep", nargs="+", metavar="COLUMN=VALUE", help="keep only rows with one of these values")
    one.add_argument("--drop-columns", nargs="+", metavar="COLUMN", help="take columns out of the set")
    one.add_argument("--resplit", action="store_true", help="draw train, validation and test anew")
    one.add_argument(
        "--folds", type=int, metavar="K", help="K versions; in each another K-th of the rows is the test part"
    )
    one.add_argument(
        "--safe", action="store_true",
        help="what cannot go wrong: one spelling for labels that differ in case, blanks or marks alone; exact repeats out",
    )  # fmt: skip
    one.add_argument("--undo", action="store_true", help="go back to the version before")
    parser.add_argument("--seed", type=int, help="seed of the new split (default 42)")
    parser.add_argument(
        "--fractions", metavar="A,B,C", help="shares of train, validation and test (default 0.7,0.1,0.2)"
    )
    parser.add_argument("--by-group", dest="group", metavar="COLUMN", help="rows with the same value stay in one part")
    parser.add_argument("--by-time", dest="time", metavar="COLUMN", help="the latest rows become the test part")
    parser.add_argument("--by-column", dest="column", metavar="COLUMN", help="a column that names the parts")
    parser.add_argument("--keep-test", action="store_true", help="the test part stays as it is; folds leave it out")


def fix(arguments: argparse.Namespace, out: Output) -> int:
    """Carry out one operation on a set, or undo the last.

    JSON: the new version as ``version_facts`` has it; with --folds: versions, a list of them; with --undo: the version
    before, and undone.

    Raises:
        DatasetError: when there is no such set, or the operation cannot be carried out on it.
    """
    from core.data.cleaning.folds import make_folds
    from core.data.cleaning.mending import make_version
    from core.data.sets.store import get_dataset
    from core.data.sets.versions import undo

    dataset = get_dataset(arguments.dataset)
    if arguments.undo:
        parent = undo(dataset)
        out.answer(version_facts(parent) | {"undone": dataset.id}, [f"Back at {parent.id}; {dataset.id} is undone."])
    elif arguments.folds:
        seed = SEED if arguments.seed is None else arguments.seed
        folds = make_folds(dataset, arguments.folds, seed, arguments.group, arguments.keep_test or None)
        out.answer({"versions": [version_facts(fold) for fold in folds]}, [version_line(fold) for fold in folds])
    else:
        version = make_version(dataset, *_operation(arguments, dataset))
        out.answer(version_facts(version), [version_line(version)])
    return 0


def _operation(arguments: argparse.Namespace, dataset: "DataSet") -> Operation:
    """The operation that was asked for."""
    if arguments.check:
        return _remedy(arguments.check, dataset)
    if arguments.safe:
        return "safe", {}
    if arguments.drop:
        return "drop", {"what": arguments.drop}
    if arguments.merge_labels:
        return "merge_labels", {"names": dict(_pair(text) for text in arguments.merge_labels)}
    if arguments.keep:
        pairs = [_pair(text) for text in arguments.keep]
        if len({column for column, _ in pairs}) > 1:
            raise DatasetError("--keep names several columns.", "Filter by one column at a time.")
        return "filter", {"column": pairs[0][0], "values": [value for _, value in pairs]}
    if arguments.drop_columns:
        return "drop_columns", {"columns": arguments.drop_columns}
    given = {name: value for name in RESPLIT if (value := getattr(arguments, name)) not in (None, False)}
    if "fractions" in given:
        given["fractions"] = _fractions(given["fractions"])
    return "resplit", given


def _remedy(name: str, dataset: "DataSet") -> Operation:
    """What a check of this name offers."""
    from core.data.cleaning.checks.health import check_dataset

    checks = {check.name: check for check in check_dataset(dataset)}
    if name not in checks:
        raise DatasetError(f"There is no check {name!r}.", f"Checks: {', '.join(checks)}.")
    remedy = checks[name].fix
    if remedy is None:
        raise DatasetError(f"The check {name!r} has no remedy to apply: {checks[name].message}", checks[name].remedy)
    return remedy.operation, remedy.parameters


def _pair(text: str) -> tuple[str, str]:
    """Both sides of NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals:
        raise DatasetError(f"{text!r} has no equals sign.", "Write it as NAME=VALUE.")
    return name, value


def _fractions(text: str) -> tuple[float, ...]:
    """The shares in 0.7,0.1,0.2."""
    try:
        return tuple(float(share) for share in text.split(","))
    except ValueError as error:
        raise DatasetError(f"The fractions are {text!r}.", "Give three numbers such as 0.7,0.1,0.2.") from error
