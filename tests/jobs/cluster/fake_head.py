"""The part of a Ray head's HTTP interface that Graft uses, in this process: jobs are only noted down."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Head:
    """What it holds can be changed by a test at any time.

    Attributes:
        jobs: id -> as Ray tells of it.
        submitted: bodies of all requests for a job.
        asked: all requests as "METHOD path".
        answer: where set, (status, body) of every request.
    """

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.submitted: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.answer: tuple[int, bytes] | None = None
        self.token = ""
        self.nodes = [node("a", head=True), node("b")]
        self.address = ""

    def set(self, job: str, status: str, message: str = "", on: str = "a") -> None:
        """Let a job be in a state."""
        place = on if status != "PENDING" else None
        self.jobs[job] = {"submission_id": job, "status": status, "message": message, "driver_node_id": place}

    def reply(self, method: str, path: str, body: Any, token: str) -> tuple[int, bytes]:
        self.asked.append(f"{method} {path}")
        if self.answer is not None:
            return self.answer
        if token != (f"Bearer {self.token}" if self.token else ""):
            return 401, b"Unauthorized"
        name = path.split("/")[3] if path.startswith("/api/jobs/") and path != "/api/jobs/" else ""
        if path == "/api/version":
            return 200, json.dumps({"version": "4", "ray_version": "2.60.0"}).encode()
        if path.startswith("/api/v0/nodes"):
            return 200, json.dumps({"data": {"result": {"result": self.nodes}}}).encode()
        if path == "/api/jobs/" and method == "POST":
            self.submitted.append(body)
            if body["submission_id"] in self.jobs:
                return 500, b"Traceback\nValueError: Job with submission_id already exists."
            self.set(body["submission_id"], "PENDING")
            return 200, b"{}"
        if path == "/api/jobs/":
            return 200, json.dumps(list(self.jobs.values())).encode()
        if name not in self.jobs:
            return 404, f"Job {name} does not exist".encode()
        if path.endswith("/logs"):
            return 200, json.dumps({"logs": "first\n/bin/sh: python: not found\n\n"}).encode()
        if path.endswith("/stop"):
            self.set(name, "STOPPED")
        elif method == "DELETE":
            del self.jobs[name]
        return 200, b"{}"


def node(name: str, head: bool = False, cpus: int = 2, gpus: int = 0, alive: bool = True) -> dict[str, Any]:
    """A node as Ray tells of it, with 8 GiB."""
    resources = {"CPU": float(cpus), "memory": 8.0 * 2**30} | ({"GPU": float(gpus)} if gpus else {})
    return {
        "node_id": name, "node_ip": f"10.0.0.{ord(name)}", "is_head_node": head, "state": "ALIVE" if alive else "DEAD",
        "resources_total": resources if alive else {},
    }  # fmt: skip


@contextmanager
def listening(head: Head):
    """Its address answers for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content = head.reply(
                self.command, self.path, json.loads(body) if body else None, self.headers.get("Authorization", "")
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *words: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    head.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield head
    finally:
        server.shutdown()
        server.server_close()
