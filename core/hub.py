"""A file of the Hub, fetched with progress and looked at: what models and data sets share."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def fetch_file(
    name: str, file: str, commit: str | None, told: Callable[[int], None] | None = None, kind: str = "model"
) -> Path:
    """A file of a repository, from the cache where it is; what breaks off is gone on with a few times.

    Args:
        commit: the state of the repository; None for its newest.
        told: is told how many bytes of this file have come.
        kind: "model" or "dataset".

    Raises:
        OSError: when what came is not what the Hub has; what else the client raises.
    """
    from huggingface_hub import hf_hub_download

    came = 0

    def count(done: int) -> None:
        nonlocal came
        came = done
        if told:
            told(done)

    path = Path(hf_hub_download(name, file, repo_type=kind, revision=commit, tqdm_class=_counter(count)))
    if came:
        _check_whole(path)
    return path


def _check_whole(path: Path) -> None:
    """Large files are named by their SHA-256 in the cache: what came under another one is thrown away.

    Raises:
        OSError: when it is not what the Hub has.
    """
    blob = path.resolve()
    if len(blob.name) != 64:
        return
    with blob.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != blob.name:
        path.unlink()
        blob.unlink(missing_ok=True)
        raise OSError(f"{path.name} is not what the Hub has")


def _counter(told: Callable[[int], None]) -> type[Any]:
    """A progress bar of the client's kind that shows nothing and tells how many bytes have come."""
    from tqdm import tqdm

    class Counter(tqdm):
        def __init__(self, *args: Any, **kwargs: Any):
            kwargs.pop("name", None)
            kwargs["disable"] = True
            super().__init__(*args, **kwargs)
            self.seen = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> None:
            self.seen += int(n or 0)
            told(self.seen)

    return Counter
