"""Search for models of the Hub by words in their names."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from core.errors import SourceError
from core.models.hub_files import refused
from core.models.sources import is_offline

MOST = 20  # models that are listed
PATIENCE = 6.0  # seconds to wait for the list: no timeout of the client covers the look-up of a name
ENCODERS = frozenset(
    "albert bert big_bird camembert convbert deberta deberta-v2 distilbert electra ernie eurobert flaubert layoutlm "
    "longformer mobilebert modernbert mpnet nomic_bert roberta roformer squeezebert xlm xlm-roberta xlm-roberta-xl xlnet"
    .split()
)  # fmt: skip  # kinds of architecture, as the Hub tags them, from which a classifier can be made


@dataclass(frozen=True, slots=True)
class Found:
    """A model that a search found; ``downloads`` in the last 30 days."""

    name: str
    kind: str
    downloads: int
    licence: str


def search_models(words: str) -> list[Found]:
    """Encoders whose names hold these words, the most downloaded first.

    Raises:
        SourceError: when the Hub cannot be asked.
    """
    if is_offline():
        raise SourceError("Graft is offline, so the Hub cannot be searched.", "Connect, or use a local folder.")
    asked: Future[list[Any]] = Future()
    threading.Thread(target=_ask, args=(words.strip(), asked), name="hub search", daemon=True).start()
    try:
        listed = asked.result(timeout=PATIENCE)
    except TimeoutError as error:
        raise SourceError(
            f"The Hub does not answer within {PATIENCE:.0f} s.", "Try again when it can be reached."
        ) from error
    except Exception as error:  # the client raises its own kinds, and those of its HTTP library
        raise refused(words, error) from error
    found = []
    for model in listed:
        tags = model.tags or []
        kind = next((tag for tag in tags if tag in ENCODERS), None)
        if kind:
            licence = next((tag.removeprefix("license:") for tag in tags if tag.startswith("license:")), "")
            found.append(Found(model.id, kind, int(model.downloads or 0), licence))
    return found[:MOST]


def _ask(words: str, asked: "Future[list[Any]]") -> None:
    from huggingface_hub import HfApi

    try:
        asked.set_result(list(HfApi().list_models(search=words or None, sort="downloads", limit=5 * MOST)))
    except Exception as error:
        asked.set_exception(error)
