"""Commands around data sets: add, list, show, check."""

import argparse
from typing import TYPE_CHECKING, Any

from core.cli.output import Output, table

if TYPE_CHECKING:
    from core.data.sets.store import DataSet

TASKS = ("single_label", "multi_label", "regression", "score")  # the last two are the same
TAB = {"\\t": "\t", "tab": "\t"}  # how a tab may be written in a shell
ADD_FLAGS = {
    "name": "what to call the set",
    "label": "label column",
    "text-pair": "second text column, for pairs",
    "split": "column that names train, validation and test",
    "group": "column whose rows must stay in one part",
    "delimiter": "separator, such as , or \\t",
    "encoding": "such as utf-8 or cp1252",
    "sheet": "sheet of a workbook, table of an archive, configuration of a Hub set",
    "separator": "what joins several labels in one cell, such as , or |",
    "decimal": "mark before the decimals of a score: . or , (found out if not given)",
    "domain": "column with the kind of text",
    "language": "column with the language",
    "id": "column that names each row",
}
FACTS = (  # of a stored set, that a script is told
    "name", "rows", "skipped_rows", "skipped", "columns", "text", "label", "text_pair", "split", "group", "task",
    "format", "encoding", "delimiter", "labels", "counts", "sizes", "label_columns", "separator", "domain", "language",
    "id_column", "joined", "warnings", "asks", "created", "source_name", "fingerprint",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and whatever is not to be guessed of it."""
    parser.add_argument("file", metavar="FILE", help="a file, or a data set of the Hub such as stanfordnlp/imdb")
    parser.add_argument(
        "--text", action="append", metavar="COLUMN",
        help="text column; given several times, the columns are joined to one text in this order",
    )  # fmt: skip
    for flag, text in ADD_FLAGS.items():
        parser.add_argument(f"--{flag}", help=text)
    parser.add_argument(
        "--task", choices=TASKS, help="what to learn: one label, several, or a score (guessed if not given)"
    )
    parser.add_argument(
        "--labels", nargs="+", default=[], metavar="COLUMN", help="columns of 0 and 1, one for each label"
    )
    parser.add_argument(
        "--places", nargs="+", default=[], metavar="NAME", help="what the places of lists such as [0, 0, 1] are called"
    )
    parser.add_argument("--ignore", nargs="+", default=[], metavar="COLUMN", help="columns that are not kept")
    parser.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="whether the first row names the columns (default: found out)",
    )
    parser.add_argument("--seed", type=int, default=42, help="seed of the split (default 42)")
    parser.add_argument("--no-label", action="store_true", help="store it without labels, for prediction only")


def add(arguments: argparse.Namespace, out: Output) -> int:
    """Read a file, guess what was not given, and store it.

    JSON: dataset (its id), the ``FACTS`` and already_stored.

    Raises:
        DatasetError: when the file cannot be read or used as asked.
    """
    from core.data.sets.add import add_dataset

    dataset, already_stored = add_dataset(
        arguments.file, name=arguments.name, text=arguments.text, label=arguments.label,
        text_pair=arguments.text_pair, split=arguments.split, group=arguments.group,
        delimiter=TAB.get(arguments.delimiter or "", arguments.delimiter),
        encoding=arguments.encoding, sheet=arguments.sheet, seed=arguments.seed, no_label=arguments.no_label,
        task={"score": "regression"}.get(arguments.task or "", arguments.task), labels=tuple(arguments.labels),
        separator=TAB.get(arguments.separator or "", arguments.separator),
        decimal=arguments.decimal, places=tuple(arguments.places),
        domain=arguments.domain, language=arguments.language, id=arguments.id, ignore=tuple(arguments.ignore),
        header=arguments.header, progress=lambda share: out.bar(share, "reading"),
    )  # fmt: skip
    texts = " + ".join(map(repr, dataset.texts))
    out.answer(facts(dataset) | {"already_stored": already_stored}, [
        f"{'Already stored' if already_stored else 'Stored'}: {dataset.id} ({dataset.rows:,} rows, "
        f"{dataset.skipped_rows:,} set aside; text {texts}, label {dataset.label!r}; {_answers_of(dataset)}).",
        *dataset.warnings, *(_asked(ask) for ask in dataset.asks),
    ])  # fmt: skip
    return 0


def list_all(arguments: argparse.Namespace, out: Output) -> int:
    """All stored sets, newest first.

    JSON: datasets, each as ``data add`` answers; damaged, each with dataset (its id), message and hint.
    """
    from core.data.sets.store import list_damaged, list_datasets

    datasets = [facts(dataset) for dataset in list_datasets()]
    wrong = [
        {"dataset": damaged.id, "message": damaged.error.message, "hint": damaged.error.hint}
        for damaged in list_damaged()
    ]
    lines = table(datasets, ("dataset", "rows", "task", "text", "label"))
    lines = lines if datasets else ["No data set yet. Add one: python -m core data add FILE"]
    out.answer(
        {"datasets": datasets, "damaged": wrong},
        [*lines, *(f"{damaged['message']} {damaged['hint']}" for damaged in wrong)],
    )
    return 0


def dataset_argument(parser: argparse.ArgumentParser) -> None:
    """A stored set, by id or name."""
    parser.add_argument("dataset", metavar="DATASET")


def show(arguments: argparse.Namespace, out: Output) -> int:
    """What is known of a set.

    JSON: as ``data add`` answers.

    Raises:
        DatasetError: when there is no such set.
    """
    from core.data.sets.store import get_dataset

    known = facts(get_dataset(arguments.dataset))
    out.answer(known, [f"{name}: {value}" for name, value in known.items()])
    return 0


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """The set, and as whom to read it."""
    dataset_argument(parser)
    parser.add_argument("--model", default="minilm", help="the source that is going to read it (default minilm)")
    parser.add_argument("--max-length", type=int, default=256, help="tokens of a text that it reads (default 256)")


def check(arguments: argparse.Namespace, out: Output) -> int:
    """The health of a set.

    JSON: dataset, checks (name, level, message, rows and what else a check says).

    Raises:
        DatasetError: when there is no such set.
    """
    from dataclasses import asdict

    from core.data.cleaning.checks.health import check_dataset
    from core.data.sets.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    results = check_dataset(
        dataset, arguments.model, arguments.max_length, progress=lambda what, share: out.bar(share, what)
    )
    checks = [asdict(result) | {"rows": list(result.rows)} for result in results]
    lines = [f"{result['level']:8} {result['name']}: {result['message']}" for result in checks]
    out.answer({"dataset": dataset.id, "checks": checks}, lines)
    return 0


def facts(dataset: "DataSet") -> dict[str, Any]:
    """A stored set in the words of the contract."""
    stored = dataset.to_json()
    return {"dataset": dataset.id} | {name: stored[name] for name in FACTS}


def _asked(ask: dict[str, Any]) -> str:
    """What the file left open, as a warning that names the option which decides."""
    taken, other = ask["readings"]
    return f"To be checked: {ask['question']} Taken: {taken['title']}. For {other['title']}: {ask['option']}"


def _answers_of(dataset: "DataSet") -> str:
    """What its rows are labelled with, in words."""
    if dataset.task == "unlabelled":
        return "no labels"
    if dataset.task == "regression":
        return "a score"
    return f"{len(dataset.labels)} " + ("labels, several a row" if dataset.task == "multi_label" else "classes")
