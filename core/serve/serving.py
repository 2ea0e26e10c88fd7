"""Carry out the serving of a run: a socket, workers on it, until somebody stops it or its run is deleted."""

import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from core.errors import GraftError
from core.extras import need
from core.runs.folder import get_run
from core.training.devices import cores

if TYPE_CHECKING:
    from core.serve.limits import Gate

SETTINGS = "GRAFT_SERVE"  # in the environment of workers
SHORTEST = 16  # characters of a token
WATCHED = 1.0  # seconds between two looks whether it is still wanted
GRACE = 5  # seconds for requests that are under way at the end
MOST_WORKERS = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """What is served, where, to whom.

    Attributes:
        token: empty where none is asked for, which only this machine may have.
    """

    run: str
    address: str = "127.0.0.1"
    port: int = 0
    engine: str = "auto"
    token: str = ""
    workers: int = 1

    def check(self) -> None:
        """Refuse what would let others in unasked.

        Raises:
            GraftError: naming the setting and what to do.
        """
        need("Serving a model", ("fastapi", "uvicorn", "prometheus_client"), "requirements-serve.txt")
        if not 1 <= self.workers <= MOST_WORKERS:
            raise GraftError(f"--workers is {self.workers}.", f"Give 1 to {MOST_WORKERS}.")
        if not 0 <= self.port <= 65535:
            raise GraftError(f"--port is {self.port}.", "Give 0 (a free one) to 65535.")
        if not self.is_local and not self.token:
            raise GraftError(
                f"The address {self.address} lets other machines in, and no token is asked for.",
                f"Give --token-file with a secret of at least {SHORTEST} characters in it.",
            )

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.address in ("127.0.0.1", "::1", "localhost")

    @property
    def threads(self) -> int:
        """Of each answer, so that workers do not take the cores from one another; 0 takes all."""
        return 0 if self.workers == 1 else max(1, cores() // self.workers)


def read_token(path: Path) -> str:
    """The token in a file, without the blanks around it.

    Raises:
        GraftError: when it is too short to be a secret, or cannot stand in a header.
        OSError: when the file cannot be read.
    """
    token = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise GraftError(
            f"{path} holds no token of at least {SHORTEST} characters without blanks.",
            "Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    return token


def serve(settings: Settings, ready: Callable[[str], None], goes_on: Callable[[], bool]) -> None:
    """Serve until SIGINT or SIGTERM, or until ``goes_on`` says no.

    Args:
        ready: gets the address once requests are answered.

    Raises:
        GraftError: when there is no model, the port cannot be used, or a package is missing.
    """
    settings.check()
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    app = make(settings)  # says at once what is wrong; one worker is this very process
    listening = _listen(settings)
    address = _address(settings, listening)
    counted = tempfile.mkdtemp(prefix="graft-counters-") if settings.workers > 1 else ""
    if counted:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counted
    os.environ[SETTINGS] = json.dumps(asdict(settings))
    many = settings.workers > 1
    config = uvicorn.Config(
        "core.serve.serving:from_environment" if many else app, factory=many, workers=settings.workers, log_level="warning",
        access_log=False, server_header=False, timeout_graceful_shutdown=GRACE, limit_concurrency=1024, lifespan="on",
    )  # fmt: skip
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_watch, args=(address, ready, goes_on), daemon=True).start()
    try:
        if many:
            del app
            Multiprocess(config, sockets=[listening]).run()
        else:
            uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # uvicorn has ended in good order and passes the signal on
        pass
    finally:
        listening.close()
        if counted:
            shutil.rmtree(counted, ignore_errors=True)


def _end(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # uvicorn raises the signal again once it has ended in good order


def make(settings: Settings) -> "Gate":
    """The app of a run, its model loaded.

    Raises:
        GraftError: when the run has no finished model.
    """
    from core.serve.app import make_app
    from core.serve.engine import load

    names = ("127.0.0.1", "localhost", "::1") if settings.is_local and not settings.token else None
    engine = load(get_run(settings.run), settings.engine, settings.threads)
    return make_app(engine, settings.token, names)


def from_environment() -> "Gate":
    """What each of several workers serves."""
    return make(Settings(**json.loads(os.environ[SETTINGS])))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.address, settings.port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise GraftError(
            f"Port {settings.port} of {settings.address} cannot be used: {error}.", "Give another --port or --address."
        ) from error
    listening.set_inheritable(True)
    return listening


def _address(settings: Settings, listening: socket.socket) -> str:
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    return f"http://{host}:{listening.getsockname()[1]}"


def _watch(address: str, ready: Callable[[str], None], goes_on: Callable[[], bool]) -> None:
    """Say when requests are answered, and end this process once nobody wants it any more."""
    here = address.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")
    told = False
    while goes_on():
        told = told or _told(here, address, ready)
        time.sleep(WATCHED if told else 0.1)
    os.kill(os.getpid(), signal.SIGTERM)


def _told(here: str, address: str, ready: Callable[[str], None]) -> bool:
    opener: Any = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{here}/health", timeout=5):
            ready(address)
            return True
    except (OSError, urllib.error.URLError):
        return False
