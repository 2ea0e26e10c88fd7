"""Commands around the app itself: examine the machine, open the app in the browser."""

import argparse
import os
import socket
import sys

from core import workspace
from core.cli.output import Output
from core.errors import GraftError

LOCAL = ("localhost", "127.0.0.1", "::1")
EVERYWHERE = ("", "0.0.0.0", "::")
DESCRIPTORS = 4096
PORTS = 50  # that are tried, from the one that was asked for


def doctor(arguments: argparse.Namespace, out: Output) -> int:
    """Say whether this machine is ready; the exit code is 1 where it is not.

    JSON: device, ok, checks (name, ok, message).
    """
    from core.doctor import examine

    report = examine()
    lines = [f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}: {check['message']}" for check in report["checks"]]
    out.answer(report, lines)
    return 0 if report["ok"] else 1


def start_arguments(parser: argparse.ArgumentParser) -> None:
    """Port and address."""
    parser.add_argument("--port", type=int, default=8501, help="first port to try (default 8501)")
    parser.add_argument("--address", default="localhost", help="0.0.0.0 lets other machines in (default localhost)")


def start(arguments: argparse.Namespace, out: Output) -> int:
    """Become the web server, on the first free port from the one that was asked for.

    Raises:
        GraftError: when all of these ports are taken.
    """
    ports = range(arguments.port, arguments.port + PORTS)
    port = next((port for port in ports if _is_free(port)), None)
    if port is None:
        raise GraftError(f"The ports {ports[0]} to {ports[-1]} are all taken.", "Give another --port.")
    if port != arguments.port:
        out.say(f"Port {arguments.port} is taken; using {port}.")
    out.say(f"Graft is at http://localhost:{port}  (Ctrl-C ends the app; runs under way go on)")
    os.chdir(workspace.PROJECT)
    _allow_descriptors()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    os.execv(sys.executable, [*command, "--server.address", arguments.address, *_hosts(arguments.address)])


def _hosts(address: str) -> list[str]:
    """The names under which the app may be called, as Streamlit's option: those of this machine where only it can call."""
    names = LOCAL if address in LOCAL else (*LOCAL, address) if address not in EVERYWHERE else ("*",)
    return [word for name in names for word in ("--server.allowedHosts", name)]


def _allow_descriptors() -> None:
    """As many file descriptors as the system grants, up to some thousands: each visit takes three, and macOS begins with 256."""
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _is_free(port: int) -> bool:
    """Whether nobody on this machine listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
