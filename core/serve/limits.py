"""What stands in front of every request: who may ask, by which name, and how large a question may be."""

import hmac
import json
from typing import Any
from urllib.parse import urlsplit

LARGEST = 4 * 1024 * 1024  # bytes of a request
OPEN = (
    "/",
    "/docs",
    "/openapi.json",
    "/health",
)  # tell nothing of the model, so a browser may open them without a token
LOCAL = ("localhost", "127.0.0.1", "::1")

Scope = dict[str, Any]


class Gate:
    """ASGI in front of the app.

    Args:
        token: asked for in ``Authorization: Bearer …``; empty where none is.
        names: by which the server may be called where no token is asked for, so that no foreign page can point a name of
            its own at it (DNS rebinding); None lets any pass.
    """

    def __init__(self, app: Any, token: str = "", names: tuple[str, ...] | None = None):
        self._app, self._token, self._names = app, token, names

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _refuse(send, *refusal)
            return
        await self._bounded(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str, str] | None:
        """Status, message and hint where the request goes no further."""
        if self._names is not None and _host(headers.get("host", "")) not in self._names:
            return 421, "This server is not called that.", f"Call it {self._names[0]}."
        if self._token and scope["path"] not in OPEN:
            kind, _, given = headers.get("authorization", "").partition(" ")
            if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token.encode()):
                return 401, "A token is asked for.", "Send the header: Authorization: Bearer <token>"
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or len(length) > 12 or int(length) > LARGEST:
            return 413, "The request is too large.", f"Send at most {LARGEST // 2**20} MiB at once."
        return None

    async def _bounded(self, scope: Scope, receive: Any, send: Any) -> None:
        """The app, with a body that ends where too much of it has come without its length being told."""
        come, answered = 0, False

        async def bounded() -> Any:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            return {"type": "http.disconnect"} if come > LARGEST else message

        async def marked(message: Any) -> None:
            nonlocal answered
            if not (come > LARGEST and not answered):
                answered = True
                await send(message)

        try:
            await self._app(scope, bounded, marked)
        finally:
            if come > LARGEST and not answered:
                await _refuse(send, 413, "The request is too large.", f"Send at most {LARGEST // 2**20} MiB at once.")


def _host(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(send: Any, status: int, message: str, hint: str) -> None:
    body = json.dumps({"error": {"message": message, "hint": hint}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"www-authenticate", b"Bearer")] if status == 401 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
