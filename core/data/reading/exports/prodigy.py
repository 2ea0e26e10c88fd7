"""Annotations of Prodigy: ``answer`` says whether a person accepted, ``accept`` which options they chose."""

from collections.abc import Sequence

from core.data.reading.exports.shape import Convert, Record, RecordShape, most, one_or_all, share, spans_error

ASIDE = {"ignore": "ignored by the annotator", "reject": "rejected by the annotator"}
_OWN = (
    "_input_hash",
    "_task_hash",
    "_view_id",
    "_session_id",
    "_annotator_id",
    "_timestamp",
    "options",
    "config",
    "accept",
    "answer",
)


def _recognise(records: Sequence[Record]) -> Convert | None:
    if not most(records, lambda record: record.get("answer") in ("accept", *ASIDE) and "_task_hash" in record):
        return None
    if most(records, lambda record: isinstance(record.get("accept"), list)):
        return _chosen
    labels = {record.get("label") for record in records if isinstance(record.get("label"), str)}
    if len(labels) > 1:
        return _accepted
    if not labels and share(records, lambda record: bool(record.get("spans"))) > 0:
        raise spans_error("Prodigy")
    return None  # one label that is accepted or rejected: then the answer itself says yes or no


def _chosen(record: Record) -> Record | str:
    """The options that were chosen, where the choice counts."""
    if record.get("answer") in ASIDE:
        return ASIDE[str(record["answer"])]
    return _own(record) | {"label": one_or_all([str(choice) for choice in record.get("accept") or ()])}


def _accepted(record: Record) -> Record | str:
    """The label that was shown, where it was accepted."""
    if record.get("answer") in ASIDE:
        return ASIDE[str(record["answer"])]
    return _own(record)


def _own(record: Record) -> Record:
    """The fields of the text, without those of the tool."""
    return {name: cell for name, cell in record.items() if name not in _OWN}


PRODIGY = RecordShape("Prodigy", lambda names: {"answer", "_task_hash"} <= names, _recognise)
