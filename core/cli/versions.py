"""Commands around versions of a data set: relabel, look at the lineage, export, find doubtful labels."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.datasets import dataset_argument
from core.cli.output import Output, percent, table
from core.errors import DatasetError

if TYPE_CHECKING:
    from core.data.sets.store import DataSet

SHOWN_TEXT = 70  # characters of a text in a table


def join_arguments(parser: argparse.ArgumentParser) -> None:
    """Two or more sets, and which of their labels mean the same."""
    parser.add_argument("datasets", nargs="+", metavar="DATASET", help="two or more sets with the same labels")
    parser.add_argument(
        "--same",
        action="append",
        default=[],
        metavar="LABEL=LABEL",
        help="the first means the second; LABEL= leaves its rows out; may be repeated",
    )
    parser.add_argument("--name", help="what to call the joined set")


def join(arguments: argparse.Namespace, out: Output) -> int:
    """Join sets with the same labels into one, in which each is a domain.

    JSON: dataset, name, rows, labels, domains.

    Raises:
        DatasetError: when they cannot be joined.
    """
    from core.data.sets.domains import domain_column
    from core.data.sets.join import join_sets
    from core.data.sets.store import get_dataset
    from core.errors import ConfigError

    pairs = [word.partition("=") for word in arguments.same]
    if wrong := next(
        (word for word, (old, sign, _) in zip(arguments.same, pairs, strict=True) if not (old and sign)), None
    ):
        raise ConfigError(f"--same is {wrong!r}.", "Write a label, =, and the label that it means.")
    same = {old: new for old, _, new in pairs}
    joined = join_sets([get_dataset(ref) for ref in arguments.datasets], same, arguments.name)
    domains = sorted(joined.frame()[domain_column(joined)].unique())
    answer = {
        "dataset": joined.id,
        "name": joined.name,
        "rows": joined.rows,
        "labels": list(joined.labels),
        "domains": domains,
    }
    out.answer(answer, [f"{joined.rows:,} rows of {len(domains)} domains stored as {joined.id}."])
    return 0


def relabel_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, and the file with the new labels."""
    dataset_argument(parser)
    parser.add_argument("--file", required=True, metavar="FILE", help="a table with the columns row and label")


def relabel(arguments: argparse.Namespace, out: Output) -> int:
    """Give the rows that a file names other labels.

    JSON: the new version as ``version_facts`` has it.

    Raises:
        DatasetError: when there is no such set, or the file does not name rows and labels of it.
    """
    from core.data.cleaning.mending import make_version
    from core.data.sets.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    version = make_version(dataset, "relabel", {"labels": _labels_in(arguments.file)})
    out.answer(version_facts(version), [version_line(version)])
    return 0


def list_all(arguments: argparse.Namespace, out: Output) -> int:
    """All versions of a set, and how often its test part has been looked at.

    JSON: dataset; versions, each as ``version_facts`` has it, with in_lineage; test_looks: here, elsewhere, sentence.

    Raises:
        DatasetError: when there is no such set.
    """
    from core.data.sets.store import get_dataset
    from core.data.sets.versions import family, lineage
    from core.results.test_reuse import looks_at_test

    dataset = get_dataset(arguments.dataset)
    ancestors = {version.id for version in lineage(dataset)}
    versions = [version_facts(version) | {"in_lineage": version.id in ancestors} for version in family(dataset)]
    looks = looks_at_test(dataset)
    answer = {
        "dataset": dataset.id, "versions": versions,
        "test_looks": {"here": looks.here, "elsewhere": looks.elsewhere, "sentence": looks.sentence},
    }  # fmt: skip
    shown = [version | {"": "*" if version["dataset"] == dataset.id else ""} for version in versions]
    out.answer(answer, [*table(shown, ("", "dataset", "version", "rows", "done")), looks.sentence])
    return 0


def export_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, and the file to write."""
    dataset_argument(parser)
    parser.add_argument("--format", choices=("csv", "jsonl", "parquet"), help="default: as the output's name ends")
    parser.add_argument("--output", required=True, metavar="FILE")


def export(arguments: argparse.Namespace, out: Output) -> int:
    """Write a version to a file.

    JSON: dataset, rows, format, output (the whole path).

    Raises:
        DatasetError: when there is no such set, the format is not known or the file cannot be written.
    """
    from core.data.sets.export import export_file
    from core.data.sets.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    path = Path(arguments.output)
    format = arguments.format or path.suffix.lower().removeprefix(".")
    rows = export_file(dataset, format, path)
    answer = {"dataset": dataset.id, "rows": rows, "format": format, "output": str(path.resolve())}
    out.answer(answer, [f"{rows:,} rows of {dataset.id} written to {answer['output']}."])
    return 0


def suspects_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, who judges it, and how many rows to tell."""
    dataset_argument(parser)
    parser.add_argument(
        "--run", metavar="RUN", help="let this run judge its test rows; else a word model judges all rows"
    )
    parser.add_argument("--limit", type=int, default=100, help="rows to tell at most (default 100)")


def suspects(arguments: argparse.Namespace, out: Output) -> int:
    """Rows whose label is probably wrong, the most doubtful first.

    JSON: dataset, run, count (of all such rows), suspects (row, text, label, suggestion, certainty, split).

    Raises:
        DatasetError: when there is no such set, or it has no classes to doubt.
        RunError: when there is no such run, or it has no predictions.
    """
    from core.data.cleaning.label_errors import suspects_of_run, suspects_of_set
    from core.data.sets.store import get_dataset
    from core.runs.folder import get_run

    dataset = get_dataset(arguments.dataset)
    doubtful = suspects_of_run(get_run(arguments.run)) if arguments.run else suspects_of_set(dataset)
    rows = doubtful.head(arguments.limit).to_dict("records")
    shown = [
        row | {"text": str(row["text"])[:SHOWN_TEXT].replace("\n", " "), "sure": percent(row["certainty"])}
        for row in rows
    ]
    lines = [f"{len(doubtful):,} probable label errors."]
    answer = {"dataset": dataset.id, "run": arguments.run, "count": len(doubtful), "suspects": rows}
    out.answer(answer, lines + (table(shown, ("row", "label", "suggestion", "sure", "text")) if rows else []))
    return 0


def version_facts(dataset: "DataSet") -> dict[str, Any]:
    """A version in the words of the contract: dataset, name, version, rows, parent, change, created, done (a sentence)."""
    from core.data.sets.versions import version_number

    return {
        "dataset": dataset.id, "name": dataset.name, "version": version_number(dataset), "rows": dataset.rows,
        "parent": dataset.parent, "change": dataset.change, "created": dataset.created,
        "done": (dataset.change or {}).get("sentence", f"Read from {dataset.source_name}."),
    }  # fmt: skip


def version_line(dataset: "DataSet") -> str:
    """A version for a reader."""
    version = version_facts(dataset)
    return f"{dataset.id} (version {version['version']}, {dataset.rows:,} rows): {version['done']}"


def _labels_in(file: str) -> dict[int, str]:
    """New labels by row id, from a table with the columns row and label."""
    from core.data.reading.read import read_table

    rows = read_table(Path(file)).frame
    for column in ("row", "label"):
        if column not in rows:
            raise DatasetError(
                f"{file} has no column {column!r}.",
                "It needs two: `row` (the number in the set's column row) and `label` (the new label).",
            )
    try:
        return {int(row): str(label) for row, label in zip(rows["row"], rows["label"], strict=True)}
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"The column `row` of {file} holds something that is no whole number.", "Give row ids."
        ) from error
