"""Worker processes that die at a chosen place: forked from one process that has loaded the libraries already.

As a program it reads lines ``<run folder>\\t<module:name>\\t<before|after>\\t<nth call>``, carries the run out in a fork that
kills itself at that place (SIGKILL, as the kernel does it) and answers with the fork's exit status.
"""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


class Nursery:
    """That program, as tests call it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def work(self, folder: Path, place: str = "", when: str = "before", call: int = 1) -> int:
        """Exit code of a worker in ``folder``; -9 where it died at ``place``. Without a place it is carried out whole."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{folder}\t{place}\t{when}\t{call}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _deadly(place: str, when: str, call: int) -> None:
    """Replace what ``place`` names by one that kills this process before or after its nth call."""
    module, name = place.split(":")
    owner: object = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    real, calls = getattr(owner, last), []

    def dying(*args: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == call and when == "before":
            _die()
        answer = real(*args, **named)
        if len(calls) == call:
            _die()
        return answer

    setattr(owner, last, dying)


def main() -> None:
    from core import libraries
    from core.jobs.worker import work
    from core.training import course

    libraries.load()
    course.SAVE_SHARE = 0  # as many checkpoints as are asked for, however quick the steps and slow the disk
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        folder, place, when, call = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            if place:
                _deadly(place, when, int(call))
            os._exit(work(Path(folder)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)


if __name__ == "__main__":
    main()
