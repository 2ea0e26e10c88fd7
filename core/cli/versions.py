"""Commands around versions of a data set: fix, relabel, look at the lineage, export, find doubtful labels."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import Output, percent, table
from core.errors import DatasetError

if TYPE_CHECKING:
    from core.data.sets.store import DataSet

RESPLIT = ("seed", "group", "time", "column", "keep_test", "fractions")


def data_fix(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.cleaning.folds import make_folds
    from core.data.cleaning.mending import make_version
    from core.data.sets.store import get_dataset
    from core.data.sets.versions import undo

    dataset = get_dataset(arguments.dataset)
    if arguments.undo:
        parent = undo(dataset)
        out.answer(_told(parent) | {"undone": dataset.id}, [f"Back at {parent.id}; {dataset.id} is undone."])
        return 0
    asked = _asked(arguments, dataset)
    if asked is None:
        versions = make_folds(
            dataset, arguments.folds, 42 if arguments.seed is None else arguments.seed, arguments.group,
            arguments.keep_test or None,
        )  # fmt: skip
        out.answer({"versions": [_told(each) for each in versions]}, [_line(each) for each in versions])
        return 0
    version = make_version(dataset, *asked)
    out.answer(_told(version), [_line(version)])
    return 0


def data_relabel(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.cleaning.mending import make_version
    from core.data.reading.read import read_table
    from core.data.sets.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    rows = read_table(Path(arguments.file)).frame
    for column in ("row", "label"):
        if column not in rows:
            raise DatasetError(
                f"{arguments.file} has no column {column!r}.",
                "It needs two: `row` (the number in the set's column row) and `label` (the new label).",
            )
    try:
        labels = {int(row): str(label) for row, label in zip(rows["row"], rows["label"], strict=True)}
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"The column `row` of {arguments.file} holds something that is no whole number.", "Give row ids."
        ) from error
    version = make_version(dataset, "relabel", {"labels": labels})
    out.answer(_told(version), [_line(version)])
    return 0


def data_versions(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.sets.store import get_dataset
    from core.data.sets.versions import family, lineage
    from core.results.test_reuse import looks_at_test

    dataset = get_dataset(arguments.dataset)
    line = {each.id for each in lineage(dataset)}
    versions = [_told(each) | {"in_lineage": each.id in line} for each in family(dataset)]
    looks = looks_at_test(dataset)
    value = {
        "dataset": dataset.id, "versions": versions,
        "test_looks": {"here": looks.here, "elsewhere": looks.elsewhere, "sentence": looks.sentence},
    }  # fmt: skip
    shown = [each | {"": "*" if each["dataset"] == dataset.id else ""} for each in versions]
    out.answer(value, [*table(shown, ("", "dataset", "version", "rows", "done")), looks.sentence])
    return 0


def data_export(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.sets.export import export_file
    from core.data.sets.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    path = Path(arguments.output)
    format = arguments.format or path.suffix.lower().removeprefix(".")
    rows = export_file(dataset, format, path)
    value = {"dataset": dataset.id, "rows": rows, "format": format, "output": str(path.resolve())}
    out.answer(value, [f"{rows:,} rows of {dataset.id} written to {value['output']}."])
    return 0


def data_suspects(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.cleaning.label_errors import suspects_of_run, suspects_of_set
    from core.data.sets.store import get_dataset
    from core.runs.folder import get_run

    dataset = get_dataset(arguments.dataset)
    found = suspects_of_run(get_run(arguments.run)) if arguments.run else suspects_of_set(dataset)
    rows = found.head(arguments.limit).to_dict("records")
    shown = [
        each | {"text": str(each["text"])[:70].replace("\n", " "), "sure": percent(each["certainty"])} for each in rows
    ]
    lines = [f"{len(found):,} probable label errors."]
    value = {"dataset": dataset.id, "run": arguments.run, "count": len(found), "suspects": rows}
    out.answer(value, lines + (table(shown, ("row", "label", "suggestion", "sure", "text")) if rows else []))
    return 0


def add_actions(actions: Any, shared: argparse.ArgumentParser) -> None:
    """The words of these commands, under `data`."""
    fix = actions.add_parser("fix", parents=[shared], help="apply a fix: a new version of the set")
    fix.add_argument("dataset", metavar="DATASET")
    one = fix.add_mutually_exclusive_group(required=True)
    one.add_argument("--check", metavar="NAME", help="apply the remedy that `data check` offers under this name")
    one.add_argument(
        "--drop", metavar="WHAT",
        help="drop rows: exact_duplicates, near_duplicates, leaking, near_leaking, conflicting, short, long, other_languages",
    )  # fmt: skip
    one.add_argument("--merge-labels", nargs="+", metavar="OLD=NEW", help="rename or merge labels")
    one.add_argument("--keep", nargs="+", metavar="COLUMN=VALUE", help="keep only rows with one of these values")
    one.add_argument("--drop-columns", nargs="+", metavar="COLUMN", help="take columns out of the set")
    one.add_argument("--resplit", action="store_true", help="draw train, validation and test anew")
    one.add_argument(
        "--folds", type=int, metavar="K", help="K versions; in each another K-th of the rows is the test part"
    )
    one.add_argument("--undo", action="store_true", help="go back to the version before")
    fix.add_argument("--seed", type=int, help="seed of the new split (default 42)")
    fix.add_argument("--fractions", metavar="A,B,C", help="shares of train, validation and test (default 0.7,0.1,0.2)")
    fix.add_argument("--by-group", dest="group", metavar="COLUMN", help="rows with the same value stay in one part")
    fix.add_argument("--by-time", dest="time", metavar="COLUMN", help="the latest rows become the test part")
    fix.add_argument("--by-column", dest="column", metavar="COLUMN", help="a column that names the parts")
    fix.add_argument("--keep-test", action="store_true", help="the test part stays as it is; folds leave it out")
    relabel = actions.add_parser("relabel", parents=[shared], help="give rows other labels: a new version of the set")
    relabel.add_argument("dataset", metavar="DATASET")
    relabel.add_argument("--file", required=True, metavar="FILE", help="a table with the columns row and label")
    versions = actions.add_parser("versions", parents=[shared], help="all versions of a set, and what was done in each")
    versions.add_argument("dataset", metavar="DATASET")
    export = actions.add_parser("export", parents=[shared], help="write a version to a file")
    export.add_argument("dataset", metavar="DATASET")
    export.add_argument("--format", choices=("csv", "jsonl", "parquet"), help="default: as the output's name ends")
    export.add_argument("--output", required=True, metavar="FILE")
    suspects = actions.add_parser("suspects", parents=[shared], help="rows whose label is probably wrong")
    suspects.add_argument("dataset", metavar="DATASET")
    suspects.add_argument(
        "--run", metavar="RUN", help="let this run judge its test rows; else a word model judges all rows"
    )
    suspects.add_argument("--limit", type=int, default=100, help="rows to tell at most (default 100)")


def _asked(arguments: argparse.Namespace, dataset: "DataSet") -> tuple[str, dict[str, Any]] | None:
    """The operation that was asked for with its parameters; None for folds, which are several."""
    if arguments.folds:
        return None
    if arguments.check:
        return _remedy(arguments.check, dataset)
    if arguments.drop:
        return "drop", {"what": arguments.drop}
    if arguments.merge_labels:
        return "merge_labels", {"names": dict(_pair(each) for each in arguments.merge_labels)}
    if arguments.keep:
        pairs = [_pair(each) for each in arguments.keep]
        if len({column for column, _ in pairs}) > 1:
            raise DatasetError("--keep names several columns.", "Filter by one column at a time.")
        return "filter", {"column": pairs[0][0], "values": [value for _, value in pairs]}
    if arguments.drop_columns:
        return "drop_columns", {"columns": arguments.drop_columns}
    given = {name: value for name in RESPLIT if (value := getattr(arguments, name)) not in (None, False)}
    if "fractions" in given:
        given["fractions"] = _fractions(given["fractions"])
    return "resplit", given


def _remedy(name: str, dataset: "DataSet") -> tuple[str, dict[str, Any]]:
    from core.data.cleaning.checks.health import check_dataset

    checks = {check.name: check for check in check_dataset(dataset)}
    if name not in checks:
        raise DatasetError(f"There is no check {name!r}.", f"Checks: {', '.join(checks)}.")
    fix = checks[name].fix
    if fix is None:
        raise DatasetError(f"The check {name!r} has no remedy to apply: {checks[name].message}", checks[name].remedy)
    return fix.operation, fix.parameters


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise DatasetError(f"{text!r} has no equals sign.", "Write it as NAME=VALUE.")
    return name, value


def _fractions(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError as error:
        raise DatasetError(f"The fractions are {text!r}.", "Give three numbers such as 0.7,0.1,0.2.") from error


def _told(dataset: "DataSet") -> dict[str, Any]:
    from core.data.sets.versions import version_number

    return {
        "dataset": dataset.id, "name": dataset.name, "version": version_number(dataset), "rows": dataset.rows,
        "parent": dataset.parent, "change": dataset.change, "created": dataset.created,
        "done": (dataset.change or {}).get("sentence", f"Read from {dataset.source_name}."),
    }  # fmt: skip


def _line(dataset: "DataSet") -> str:
    value = _told(dataset)
    return f"{dataset.id} (version {value['version']}, {dataset.rows:,} rows): {value['done']}"
