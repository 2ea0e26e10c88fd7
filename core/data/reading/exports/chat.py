"""Conversations: messages with roles. What was asked is the text, the last answer its label."""

from collections.abc import Sequence
from typing import Any

from core.data.reading.exports.shape import Convert, Record, RecordShape, field_of
from core.errors import DatasetError

LISTS = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue")
ANSWERS = ("assistant", "gpt", "model", "bot", "chatbot", "ai")
INSTRUCTS = ("system", "developer")


def _names(names: set[str]) -> bool:
    return bool(names & set(LISTS))


def _recognise(records: Sequence[Record]) -> Convert | None:
    field = field_of(records, LISTS, lambda value: bool(_turns(value)))
    if field is None:
        return None
    answered = [turns[-1][0] in ANSWERS for record in records if (turns := _turns(record.get(field)))]
    asked = any(who not in ANSWERS + INSTRUCTS for record in records for who, _ in _turns(record.get(field)))
    if not asked:
        raise DatasetError(
            "These conversations hold no message of a user, so there is no text to read.",
            "Write one row a text, with a column of texts and one of labels.",
        )

    def row(record: Record) -> Record | str:
        turns = [turn for turn in _turns(record.get(field)) if turn[0] not in INSTRUCTS]
        if not turns:
            return "a conversation without messages"
        own = {name: cell for name, cell in record.items() if name != field}
        label = turns.pop()[1] if turns[-1][0] in ANSWERS else None
        if not turns:
            return "a conversation without a message of the user"
        text = turns[0][1] if len(turns) == 1 else "\n".join(f"{who}: {said}" for who, said in turns)
        # what a person wrote beside the conversation, such as a label, goes before the model's last answer
        answer = {"answer" if "label" in own else "label": label} if any(answered) else {}
        return {"text": text} | own | answer

    return row


def _turns(value: Any) -> list[tuple[str, str]]:
    """(who, what) for each message, in the two usual spellings; empty where the value is no conversation."""
    if not isinstance(value, list) or not value or not all(isinstance(turn, dict) for turn in value):
        return []
    turns = [(str(turn.get("role", turn.get("from", ""))).lower(), _content(turn)) for turn in value]
    return [(who, said) for who, said in turns if said] if all(who for who, _ in turns) else []


def _content(turn: Record) -> str:
    """What a message says; of one in parts, the texts."""
    said = turn.get("content", turn.get("value"))
    if isinstance(said, list):
        said = "\n".join(str(part.get("text")) for part in said if isinstance(part, dict) and part.get("text"))
    return said if isinstance(said, str) else ""


CHAT = RecordShape("a chat", _names, _recognise)
