"""Records of Argilla: answers of people (``responses``) beside suggestions of models, flat, nested, or of version 1."""

from collections.abc import Sequence
from typing import Any

from core.data.reading.exports.shape import Convert, Record, RecordShape, agreed, most, one_or_all

SUBMITTED = "submitted"


def _recognise_flat(records: Sequence[Record]) -> Convert | None:
    """``topic.responses`` beside ``topic.responses.status`` and ``topic.suggestion``."""
    questions = sorted(
        {name.removesuffix(".responses") for record in records for name in record if name.endswith(".responses")}
    )
    if not questions:
        return None

    def row(record: Record) -> Record | str:
        said = {
            question: _pairs(record.get(f"{question}.responses"), record.get(f"{question}.responses.status"))
            for question in questions
        }
        own = {
            name: cell for name, cell in record.items()
            if not any(name.startswith(f"{question}.") for question in questions)
        }  # fmt: skip
        return _answered(own, said)

    return row


def _recognise_nested(records: Sequence[Record]) -> Convert | None:
    """``fields``, and under ``responses`` a list of values with their status for each question."""
    if not most(records, lambda record: isinstance(record.get("fields"), dict) and "responses" in record):
        return None

    def row(record: Record) -> Record | str:
        responses = record.get("responses")
        said: dict[str, list[tuple[Any, str]]] = {}
        if isinstance(responses, dict):
            for question, answers in responses.items():
                said[question] = [
                    (answer.get("value"), str(answer.get("status", SUBMITTED)))
                    for answer in answers or () if isinstance(answer, dict)
                ]  # fmt: skip
        for response in responses if isinstance(responses, list) else ():  # version 1: a response with all its values
            for question, answer in (response.get("values") or {}).items():
                said.setdefault(question, []).append((answer.get("value"), str(response.get("status", SUBMITTED))))
        own = {"id": record.get("id")} | record["fields"] | (record.get("metadata") or {})
        return _answered(own, said)

    return row


def _recognise_first(records: Sequence[Record]) -> Convert | None:
    """Version 1 for classification: ``annotation`` of a person beside the ``prediction`` of a model."""
    if not most(records, lambda record: {"annotation", "prediction", "status"} <= record.keys()):
        return None

    def row(record: Record) -> Record | str:
        if record.get("status") == "Discarded":
            return "discarded by the annotator"
        own = {name: cell for name, cell in record.items() if not name.startswith(("prediction", "annotation"))}
        inputs = own.pop("inputs", None)
        return own | (inputs if isinstance(inputs, dict) else {}) | {"label": record.get("annotation")}

    return row


def _pairs(values: Any, states: Any) -> list[tuple[Any, str]]:
    if values is None or values == "":
        return []
    listed = values if isinstance(values, list) else [values]
    told = states if isinstance(states, list) else [states or SUBMITTED] * len(listed)
    return [(value, str(state)) for value, state in zip(listed, [*told, *[SUBMITTED] * len(listed)], strict=False)]


def _answered(own: Record, said: dict[str, list[tuple[Any, str]]]) -> Record | str:
    """The row with the answer of people to each question; discarded ones do not count, drafts neither."""
    everything = [pair for pairs in said.values() for pair in pairs]
    if everything and all(state == "discarded" for _, state in everything):
        return "discarded by the annotator"
    row = dict(own)
    for question, pairs in said.items():
        answers = [value for value, state in pairs if state == SUBMITTED and value is not None]
        answer, is_clear = agreed(answers)
        if not is_clear:
            return f"annotators disagree on {question!r}"
        row[question if question not in row else f"{question} (answer)"] = (
            one_or_all(answer) if isinstance(answer, list) else answer
        )
    return row


ARGILLA = (
    RecordShape("Argilla", lambda names: any(name.endswith(".responses") for name in names), _recognise_flat),
    RecordShape("Argilla", lambda names: {"fields", "responses"} <= names, _recognise_nested),
    RecordShape("Argilla", lambda names: {"annotation", "prediction", "status"} <= names, _recognise_first),
)
