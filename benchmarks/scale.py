"""Which part saturates first: a workspace with many runs, many of them under way, their workers played by a few processes.

    python -m benchmarks.scale [--runs 100 1000 10000] [--workers 100]

For each size: one look of the scheduler, the list of all runs, the page of results, one look at a cluster, and how soon the run store is
fed. Runs are copies of one small finished run; workers write their status with a sign of life every two seconds as real ones do, and
train nothing. The cluster's head is a small server that answers as Ray's does, so what Ray itself needs is not in the figures.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORDS = ("lovely", "awful", "superb", "dreadful", "charming", "boring")
PROCESSES = 2  # that play the workers
BEAT = 2.0  # seconds between two signs of life of each


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", nargs="+", type=int, default=[100, 1000, 10000])
    parser.add_argument("--workers", type=int, default=100)
    arguments = parser.parse_args()
    print(f"| runs | {' | '.join(MEASURED)} |\n|{'---|' * (1 + len(MEASURED))}", flush=True)
    for count in arguments.runs:
        with tempfile.TemporaryDirectory(prefix="graft-scale-") as home:
            os.environ |= {"GRAFT_HOME": home, "GRAFT_NO_SCHEDULER": "1"}
            runs = make_runs(count)
            stop = multiprocessing.Event()
            active = runs[: min(arguments.workers, count // 2)]
            players = [
                multiprocessing.Process(target=play, args=(active[number::PROCESSES], stop), daemon=True)
                for number in range(PROCESSES)
            ]
            for player in players:
                player.start()
            time.sleep(2 * BEAT)
            figures = [f"{measure(runs):.2f}" for measure in MEASURED.values()]
            stop.set()
            for player in players:
                player.join()
        print(f"| {count:,} | {' | '.join(figures)} |", flush=True)


def make_runs(count: int) -> list[Path]:
    """So many run folders: copies of one real finished run, the first ones under way by a worker of this machine."""
    from core import workspace
    from core.config import RunConfig
    from core.data.sets.add import add_dataset
    from core.jobs.worker import work
    from core.runs.folder import create_run

    texts = workspace.home() / "texts.csv"
    lines = [f"the {word} thing number {number},{'pos' if place % 2 == 0 else 'neg'}" for number in range(40)
             for place, word in enumerate(WORDS)]  # fmt: skip
    texts.write_text("\n".join(["text,label", *lines]))
    dataset, _ = add_dataset(texts)
    first = create_run(RunConfig(dataset.id, strategy="tfidf"), "run")
    first.write_status(state="starting", attempt=1)
    assert work(first.path) == 0
    (first.path / "worker.lock").unlink(missing_ok=True)
    made = [first.path]
    for number in range(1, count):
        path = first.path.with_name(f"20260101-{number:06d}-{number:04x}")
        shutil.copytree(first.path, path)
        made.append(path)
    return made


def play(paths: list[Path], stop: Any) -> None:
    """Be the workers of these runs: a status with a sign of life and an event for each, again and again."""
    from core.jobs.process import identity
    from core.runs.folder import Run

    runs = [Run(path.name, path) for path in paths]
    step = 0
    while not stop.is_set():
        began, step = time.monotonic(), step + 1
        for run in runs:
            run.write_status(
                state="running", process=identity(), heartbeat=time.time(), step=step, total_steps=10**6,
                progress=step / 10**6, ended_at=None, device="cpu", devices=["cpu"],
            )  # fmt: skip
            with run.events_path.open("a") as events:
                events.write(json.dumps({"event": "step", "step": step, "loss": 0.5, "time": time.time()}) + "\n")
        stop.wait(max(0.0, BEAT - (time.monotonic() - began)))


def seconds_of(act: Callable[[], Any], times: int = 5) -> float:
    """Median seconds of a call, after one that fills caches."""
    act()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def tick(runs: list[Path]) -> float:
    """One look of the scheduler at all runs."""
    from core.jobs.scheduler import Scheduler

    return seconds_of(Scheduler().tick)


def listing(runs: list[Path]) -> float:
    """What `runs list` has to read."""
    from core.runs.folder import list_runs

    return seconds_of(lambda: [run.status for run in list_runs()])


def page(runs: list[Path]) -> float:
    """The page of results, drawn by a visitor who comes back."""
    from streamlit.testing.v1 import AppTest

    from core import workspace

    app = AppTest.from_file(str(workspace.PROJECT / "streamlit_app.py"), default_timeout=600)
    app.switch_page("pages/results.py")
    taken = seconds_of(app.run, times=3)
    assert not app.exception and len(app.dataframe)
    return taken


def store(runs: list[Path]) -> float:
    """What the scheduler asks of the run store every two seconds: which runs it lacks."""
    from core.runs.store import pending_runs

    return seconds_of(pending_runs, times=3)


def cluster(runs: list[Path]) -> float:
    """One look at a cluster on which all that is under way runs."""
    from core.jobs.cluster.engine import ClusterQueue
    from core.jobs.cluster.known import KnownCluster, add_cluster
    from core.runs.folder import ACTIVE, list_runs
    from tests.jobs.cluster.fake_head import Head, listening

    with listening(Head()) as head:
        add_cluster(KnownCluster(head.address))
        active = [run for run in list_runs() if run.status["state"] in ACTIVE]
        for run in active:
            head.set(f"{run.id}-1", "RUNNING")
        queue = ClusterQueue(head.address)
        return seconds_of(lambda: queue.look(active, []))


MEASURED: dict[str, Callable[[list[Path]], float]] = {
    "scheduler's look (s)": tick, "list of runs (s)": listing, "page of results (s)": page, "look for what the store lacks (s)": store,
    "look at a cluster (s)": cluster,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
