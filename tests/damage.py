"""Ways in which a file comes to harm, and a workspace to try them on."""

import json
import shutil
from pathlib import Path

import numpy as np

DEEP = b"[" * 200_000
JSON_HARMS = ("cut", "empty", "list", "object", "text", "number", "null", "deep", "binary", "folder", "missing")


def harm(path: Path, how: str) -> None:
    """Damage a file; ``cut`` keeps its first half."""
    content = path.read_bytes() if path.is_file() else b""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if how == "folder":
        path.mkdir()
        return
    if how == "missing":
        return
    written = {
        "cut": content[: len(content) // 2], "empty": b"", "list": b"[]", "object": b"{}", "text": b'"x"', "number": b"5",
        "null": b"null", "deep": DEEP, "binary": np.random.default_rng(0).bytes(4096), "flipped": _flipped(content),
    }  # fmt: skip
    path.write_bytes(written[how])


def _flipped(content: bytes) -> bytes:
    """Every 40th byte turned over."""
    values = np.frombuffer(content, dtype=np.uint8).copy()
    values[::40] ^= 0xFF
    return values.tobytes()


def with_key(path: Path, **changes: object) -> None:
    """Change keys of a JSON object; ``...`` takes one away."""
    value = json.loads(path.read_bytes()) | changes
    path.write_text(json.dumps({name: entry for name, entry in value.items() if entry is not ...}))
