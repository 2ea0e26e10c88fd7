"""A small server that speaks the Hub's HTTP API over folders of this machine, with the faults that the real one can have."""

import base64
import hashlib
import json
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = 20_000  # bytes from which a file lies on another host, as large files of the Hub do


@dataclass
class Repo:
    """A model or data set: its folder, the commits of its branches, and what the Hub tells of it."""

    folder: Path
    commits: dict[str, str]  # branch -> commit of 40 hexadecimal digits
    licence: str = "apache-2.0"
    tags: tuple[str, ...] = ()
    downloads: int = 0
    gated: bool = False
    private: bool = False


@dataclass
class Faults:
    """What goes wrong from now on.

    Attributes:
        statuses: answered, one request to a file after the other, before files are given.
        answers: the same for questions about models and sets.
        cut: times that a large file breaks off in its midst.
        wrong: give other bytes than the file has, of the same number.
        slow: seconds before each piece of a file.
    """

    statuses: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    cut: int = 0
    wrong: bool = False
    slow: float = 0.0


class Hub:
    """The server, its repositories by kind ("models", "datasets") and name, what was asked, and its faults."""

    def __init__(self) -> None:
        self.repos: dict[tuple[str, str], Repo] = {}
        self.asked: list[str] = []
        self.sent = 0  # bytes of files
        self.faults = Faults()
        self.owner, self.token = "somebody", ""  # who is logged in, by which token; without one anybody may write
        self.large: dict[str, bytes] = {}  # large files that were sent, by their content's name
        self.ports: tuple[int, int] = (0, 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"


@contextmanager
def serving():
    """A Hub on two ports of this machine: one answers, the other gives large files."""
    hub = Hub()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub)) for _ in range(2)]
    hub.ports = (servers[0].server_port, servers[1].server_port)
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield hub
    for server in servers:
        server.shutdown()
        server.server_close()


