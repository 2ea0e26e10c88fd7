"""Disks that are really full and really read-only: commands carried out on one, in a process that alone sees it.

Run as ``python -m tests.disks WHAT FOLDER ENCODER`` behind ``unshare``, which gives a process mounts of its own; what each
command answered is told as one JSON object.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, sentences

UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"]
SIZE = "96m"  # of the disk: a tiny encoder's model, two states of its training and the sets fit with room to spare


def can_mount() -> bool:
    """Whether this system lets a process have mounts of its own."""
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    tried = [*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, timeout=20).returncode == 0


def report(what: str, folder: Path, encoder: Path) -> dict[str, Any]:
    """What the commands of a scenario answered, by name."""
    command = [*UNSHARE, sys.executable, "-m", "tests.disks", what, str(folder), str(encoder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Disk:
    """A small disk mounted on a folder, with a workspace on it.

    Attributes:
        told: what each command answered: ``code``, ``answer`` (its JSON) and ``said`` (what went to stderr).
    """

    def __init__(self, folder: Path):
        self.folder, self.home = folder, folder / "home"
        self.told: dict[str, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)
        _mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder))
        os.environ |= {"GRAFT_HOME": str(self.home), "GRAFT_NO_SCHEDULER": "1", "HF_HUB_OFFLINE": "1"}

    def call(self, name: str, *words: str) -> Any:
        """Carry out a command here; its answer."""
        from core.__main__ import main

        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*words, "--json"])
        self.told[name] = {"code": code, "answer": json.loads(out.getvalue()), "said": err.getvalue()}
        return self.told[name]["answer"]

    def work(self, run: str) -> str:
        """Carry a run out by a worker of its own; what it said."""
        command = [sys.executable, "-m", "core", "worker", str(self.home / "runs" / run)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200).stderr

    def work_here(self, run: str) -> None:
        """The same without the seconds that another process takes to load its libraries."""
        from core.jobs.worker import work

        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            work(self.home / "runs" / run)

    def fill(self, left: int = 0) -> None:
        """Take all room, but for so many bytes."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb") as file:
            while True:
                file.write(bytes(2**16))
                file.flush()
        with (self.folder / "ballast").open("ab") as file:
            file.truncate(max(0, file.tell() - left))

    def free(self) -> None:
        (self.folder / "ballast").unlink()

    def leftovers(self) -> list[str]:
        """What half-written files and folders are called."""
        return sorted(path.name for path in self.home.rglob(".*new*"))


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


def _table(path: Path, seed: int) -> str:
    lines = [f'"{text}",{label}' for text, label in sentences(120, seed)]
    path.write_text("\n".join(["review,sentiment", *lines]), encoding="utf-8")
    return str(path)


def _begun(disk: Disk, encoder: str) -> tuple[str, str]:
    """A set and a queued run of it."""
    first = _table(disk.folder.parent / "first.csv", 0)
    dataset = disk.call("stored", "data", "add", first)["dataset"]
    words = ("--dataset", dataset, "--model", encoder, "--epochs", "2", "--device", "cpu", "--checkpoint-seconds", "0")
    return dataset, disk.call("queued", "train", *words, "--no-wait")["run"]


def full(disk: Disk, encoder: str) -> None:
    """All that writes, on a disk without room; then a training that runs out of room, and goes on when there is some."""
    from core.jobs.scheduler import Scheduler

    second, output = _table(disk.folder.parent / "second.csv", 5), disk.folder / "out.csv"
    dataset, run = _begun(disk, encoder)
    disk.fill()
    disk.call("add", "data", "add", second)
    disk.call("train", "train", "--dataset", dataset, "--no-wait")
    disk.call("cross-validate", "cross-validate", "--dataset", dataset, "--no-wait")
    disk.call("fix", "data", "fix", dataset, "--resplit", "--seed", "7")
    disk.call("export", "data", "export", dataset, "--output", str(output))
    disk.call("check", "data", "check", dataset, "--model", encoder)
    disk.call("suspects", "data", "suspects", dataset)
    disk.call("list", "data", "list")
    disk.call("doctor", "doctor")
    disk.told["leftovers"] = disk.leftovers()
    disk.free()
    disk.fill(left=3 * 2**20)  # less than a state of the training
    disk.told["worker"] = disk.work(run)
    disk.free()
    Scheduler().tick()
    disk.call("stuck", "runs", "show", run)
    disk.call("resumed", "runs", "resume", run)
    disk.work_here(run)
    disk.call("finished", "runs", "show", run)
    output.write_text("as it was")
    disk.fill()
    disk.call("predict", "predict", run, "--input", second, "--output", str(output))
    disk.told["output"] = output.read_text()
    disk.told["at the end"] = disk.leftovers()


def read_only(disk: Disk, encoder: str) -> None:
    """Everything on a disk that can only be read: what reads works, what writes says why it cannot."""
    second, elsewhere = _table(disk.folder.parent / "second.csv", 5), disk.folder.parent / "scored.csv"
    dataset, run = _begun(disk, encoder)
    disk.work_here(run)
    disk.call("finished", "runs", "show", run)
    queued = disk.call("waits", "train", "--dataset", dataset, "--model", encoder, "--no-wait")["run"]
    _mount("-o", "remount,ro", str(disk.folder))
    reading = {
        "runs list": (), "runs show": (run,), "data list": (), "data show": (dataset,), "data versions": (dataset,),
        "data check": (dataset, "--model", encoder), "data suspects": (dataset,), "doctor": (),
        "predict": (run, "--input", second, "--output", str(elsewhere)),
        "rank": ("--dataset", dataset, "--source", encoder, "--rows", "40"), "retention": (run,),
        "data export": (dataset, "--output", str(disk.folder.parent / "rows.csv")),
    }  # fmt: skip
    writing = {
        "data add": (second,), "train": ("--dataset", dataset, "--no-wait"), "data fix": (dataset, "--resplit", "--seed", "7"),
        "cross-validate": ("--dataset", dataset, "--no-wait"), "runs stop": (queued,),
        "predict here": (run, "--input", second, "--output", str(disk.folder / "x.csv")),
        "data export here": (dataset, "--output", str(disk.folder / "x.csv")),
    }  # fmt: skip
    for name, words in (reading | writing).items():
        disk.call(name, *name.removesuffix(" here").split(), *words)
    disk.told["reading"], disk.told["writing"] = list(reading), list(writing)
    disk.told["rows"] = len(elsewhere.read_text().splitlines())


if __name__ == "__main__":
    mounted = Disk(Path(sys.argv[2]))
    {"full": full, "read_only": read_only}[sys.argv[1]](mounted, sys.argv[3])
    sys.stdout.write(json.dumps(mounted.told))
