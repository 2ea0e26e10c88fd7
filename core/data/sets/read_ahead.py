"""Reading ahead: the next items are made in a thread while one is worked on."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any

DEPTH = 2  # items that are made while one is worked on


def read_ahead(items: Iterable[Any], depth: int = DEPTH) -> Iterator[Any]:
    """The same items, with the next ones made in a thread meanwhile; what goes wrong there is raised here."""
    ready: queue.Queue[tuple[str, Any]] = queue.Queue(depth)
    left = threading.Event()

    def put(kind: str, item: Any) -> None:
        while not left.is_set():
            try:
                return ready.put((kind, item), timeout=0.1)
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put("item", item)
                if left.is_set():
                    return
            put("end", None)
        except BaseException as error:  # raised again where the items are used
            put("error", error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (got := ready.get())[0] == "item":
            yield got[1]
        if got[0] == "error":
            raise got[1]
    finally:
        left.set()
        thread.join()
