"""Carry out a presentation: load the model once, serve until somebody stops it, the app is gone or the run is."""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from core.export.report import speed_of
from core.export.report_story import tell
from core.jobs.process import is_alive
from core.present.answering import Answering
from core.present.page import render
from core.present.server import Server
from core.results.answerer import load_model
from core.runs.folder import Run

WATCHED = 1.0  # seconds between two looks at owner and run


def open_server(run: Run, address: str, port: int) -> Server:
    """A server for a finished run, listening but not yet serving.

    Raises:
        GraftError: when the run has no result or no model, or the port cannot be used.
    """
    tell(run)  # says at once where there is no result
    predictor = load_model(run)
    story = tell(run, speed_of(run, predictor))
    result: dict[str, Any] = run.result or {}
    table = run.read_predictions(result["split"])
    is_score = result.get("task") == "regression"
    scale = (float(table["label"].min()), float(table["label"].max())) if is_score else (0.0, 1.0)
    answering = Answering(predictor, "text_pair" in table, scale)
    page, policy = render(story, answering.takes_pairs)
    return Server(address, port, page, policy, answering)


def serve(server: Server, run: Run, owner: dict[str, Any] | None, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, until the owner lives no more, or until the run was deleted.

    Args:
        owner: identity of the process for which it serves; None for a person at a terminal.
        ready: called once requests are answered.
    """
    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ended.set()

    before = {sign: signal.signal(sign, end) for sign in (signal.SIGINT, signal.SIGTERM)}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        ready()
        while not ended.wait(WATCHED):
            if not run.path.is_dir() or (owner is not None and not is_alive(owner)):
                break
    finally:
        server.shutdown()
        server.server_close()
        for sign, handler in before.items():
            with suppress(ValueError):
                signal.signal(sign, handler)