def _handler(hub: Hub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self._answer(body=True)

        def do_HEAD(self):
            self._answer(body=False)

        def do_POST(self):
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = unquote(urlsplit(self.path).path)
            hub.asked.append(f"POST {path}")
            if hub.faults.answers:
                self._refuse(hub.faults.answers.pop(0))
            elif hub.token and self.headers.get("Authorization") != f"Bearer {hub.token}":
                self._refuse(401)
            elif path == "/api/repos/create":
                self._create(json.loads(content))
            elif path.endswith("/info/lfs/objects/batch"):
                self._large_files(json.loads(content))
            elif path == "/verify":
                self._json({})
            elif path == "/api/validate-yaml":
                self._json({"errors": [], "warnings": []})
            elif hub.faults.cut > 0:
                hub.faults.cut -= 1
                self.close_connection = True
                self.connection.close()
            elif path.endswith("/preupload/main"):
                self._json({"files": [
                    {"path": file["path"], "uploadMode": "lfs" if file["size"] >= LARGE else "regular", "shouldIgnore": False}
                    for file in json.loads(content)["files"]
                ]})  # fmt: skip
            else:
                self._commit(path.removeprefix("/api/models/").removesuffix("/commit/main"), content)

        def do_PUT(self):
            hub.large[self.path.removeprefix("/put/")] = self.rfile.read(int(self.headers["Content-Length"]))
            hub.asked.append("PUT a large file")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _create(self, asked):
            name = f"{asked.get('organization') or hub.owner}/{asked['name']}"
            if ("models", name) not in hub.repos:
                folder = Path(tempfile.mkdtemp(prefix="hub-"))
                hub.repos["models", name] = Repo(
                    folder,
                    {"main": "0" * 40},
                    private=asked.get("private") is True or asked.get("visibility") == "private",
                )
            self._json({"url": f"{hub.url}/{name}", "name": name, "id": name})

        def _large_files(self, asked):
            self._json({"transfer": "basic", "objects": [
                {"oid": each["oid"], "size": each["size"], "actions": {
                    "upload": {"href": f"{hub.url}/put/{each['oid']}"}, "verify": {"href": f"{hub.url}/verify"},
                }}
                for each in asked["objects"]
            ]})  # fmt: skip

        def _commit(self, name, content):
            repo = hub.repos["models", name]
            for line in map(json.loads, content.splitlines()):
                value = line["value"]
                if line["key"] in ("file", "lfsFile"):
                    file = repo.folder / value["path"]
                    file.parent.mkdir(parents=True, exist_ok=True)
                    whole = base64.b64decode(value["content"]) if line["key"] == "file" else hub.large[value["oid"]]
                    file.write_bytes(whole)
            repo.commits["main"] = _digest(content)[:40].ljust(40, "0")
            self._json({"success": True, "commitUrl": f"{hub.url}/{name}/commit/1", "commitOid": repo.commits["main"]})

        def log_message(self, *_):
            """Nothing."""

        def _answer(self, body):
            parts = urlsplit(self.path)
            path, query = unquote(parts.path), parse_qs(parts.query)
            hub.asked.append(f"{self.command} {path}")
            if path.startswith("/api/"):
                self._api(path.removeprefix("/api/"), query)
            elif path.startswith("/large/"):
                self._bytes(Path(path.removeprefix("/large")), body)
            else:
                self._resolve(path, body)

        def _api(self, path, query):
            kind, _, rest = path.partition("/")
            if kind not in ("models", "datasets"):
                self._refuse(404)
                return
            if hub.faults.answers:
                self._refuse(hub.faults.answers.pop(0))
                return
            if not rest:
                words = query.get("search", [""])[0].lower()
                found = [(name, repo) for (of, name), repo in hub.repos.items() if of == kind and words in name.lower()]
                found.sort(key=lambda pair: -pair[1].downloads)
                self._json([self._card(name, repo, repo.commits["main"]) for name, repo in found])
                return
            name = "/".join(rest.split("/")[:2])
            repo, after = hub.repos.get((kind, name)), rest.removeprefix(name)
            if repo is None:
                self._refuse(404, "RepoNotFound")
                return
            revision = after.split("/", 2)[2] if after.count("/") >= 2 else "main"
            commit = repo.commits.get(revision) or (revision if revision in repo.commits.values() else None)
            if commit is None:
                self._refuse(404, "RevisionNotFound")
            elif after.startswith("/tree/"):
                self._json(
                    [
                        {"type": "file", "path": file, "size": len(content), "oid": _digest(content)}
                        for file, content in _files(repo).items()
                    ]
                )
            else:
                self._json(self._card(name, repo, commit))

        def _card(self, name, repo, commit):
            siblings = [{"rfilename": file, "size": len(content)} for file, content in _files(repo).items()]
            return {
                "id": name, "sha": commit, "siblings": siblings, "gated": "manual" if repo.gated else False,
                "cardData": {"license": repo.licence}, "downloads": repo.downloads, "private": False,
                "tags": [*repo.tags, f"license:{repo.licence}"],
            }  # fmt: skip

        def _resolve(self, path, body):
            kind = "datasets" if path.startswith("/datasets/") else "models"
            owner, name, _, rest = path.removeprefix("/datasets").lstrip("/").split("/", 3)
            repo = hub.repos.get((kind, f"{owner}/{name}"))
            if repo is None:
                self._refuse(404, "RepoNotFound")
                return
            if repo.gated:
                self._refuse(401, "GatedRepo")
                return
            branch = next(
                (each for each in (*repo.commits, *repo.commits.values()) if rest.startswith(f"{each}/")), None
            )
            if branch is None:
                self._refuse(404, "RevisionNotFound")
                return
            file = repo.folder / rest.removeprefix(f"{branch}/")
            if not file.is_file():
                self._refuse(404, "EntryNotFound")
                return
            if body and hub.faults.statuses:
                self._refuse(hub.faults.statuses.pop(0))
                return
            content = file.read_bytes()
            self._told = {"X-Repo-Commit": repo.commits.get(branch, branch), "ETag": f'"{_digest(content)}"'}
            if len(content) >= LARGE:
                self.send_response(302)
                for key, value in self._told.items():
                    self.send_header(key, value)
                self.send_header("X-Linked-Size", str(len(content)))
                self.send_header("X-Linked-ETag", f'"{_digest(content)}"')
                self.send_header("Location", f"http://127.0.0.1:{hub.ports[1]}/large{file}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._bytes(file, body)

        def _bytes(self, file, body):
            content = file.read_bytes()
            if hub.faults.wrong and len(content) >= LARGE:
                content = bytes(len(content))
            start = 0
            if asked := self.headers.get("Range"):
                start = int(asked.removeprefix("bytes=").split("-")[0])
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            for key, value in getattr(self, "_told", {}).items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if not body:
                return
            content = content[start:]
            breaks = hub.faults.cut > 0 and len(content) > LARGE
            for at in range(0, len(content), LARGE):
                if hub.faults.slow:
                    time.sleep(hub.faults.slow)
                self.wfile.write(content[at : at + LARGE])
                hub.sent += len(content[at : at + LARGE])
                if breaks:
                    hub.faults.cut -= 1
                    self.close_connection = True
                    self.connection.close()
                    return

        def _json(self, value):
            content = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _refuse(self, status, code=None):
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            if status == 429:
                self.send_header("Retry-After", "600")
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler


def _files(repo: Repo) -> dict[str, bytes]:
    return {
        str(file.relative_to(repo.folder)): file.read_bytes()
        for file in sorted(repo.folder.rglob("*"))
        if file.is_file()
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def point_at(hub: Hub, monkeypatch, cache: Path) -> None:
    """Let the client ask this server, and keep what it fetches in ``cache``."""
    import huggingface_hub.constants as constants

    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setattr(
        constants, "HF_HUB_DISABLE_XET", True
    )  # files are sent as the older protocol does, which this server speaks
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
