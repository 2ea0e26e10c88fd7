"""Batches of what is asked at once: while the model computes, requests gather, and are then answered together."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.serve.engine import Predict

LARGEST = 64  # texts of a batch, if no single request has more
MOST_WAITING = 4096  # texts


class Full(Exception):
    """More is waiting than could be answered in time."""


@dataclass(frozen=True, slots=True)
class _Asked:
    texts: Sequence[str]
    pairs: Sequence[str] | None
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[np.ndarray]"


class Batcher:
    """One thread that answers whatever is waiting; ``close`` ends it.

    Args:
        told: called with the number of texts of each batch.
    """

    def __init__(self, predict: Predict, told: Callable[[int], object] = float):
        self._predict, self._told = predict, told
        self._waiting: deque[_Asked] = deque()
        self._texts = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Texts that no batch has taken yet."""
        return self._texts

    async def ask(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> np.ndarray:
        """Outputs for some texts, in their order. A caller that is cancelled while it waits costs nothing.

        Raises:
            Full: when too much is waiting.
        """
        loop = asyncio.get_running_loop()
        asked = _Asked(texts, pairs, loop, loop.create_future())
        with self._changed:
            if self._closed or self._texts + len(texts) > MOST_WAITING:
                raise Full
            self._waiting.append(asked)
            self._texts += len(texts)
            self._changed.notify()
        return await asked.answer

    def close(self) -> None:
        """End the thread once it has answered what it is at."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._next():
            self._told(sum(len(asked.texts) for asked in batch))
            try:
                self._answer(batch)
            except Exception:  # one of them harms no other: each is answered alone, or told why it is not
                for asked in batch:
                    try:
                        self._answer([asked])
                    except Exception as error:
                        asked.loop.call_soon_threadsafe(_settle, asked.answer, error)

    def _answer(self, batch: Sequence[_Asked]) -> None:
        texts = [text for asked in batch for text in asked.texts]
        pairs = None if batch[0].pairs is None else [pair for asked in batch for pair in asked.pairs or ()]
        outputs = self._predict(texts, pairs)
        ends = np.cumsum([len(asked.texts) for asked in batch])
        for asked, own in zip(batch, np.split(outputs, ends[:-1]), strict=True):
            asked.loop.call_soon_threadsafe(_settle, asked.answer, own)

    def _next(self) -> list[_Asked]:
        """The next batch, once something waits; nothing when this was closed."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return []
                batch: list[_Asked] = []
                while self._waiting and (
                    not batch or sum(len(one.texts) for one in batch) + len(self._waiting[0].texts) <= LARGEST
                ):
                    asked = self._waiting.popleft()
                    self._texts -= len(asked.texts)
                    if not asked.answer.cancelled():
                        batch.append(asked)
                if batch:
                    return batch


def _settle(future: "asyncio.Future[np.ndarray]", answer: np.ndarray | Exception) -> None:
    if future.done():  # its caller did not wait any longer
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
