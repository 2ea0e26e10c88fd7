"""Commands around the app itself: examine the machine, open the app in the browser."""

import argparse
import os
import socket
import sys

from core import workspace
from core.cli.output import Output
from core.errors import GraftError


def doctor(arguments: argparse.Namespace, out: Output) -> int:
    from core.doctor import examine

    value = examine()
    lines = [f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}: {check['message']}" for check in value["checks"]]
    out.answer(value, lines)
    return 0 if value["ok"] else 1


def start(arguments: argparse.Namespace, out: Output) -> int:
    """Become the web server, on the first free port from the one that was asked for."""
    port = next((each for each in range(arguments.port, arguments.port + 50) if _is_free(each)), None)
    if port is None:
        raise GraftError(f"The ports {arguments.port} to {arguments.port + 49} are all taken.", "Give another --port.")
    if port != arguments.port:
        out.say(f"Port {arguments.port} is taken; using {port}.")
    out.say(f"Graft is at http://localhost:{port}  (Ctrl-C ends the app; runs under way go on)")
    os.chdir(workspace.PROJECT)
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    os.execv(sys.executable, [*command, "--server.address", arguments.address])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
