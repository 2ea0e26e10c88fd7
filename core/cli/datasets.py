"""Commands around data sets: add, list, show, check."""

import argparse
from typing import Any

from core.cli.output import Output, table


def data_add(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.sets.add import add_dataset

    delimiter = {"\\t": "\t", "tab": "\t"}.get(arguments.delimiter or "", arguments.delimiter)
    dataset, known = add_dataset(
        arguments.file, name=arguments.name, text=arguments.text, label=arguments.label,
        text_pair=arguments.text_pair, split=arguments.split, group=arguments.group, delimiter=delimiter,
        encoding=arguments.encoding, sheet=arguments.sheet, seed=arguments.seed, no_label=arguments.no_label,
        **_other_roles(arguments),
        header=arguments.header, progress=lambda share: out.bar(share, "reading"),
    )  # fmt: skip
    value = _told(dataset) | {"already_stored": known}
    out.answer(value, [
        f"{'Already stored' if known else 'Stored'}: {dataset.id} ({dataset.rows:,} rows, "
        f"{dataset.skipped_rows:,} set aside; text {dataset.text!r}, label {dataset.label!r}; {_answers_of(dataset)}).",
        *dataset.warnings,
    ])  # fmt: skip
    return 0


def data_list(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.sets.store import list_datasets

    sets = [_told(each) for each in list_datasets()]
    shown = table(sets, ("dataset", "rows", "task", "text", "label"))
    out.answer({"datasets": sets}, shown if sets else ["No data set yet. Add one: python -m core data add FILE"])
    return 0


def data_show(arguments: argparse.Namespace, out: Output) -> int:
    from core.data.sets.store import get_dataset

    value = _told(get_dataset(arguments.dataset))
    out.answer(value, [f"{key}: {entry}" for key, entry in value.items()])
    return 0


def data_check(arguments: argparse.Namespace, out: Output) -> int:
    from dataclasses import asdict

    from core.data.cleaning.checks.health import check_dataset
    from core.data.sets.store import get_dataset

    dataset = get_dataset(arguments.dataset)
    found = check_dataset(
        dataset, arguments.model, arguments.max_length, progress=lambda what, share: out.bar(share, what)
    )
    checks = [asdict(check) | {"rows": list(check.rows)} for check in found]
    lines = [f"{check['level']:8} {check['name']}: {check['message']}" for check in checks]
    out.answer({"dataset": dataset.id, "checks": checks}, lines)
    return 0


def _told(dataset: Any) -> dict[str, Any]:
    value = dataset.to_json()
    return {"dataset": dataset.id} | {key: value[key] for key in (
        "name", "rows", "skipped_rows", "skipped", "columns", "text", "label", "text_pair", "split", "group", "task",
        "format", "encoding", "delimiter", "labels", "counts", "sizes", "label_columns", "separator", "domain", "language",
        "id_column", "warnings", "created", "source_name", "fingerprint",
    )}  # fmt: skip


def _other_roles(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "task": {"score": "regression"}.get(arguments.task or "", arguments.task), "labels": tuple(arguments.labels),
        "separator": {"\\t": "\t", "tab": "\t"}.get(arguments.separator or "", arguments.separator),
        "domain": arguments.domain, "language": arguments.language, "id": arguments.id, "ignore": tuple(arguments.ignore),
    }  # fmt: skip


def _answers_of(dataset: Any) -> str:
    if dataset.task == "unlabelled":
        return "no labels"
    if dataset.task == "regression":
        return "a score"
    return f"{len(dataset.labels)} " + ("labels, several a row" if dataset.task == "multi_label" else "classes")
