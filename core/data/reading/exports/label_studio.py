"""The full JSON export of Label Studio: tasks with ``data`` and the ``annotations`` of people."""

from collections.abc import Sequence
from typing import Any

from core.data.reading.exports.shape import Convert, Record, RecordShape, agreed, most, one_or_all, spans_error

# what a person can say of a whole text -> the key of its value
WHOLE_TEXT = {"choices": "choices", "taxonomy": "taxonomy", "rating": "rating", "number": "number"}


def _recognise(records: Sequence[Record]) -> Convert | None:
    """Tasks as the export "JSON" (not "JSON-MIN") writes them."""
    if not most(records, lambda record: isinstance(record.get("data"), dict) and _annotations(record) is not None):
        return None
    results = [
        result for record in records for annotation in _annotations(record) or () for result in _results(annotation)
    ]
    if results and not any(result.get("type") in WHOLE_TEXT for result in results):
        raise spans_error("Label Studio")
    return _row


def _row(task: Record) -> Record | str:
    """The fields of the task's data and the answer to each question.

    Where several people answered, the one that is marked as true counts, else the answer that most gave.
    """
    annotations = [annotation for annotation in _annotations(task) or () if isinstance(annotation, dict)]
    given = [annotation for annotation in annotations if not annotation.get("was_cancelled")]
    if annotations and not given:
        return "skipped by the annotator"
    true = [annotation for annotation in given if annotation.get("ground_truth")]
    answers: dict[str, list[Any]] = {}
    for annotation in true[:1] or given:
        for question, answer in _answers(annotation).items():
            answers.setdefault(question, []).append(answer)
    row: Record = {"id": task.get("id"), **task["data"]}
    for question, said in answers.items():
        answer, is_clear = agreed(said)
        if not is_clear:
            return f"annotators disagree on {question!r}"
        row[question if question not in row else f"{question} (answer)"] = answer
    return row


def _answers(annotation: Record) -> dict[str, Any]:
    """Question -> one answer, or a list of several."""
    answers: dict[str, Any] = {}
    for result in _results(annotation):
        key = WHOLE_TEXT.get(str(result.get("type")))
        value = (result.get("value") or {}).get(key) if key else None
        if value is None:
            continue
        said = value if isinstance(value, list) else [value]
        labels = ["/".join(map(str, item)) if isinstance(item, list) else str(item) for item in said]
        answers[str(result.get("from_name", "label"))] = one_or_all(labels)
    return answers


def _annotations(task: Record) -> list[Any] | None:
    """What people said; old exports call it completions."""
    said = task.get("annotations", task.get("completions"))
    return said if isinstance(said, list) else None


def _results(annotation: Any) -> list[Record]:
    results = annotation.get("result") if isinstance(annotation, dict) else None
    return [result for result in results if isinstance(result, dict)] if isinstance(results, list) else []


LABEL_STUDIO = RecordShape(
    "Label Studio (full export)",
    lambda names: "data" in names and bool(names & {"annotations", "completions"}),
    _recognise,
)
