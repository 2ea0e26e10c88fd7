"""What is asked at once is answered together, each asker gets its own rows, and what nobody waits for costs nothing."""

import asyncio
import threading

import numpy as np
import pytest

from core.serve import batching
from core.serve.batching import Batcher, Full


class Model:
    """Answers each text by its length; the first batch waits until it is let go."""

    def __init__(self):
        self.batches, self.go, self.busy = [], threading.Event(), threading.Event()

    def __call__(self, texts, pairs):
        self.batches.append(list(texts))
        self.busy.set()
        assert self.go.wait(10)
        if "bad" in texts:
            raise ValueError("bad")
        return np.array([[len(text), 0.0 if pairs is None else len(pairs[at])] for at, text in enumerate(texts)])


def asked(work, **keywords):
    """What ``work`` gives, called with a batcher and its model."""
    model = Model()
    batcher = Batcher(model, **keywords)
    try:
        return asyncio.run(work(batcher, model)), model
    finally:
        model.go.set()
        batcher.close()


async def _first_is_busy(batcher, model):
    first = asyncio.ensure_future(batcher.ask(["first"]))
    await asyncio.to_thread(model.busy.wait, 10)
    return first


def test_requests_that_come_meanwhile_are_one_batch():
    async def work(batcher, model):
        first = await _first_is_busy(batcher, model)
        others = [asyncio.ensure_future(batcher.ask(["x" * size, "yy"])) for size in range(1, 6)]
        await asyncio.sleep(0.05)
        assert batcher.waiting == 10
        model.go.set()
        return await asyncio.gather(first, *others)

    told = []
    (first, *others), model = asked(work, told=told.append)
    assert first[0, 0] == 5 and [rows[:, 0].tolist() for rows in others] == [[size, 2] for size in range(1, 6)]
    assert [len(batch) for batch in model.batches] == [1, 10] == told


def test_a_caller_that_left_is_not_answered_and_one_failure_harms_no_other_batch():
    async def work(batcher, model):
        first = await _first_is_busy(batcher, model)
        gone = asyncio.ensure_future(batcher.ask(["gone"]))
        await asyncio.sleep(0.05)
        gone.cancel()
        model.go.set()
        await first
        with pytest.raises(ValueError, match="bad"):
            await batcher.ask(["bad"])
        return await batcher.ask(["good"], ["pair"])

    rows, model = asked(work)
    assert rows.tolist() == [[4, 4]] and ["gone"] not in model.batches


def test_more_than_can_wait_is_refused_at_once(monkeypatch):
    monkeypatch.setattr(batching, "MOST_WAITING", 3)

    async def work(batcher, model):
        first = await _first_is_busy(batcher, model)
        waiting = asyncio.ensure_future(batcher.ask(["a", "b", "c"]))
        await asyncio.sleep(0.05)
        with pytest.raises(Full):
            await batcher.ask(["d"])
        model.go.set()
        return await asyncio.gather(first, waiting)

    asked(work)


def test_a_large_request_stays_whole_and_the_next_waits():
    async def work(batcher, model):
        first = await _first_is_busy(batcher, model)
        others = [asyncio.ensure_future(batcher.ask(["x"] * size)) for size in (batching.LARGEST + 5, 1, 2)]
        await asyncio.sleep(0.05)
        model.go.set()
        return await asyncio.gather(first, *others)

    _, model = asked(work)
    assert [len(batch) for batch in model.batches] == [1, batching.LARGEST + 5, 3]


def test_a_request_that_fails_harms_none_of_its_batch():
    async def work(batcher, model):
        first = await _first_is_busy(batcher, model)
        others = [asyncio.ensure_future(batcher.ask([text])) for text in ("good", "bad", "better")]
        await asyncio.sleep(0.05)
        model.go.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    (_, good, bad, better), model = asked(work)
    assert good[0, 0] == 4 and better[0, 0] == 6 and isinstance(bad, ValueError)
    assert ["good", "bad", "better"] in model.batches
