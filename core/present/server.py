"""A server that knows one page and one question, for who has the token.

Python's own ``http.server`` carries it: two paths need no framework, no file is ever looked up, and what a request can reach
stands in this file.
"""

import hmac
import ipaddress
import json
import secrets
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.errors import GraftError
from core.present.answering import Answering
from core.present.limits import Bucket

LARGEST = 64 * 1024  # bytes of a question
SECONDS = 10  # that a connection may be silent
AT_ONCE = 24  # connections
LOCAL = ("localhost", "127.0.0.1", "::1")


class Server(ThreadingHTTPServer):
    """Serves one page and its answers until it is shut down; with it the token dies.

    Args:
        address: where to listen, such as 127.0.0.1; port 0 takes a free one.

    Raises:
        GraftError: when the port or the address cannot be used.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: str, port: int, page: bytes, policy: str, answering: Answering):
        self.page, self.policy, self.answering = page, policy, answering
        self.token = secrets.token_urlsafe(24)
        self.named = address
        self.asked = Bucket(size=20, per_second=4.0)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            super().__init__((address, port), Handler)
        except (OSError, OverflowError) as error:
            raise GraftError(
                f"Port {port} of {address} cannot be used: {error}.", "Give another --port or --address."
            ) from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def link(self) -> str:
        """The address with the token, as others open it."""
        host = _reachable(self.named)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={self.token}"

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server, so that no other name can be pointed at it (DNS rebinding)."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self.port:
            return False
        if name in (*LOCAL, self.named, socket.gethostname().lower()):
            return True
        return self.named in ("0.0.0.0", "::") and _is_ip(name)

    def process_request(self, request: Any, client_address: Any) -> None:
        """On a thread of its own, as long as there are not too many; what comes then is closed at once."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who left, or a silent line: nothing to tell."""


class Handler(BaseHTTPRequestHandler):
    """``GET /`` is the page, ``POST /answer`` the model; nothing else is there."""

    server: Server
    timeout = SECONDS
    server_version, sys_version = "Graft", ""
    protocol_version = "HTTP/1.0"  # one request a connection

    def do_GET(self) -> None:
        if self._may("/"):
            self._send(200, self.server.page, "text/html; charset=utf-8")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        if not self._may("/answer"):
            return
        if (origin := self.headers.get("Origin")) is not None and origin != f"http://{self.headers.get('Host')}":
            return self._refuse(403, "This question comes from another page.")
        if self.headers.get_content_type() != "application/json":
            return self._refuse(415, "A question is JSON.")
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            return self._refuse(411, "How long the question is was not said.")
        if len(length) > 9 or int(length) > LARGEST:
            return self._refuse(413, "The question is too long.")
        if not self.server.asked.take():
            return self._refuse(429, "Too many questions at once; wait a moment.")
        try:
            asked = json.loads(self.rfile.read(int(length)))
            text, pair = asked["text"], asked.get("pair", "")
            if not isinstance(text, str) or not isinstance(pair, str):
                raise TypeError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return self._refuse(400, "A question is JSON with a text.")
        try:
            answer = self.server.answering.answer(text, pair)
        except GraftError as error:
            return self._refuse(400, str(error))
        self._send_json(200, answer)

    def _may(self, path: str) -> bool:
        """Whether the request is for ``path`` of this server with its token; else it is refused."""
        try:
            asked = urlsplit(self.path)
            token = parse_qs(asked.query).get("token", [""])[0]
        except ValueError:
            self._refuse(400, "This address cannot be read.")
            return False
        if not self.server.knows(self.headers.get("Host", "")):
            self._refuse(403, "This server is not called that.")
        elif asked.path != path:
            self._refuse(404, "Nothing is here.")
        elif not hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            self._refuse(403, "This link is not, or no longer, valid.")
        else:
            return True
        return False

    def _refuse(self, code: int, message: str) -> None:
        self._send_json(code, {"error": message})

    def _send_json(self, code: int, value: dict[str, Any]) -> None:
        self._send(code, json.dumps(value, ensure_ascii=False).encode("utf-8"), "application/json; charset=utf-8")

    def _send(self, code: int, content: bytes, kind: str) -> None:
        self.send_response(code)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(content))), ("Content-Security-Policy", self.server.policy),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server refuses by itself, in the same manner: with the headers, without an echo of the request."""
        self._refuse(405 if code == 501 else code, "This cannot be asked here.")

    def log_message(self, format: str, *args: Any) -> None:
        """Addresses hold the token: nothing is logged."""


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _reachable(address: str) -> str:
    """What to write into a link where the server listens on every address: that by which other machines come."""
    if address not in ("0.0.0.0", "::"):
        return address
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which way it would go
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
