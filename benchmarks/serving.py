"""Load on a served model: requests a second and how long each waits, beside plain `pipeline` behind FastAPI, and memory.

    python -m benchmarks.serving RUN [--engines torch onnx onnx-int8] [--seconds 20] [--clients 1 8 64] [--soak 100000]

Each server is a process of its own; the clients, in another, hold a connection each and send one of the run's judged texts at
a time, as soon as the last is answered. A soak then sends so many requests from 64 clients, with the memory of the server
before, in the midst and at the end. RUN must read single texts; exports that are asked for must have been made.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil

from benchmarks.subprocesses import ROOT
from core.runs.folder import Run, get_run

WARM = 2.0  # seconds before the clock starts
PLAIN = "pipeline"


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of clients saw; milliseconds from request to answer."""

    clients: int
    per_second: float
    p50: float
    p95: float
    p99: float
    failed: int


def main() -> None:
    """Measure each server in turn; a table on stdout, the JSON of it in the last line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--engines", nargs="+", default=["torch"], choices=["torch", "onnx", "onnx-int8", PLAIN])
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 8, 64])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--soak", type=int, default=0, help="requests whose memory is looked at (of the first engine)")
    parser.add_argument("--serve-plain", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    run = get_run(arguments.run)
    if arguments.serve_plain:
        return serve_plain(run)
    result = run.result
    assert result is not None, "the run has no result"
    texts = run.read_predictions(result["split"], ["text"])["text"].tolist()
    found: dict[str, Any] = {}
    for engine in (*arguments.engines, PLAIN):
        with server(run, engine) as (port, process):
            loads = [asyncio.run(load(port, texts, clients, arguments.seconds)) for clients in arguments.clients]
            found[engine] = [load_as_json(each) for each in loads]
            for each in loads:
                print(
                    f"{engine:10} {each.clients:3} clients {each.per_second:8.1f}/s  p50 {each.p50:7.1f}  p95 {each.p95:7.1f}  "
                    f"p99 {each.p99:7.1f} ms  failed {each.failed}", flush=True,
                )  # fmt: skip
            if arguments.soak and engine == arguments.engines[0]:
                found["soak"] = soak(port, texts, arguments.soak, process)
                print(f"{engine} memory, MiB: {found['soak']}", flush=True)
    print(json.dumps(found))


def load_as_json(load: Load) -> dict[str, float]:
    return {name: getattr(load, name) for name in load.__slots__}


@contextmanager
def server(run: Run, engine: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server that answers, its port and its process; ended afterwards."""
    words = ["-m", "core", "serve", run.id, "--engine", engine, "--json"]
    if engine == PLAIN:
        words = ["-m", "benchmarks.serving", run.id, "--serve-plain"]
    with subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"{engine} did not start")
            yield int(json.loads(line)["address"].rpartition(":")[2]), psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(20)


async def load(port: int, texts: list[str], clients: int, seconds: float) -> Load:
    """So many clients for so many seconds, after a while that does not count."""
    begins = time.perf_counter() + WARM
    ends = begins + seconds
    waited: list[float] = []
    failed = 0

    async def client(number: int) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        at = number
        while time.perf_counter() < ends:
            asked = time.perf_counter()
            good = await _ask(reader, writer, texts[at % len(texts)])
            at += clients
            if begins <= asked and time.perf_counter() <= ends:
                failed += not good
                waited.append(time.perf_counter() - asked)
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    p50, p95, p99 = (1000 * float(np.quantile(waited, share)) for share in (0.5, 0.95, 0.99))
    return Load(clients, len(waited) / seconds, p50, p95, p99, failed)


def soak(port: int, texts: list[str], requests: int, process: psutil.Process, steps: int = 10) -> list[int]:
    """MiB of the server after each tenth of the requests, by 64 clients; the first figure is after a tenth."""
    sizes = []
    for _ in range(steps):
        asyncio.run(_send(port, texts, requests // steps))
        sizes.append(round(process.memory_info().rss / 2**20))
    return sizes


async def _send(port: int, texts: list[str], requests: int, clients: int = 64) -> None:
    left = iter(range(requests))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in left:
            assert await _ask(reader, writer, texts[number % len(texts)])
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: str) -> bool:
    """Send one text and read the whole answer; whether it was one."""
    body = json.dumps({"texts": [text]}).encode()
    writer.write(
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (len(body), body)
    )
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    await reader.readexactly(length)
    return head.startswith(b"http/1.1 200")


def serve_plain(run: Run) -> None:
    """What a tutorial shows: `pipeline` in a FastAPI function, one request after the other in its pool of threads."""
    import socket

    import uvicorn
    from fastapi import FastAPI
    from transformers import pipeline

    classify = pipeline("text-classification", model=str(run.model))
    app = FastAPI()

    @app.post("/predict")
    def predict(asked: dict[str, list[str]]) -> dict[str, Any]:
        return {"answers": classify(asked["texts"], top_k=None, truncation=True, max_length=run.config.max_length)}

    listening = socket.create_server(("127.0.0.1", 0))
    threaded = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    os.write(1, json.dumps({"address": f"http://127.0.0.1:{listening.getsockname()[1]}"}).encode() + b"\n")
    threaded.run(sockets=[listening])


if __name__ == "__main__":
    main()
