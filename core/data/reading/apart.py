"""Reading a file in a process of its own, with bounds of memory and time, so that a library that ends it ends nothing else.

One small process imports the readers once and then forks for each file, which takes some milliseconds. It is no fork of this
process, whose threads and locks a fork would not survive. The fork opens the file and then answers: its batches, or a peek.
Where the system cannot fork, files are read in this process.
"""

import atexit
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from core import workspace
from core.data.reading.limits import MOST_MEMORY, MOST_SECONDS
from core.data.reading.reader import ReadingOptions
from core.data.reading.table_reader import Batch, TableReader
from core.errors import DatasetError

_lock = threading.Lock()
_server: tuple[subprocess.Popen[bytes], socket.socket] | None = None


def can_read_apart() -> bool:
    """Whether this system can fork, and this is not such a process already."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and "GRAFT_READS_APART" not in os.environ


def open_apart(
    opens: Callable[[Path, str, ReadingOptions], TableReader], path: Path, name: str, options: ReadingOptions
) -> TableReader:
    """What ``opens`` gives for a file, in another process that lives as long as the reader that comes back.

    Args:
        opens: a function of a module.

    Raises:
        DatasetError: as ``opens`` does, and when the file takes that process down or more time than there is.
    """
    asked = _Asked(name)
    facts: dict[str, Any] = asked.answer("open", opens, path.resolve(), name, options)
    has_peek = facts.pop("peek")
    return TableReader(
        **facts, batches=partial(_batches, asked), peek=partial(asked.answer, "peek") if has_peek else None, owns=asked
    )


def _batches(asked: "_Asked") -> Iterator[Batch]:
    number = next(asked.numbers)
    while (batch := asked.answer("batch", number)) is not None:
        yield batch


class _Asked:
    """A process that reads one file, asked over a connection; it ends with this object."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.numbers = iter(range(sys.maxsize))
        self._lock = threading.Lock()
        self._connection = _fork()
        self._pid: int = self._connection.recv()
        weakref.finalize(self, _end, self._connection, self._pid)

    def answer(self, *question: Any) -> Any:
        """What the process answers.

        Raises:
            DatasetError: when it raised one, when it died, or when it took too long.
        """
        with self._lock:
            try:
                self._connection.send(question)
                if not self._connection.poll(MOST_SECONDS):
                    _end(self._connection, self._pid)
                    raise DatasetError(
                        f"{self.name} was not read within {MOST_SECONDS / 60:.0f} minutes.",
                        "Split it, or export it as CSV.",
                    )
                went_well, answer = pickle.loads(self._connection.recv_bytes())
            except (EOFError, OSError) as error:
                raise DatasetError(
                    f"{self.name} took down the process that read it: it is damaged, or asks for more memory than a table needs "
                    f"(more than {MOST_MEMORY / 1e9:.0f} GB).",
                    "Export it again, as CSV or with fewer rows and columns.",
                ) from error
        if went_well:
            return answer
        raise answer


def _end(connection: Connection, pid: int) -> None:
    connection.close()
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has ended by itself
        pass


def _fork() -> Connection:
    """A connection to a fresh fork of the process that forks."""
    global _server
    with _lock:
        for _ in range(2):
            if _server is None or _server[0].poll() is not None:
                _server = _start()
            ours, theirs = socket.socketpair()
            try:
                socket.send_fds(_server[1], [b"f"], [theirs.fileno()])
            except OSError:  # it has died
                _server = None
                ours.close()
                continue
            finally:
                theirs.close()
            return Connection(ours.detach())
    raise DatasetError("The process that reads files cannot be started.", "Look at the memory of this machine.")


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()})"]
        process = subprocess.Popen(
            command, cwd=workspace.PROJECT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env=os.environ | {"GRAFT_READS_APART": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    atexit.register(_stop, process, ours)
    return process, ours


def _stop(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    control.close()  # tells it to end
    process.kill()
    process.wait()


def serve(handle: int) -> None:
    """Fork for each connection that arrives over a socket, until its other side closes."""
    import pandas  # noqa: F401 - loaded once here, for all forks
    import pyarrow.parquet  # noqa: F401
    import python_calamine  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks that have ended leave nothing behind
    control = socket.socket(fileno=handle)
    while True:
        message, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            try:
                _bound()
                _answer_all(Connection(handles[0]))
            finally:
                os._exit(0)
        os.close(handles[0])


def _bound() -> None:
    """Bounds of memory and processor time, where the system has them."""
    import resource

    try:
        import psutil

        most = min(MOST_MEMORY, int(psutil.virtual_memory().total * 0.6))
        memory = psutil.Process().memory_info().vms + most
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):  # macOS bounds no address space; the time bounds remain
        pass


def _answer_all(connection: Connection) -> None:
    connection.send(os.getpid())
    opened: TableReader | None = None
    under_way: dict[int, Iterator[Batch]] = {}
    while True:
        try:
            what, *rest = connection.recv()
        except EOFError:
            return
        try:
            if what == "open":
                opens, *rest = rest
                opened = opens(*rest)
                answer: Any = _facts(opened)
            elif what == "peek":
                assert opened and opened.peek
                answer = opened.peek()
            else:
                assert opened
                if rest[0] not in under_way:
                    under_way[rest[0]] = opened.batches()
                answer = next(under_way[rest[0]], None)
            packed = pickle.dumps((True, answer), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            packed = pickle.dumps((False, _portable(error)))
        connection.send_bytes(packed)


def _facts(opened: TableReader) -> dict[str, Any]:
    """The fields of an opened file that can travel; ``peek`` says whether there is one."""
    plain = replace(opened, owns=None)
    fields = {name: getattr(plain, name) for name in TableReader.__slots__ if name not in ("batches", "owns", "peek")}
    return fields | {"peek": opened.peek is not None}


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same where it cannot travel."""
    if isinstance(error, DatasetError):
        return DatasetError(error.message, error.hint)
    if isinstance(error, MemoryError):
        return MemoryError()
    return ValueError(str(error).strip().split("\n")[0] or type(error).__name__)
