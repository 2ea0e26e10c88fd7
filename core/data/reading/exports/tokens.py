"""Texts that come as lists of words."""

from collections.abc import Sequence

from core.data.reading.exports.shape import Convert, Record, RecordShape, field_of, most
from core.errors import DatasetError

LISTS = ("tokens", "words", "tokenized_text", "sentence_tokens", "token", "text", "sentence")
_NO_BLANK_BEFORE = set(".,;:!?)]}%") | {"...", "n't", "'s", "'re", "'ve", "'ll", "'d", "'m"}
WORDS = 3  # words of a typical text at least


def _recognise(records: Sequence[Record]) -> Convert | None:
    """Nearly all records hold a list of words; labels of the single words are no label of the text."""
    field = field_of(records, LISTS, _is_words)
    if field is None:
        return None
    lengths = sorted(len(record[field]) for record in records if _is_words(record.get(field)))
    if lengths[len(lengths) // 2] < WORDS:
        return None
    names = dict.fromkeys(name for record in records for name in record)
    tagged = [name for name in names if name != field and _is_tagged(records, field, name)]
    others = [name for name in names if name not in (field, *tagged)]
    if tagged and not any(name.lower() not in ("id", "idx", "index", "guid") for name in others):
        raise DatasetError(
            f"The list {tagged[0]!r} labels every word of {field!r} by itself (named entities, parts of speech).",
            "Graft learns labels of whole texts: give a column with one label a row.",
        )

    def row(record: Record) -> Record | str:
        words = record.get(field)
        own = {name: cell for name, cell in record.items() if name != field and name not in tagged}
        return {"text": joined(words) if isinstance(words, list) else words} | own

    return row


def joined(words: Sequence[object]) -> str:
    """Words as running text: blanks between them, none before a full stop."""
    text = ""
    for word in map(str, words):
        text += word if not text or word in _NO_BLANK_BEFORE else f" {word}"
    return text


def _is_words(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) for word in value)


def _is_tagged(records: Sequence[Record], field: str, name: str) -> bool:
    """Whether a list in nearly all records has one item for each word."""
    return most(records, lambda record: _as_long(record.get(name), record.get(field)))


def _as_long(tags: object, words: object) -> bool:
    return isinstance(tags, list) and isinstance(words, list) and len(tags) == len(words)


TOKENS = RecordShape("lists of words", lambda names: bool(names & set(LISTS)), _recognise)
