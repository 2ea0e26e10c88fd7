"""Domains of a set: the kinds of text, or the languages, that its column of this role tells apart."""

import pandas as pd

from core.data.sets.store import DataSet
from core.errors import DatasetError

SEPARATOR = "|"  # between domains in a setting
MOST = 30  # domains beyond which a column names something else


def domain_column(dataset: DataSet) -> str:
    """The column of the frame that names each row's domain, else its language.

    Raises:
        DatasetError: when the set has neither.
    """
    column = dataset.domain or dataset.language
    if not column:
        raise DatasetError(
            f"The data set {dataset.name!r} has no column of domains or languages.",
            "Add its file again with that column (`data add FILE --domain COLUMN`), or join sets: `data join SET SET`.",
        )
    return f"extra.{column}"


def domains_of(dataset: DataSet) -> list[str]:
    """The names of the domains that have rows to train on and rows to judge by, in alphabetical order.

    Raises:
        DatasetError: when the set has no such column, or the column names something else.
    """
    frame, column = dataset.frame(), domain_column(dataset)
    judged = "test" if (frame["split"] == "test").any() else "validation"
    known = [set(frame.loc[frame["split"] == part, column]) for part in ("train", judged)]
    names = sorted(name for name in known[0] & known[1] if str(name).strip() and SEPARATOR not in str(name))
    if not 2 <= len(names) <= MOST:
        raise DatasetError(
            f"The column {column.removeprefix('extra.')!r} of {dataset.name!r} has {len(names)} domains with rows to train on and to "
            "judge by.",
            f"A comparison of domains needs 2 to {MOST}.",
        )
    return names


def within(rows: pd.DataFrame, dataset: DataSet, domains: str | None) -> pd.DataFrame:
    """Those of ``rows`` that belong to the named domains; all of them where ``domains`` is None.

    Args:
        domains: names, separated by ``|``.

    Raises:
        DatasetError: when the set has no such domain.
    """
    if domains is None:
        return rows
    wanted, column = domains.split(SEPARATOR), domain_column(dataset)
    known = set(dataset.frame()[column])
    if unknown := [name for name in wanted if name not in known]:
        raise DatasetError(
            f"The data set {dataset.name!r} has no domain {unknown[0][:80]!r}.",
            f"Its domains: {', '.join(sorted(map(str, known))[:MOST])}.",
        )
    return rows[rows[column].isin(wanted)]
