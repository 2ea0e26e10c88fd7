"""Whether the Hub has a model: asked aside, within a limit of time, and remembered.

No timeout of a client covers the look-up of a name, which alone can hang for most of a minute. So each question has a thread of its
own, for which nobody waits longer than ``LIMIT``.
"""

import os
import threading
import time
from dataclasses import dataclass, field

from core.models.hub_files import HubModel, look_up

LIMIT = 3.0  # seconds after which the Hub counts as not reachable
KEPT = 60.0  # seconds for which an answer holds
SILENT = f"the Hub does not answer within {LIMIT:.0f} s. Connect, or copy the model's folder here and choose it as a local folder."

_Key = tuple[str, str, str | None]  # endpoint, name, revision


@dataclass(slots=True)
class _Question:
    began: float
    why_not: str | None = None  # "" where the model can be fetched
    silent: bool = False
    model: HubModel | None = None
    answered: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> str | None:
        """What is known by now: "" or why not; None while it is asked and there is still time."""
        if self.answered.is_set():
            return self.why_not
        return SILENT if time.monotonic() - self.began >= LIMIT else None


_lock = threading.Lock()
_questions: dict[_Key, _Question] = {}


def why_not_on_hub(name: str, revision: str | None = None, wait: float = LIMIT) -> str | None:
    """Why a model cannot be fetched, as the end of a sentence; "" where it can, None where that is not known yet.

    Args:
        wait: seconds to wait for the answer. With 0 it is only begun to ask: who comes again later finds the answer.
    """
    question = _asked(name, revision)
    left = max(0.0, question.began + LIMIT - time.monotonic())
    question.answered.wait(min(wait, left))
    return question.answer()


def known_model(name: str, revision: str | None = None) -> HubModel | None:
    """What the Hub told of a model when it was last asked; None where it was not, or has not answered."""
    return _asked(name, revision).model


def _asked(name: str, revision: str | None) -> _Question:
    """The question about this model: one that still holds, or a new one; a silent Hub is silent for every model."""
    endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    key = (endpoint, name, revision)
    now = time.monotonic()
    with _lock:
        for old in [old for old, question in _questions.items() if now - question.began > KEPT]:
            del _questions[old]
        for other, question in _questions.items():
            if other == key or (other[0] == endpoint and (question.silent or question.answer() == SILENT)):
                return question
        question = _questions[key] = _Question(now)
    threading.Thread(target=_ask, args=(key, question), name="hub", daemon=True).start()
    return question


def _ask(key: _Key, question: _Question) -> None:
    from huggingface_hub import get_token

    endpoint, name, revision = key
    try:
        model = look_up(name, revision, endpoint, LIMIT)
    except Exception as error:  # the client raises its own kinds, and those of its HTTP library
        status = getattr(getattr(error, "response", None), "status_code", None)
        question.why_not = _told(type(error).__name__, name, revision, status)
        question.silent = question.why_not == SILENT
    else:
        closed = model.gated and get_token() is None
        question.model = model
        question.why_not = _told("GatedRepoError", name, revision) if closed else ""
    question.answered.set()


def _told(kind: str, name: str, revision: str | None, status: int | None = None) -> str:
    """Why not, by the kind of error that the client raised, and the status where the Hub did answer."""
    if kind == "RevisionNotFoundError":
        return f"the Hub's model {name!r} has no revision {revision!r}."
    if kind in ("RepositoryNotFoundError", "HFValidationError"):
        return f"the Hub has no public model {name!r}. Check its name, such as google-bert/bert-base-uncased."
    if kind == "GatedRepoError":
        return f"{name} asks for consent. Accept its terms on its page on the Hub, log in there, and try again."
    if status == 429:
        return "the Hub asks to wait: too many were asked for from here. Try again in some minutes."
    return f"the Hub answers with an error ({status}). Try again later." if status else SILENT
