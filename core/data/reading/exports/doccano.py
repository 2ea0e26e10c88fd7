"""Labels of doccano and kin: a list of labels beside a text, of categories in old exports, or spans, which are refused."""

from collections.abc import Sequence
from typing import Any

from core.data.reading.exports.shape import Convert, Record, RecordShape, most, one_or_all, spans_error

FIELDS = ("label", "labels", "annotations", "entities", "spans")


def _recognise(records: Sequence[Record]) -> Convert | None:
    if not most(records, lambda record: any(isinstance(record.get(name), str) for name in ("text", "data", "content"))):
        return None
    labelled = [name for name in FIELDS if any(_is_label(record.get(name)) for record in records)]
    spans = [name for name in FIELDS if any(_is_spans(record.get(name)) for record in records)]
    if spans and not labelled and not any("cats" in record for record in records):
        raise spans_error("an annotation tool")
    is_old = most(records, lambda record: _is_old(record.get("annotations")))
    return _old_row if is_old and not any("label" in record for record in records) else None


def _old_row(record: Record) -> Record | str:
    """``annotations`` of the first doccano: a list of objects with the number of a label."""
    labels = [str(item["label"]) for item in record.get("annotations") or ()]
    return {name: cell for name, cell in record.items() if name != "annotations"} | {"label": one_or_all(labels)}


def _is_old(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and isinstance(item.get("label"), str | int) for item in value
    )


def _is_spans(value: Any) -> bool:
    """[[0, 5, "PER"]] or [{"start": 0, "end": 5, "label": "PER"}]."""
    if not isinstance(value, list) or not value:
        return False
    return all(
        (isinstance(item, list) and len(item) == 3 and all(isinstance(end, int) for end in item[:2]) and isinstance(item[2], str))
        or (isinstance(item, dict) and bool({"start", "start_offset"} & item.keys()))
        for item in value
    )  # fmt: skip


def _is_label(value: Any) -> bool:
    is_listed = isinstance(value, list) and bool(value) and isinstance(value[0], str | int)
    return is_listed or (isinstance(value, str | int) and value != "")


DOCCANO = RecordShape("doccano", lambda names: bool(names & set(FIELDS)), _recognise)
