"""What a benchmark has found so far: one JSON object a line in a file, so that what is there is not done again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Lines:
    """Finished lines by key; each new one is on disk before the next is begun.

    Args:
        path: the file; it is made where it is missing. A last line that was cut off is dropped.
    """

    def __init__(self, path: Path):
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            self._known[value["key"]] = value

    def get(self, key: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The line of ``key``, computed and written where it is not there yet."""
        if key not in self._known:
            value = {"key": key} | compute()
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(value, ensure_ascii=False) + "\n")
            self._known[key] = value
        return self._known[key]
