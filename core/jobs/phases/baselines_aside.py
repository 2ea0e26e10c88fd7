"""Baselines computed in a process of their own while a card trains: counting the words of many texts takes longer than that."""

import logging
import os
import subprocess
import sys

from core import workspace
from core.jobs.phases.choosing import Chosen, choose_rows
from core.results.baseline_cache import cached_baselines
from core.runs.folder import Run, get_run

log = logging.getLogger("graft.worker")
LEAST = 3000  # training rows from which it is worth a process, whose libraries take some seconds to load
CALL = "import sys; from core.jobs.phases.baselines_aside import fill; fill(sys.argv[1])"


class BaselinesAside:
    """While the context lasts, the baselines of ``run`` are put into their cache beside it; at its end they are there.

    On a CPU nothing happens: there they would only take the training's cores. What goes wrong aside is computed again by
    whoever looks for it.
    """

    def __init__(self, run: Run, chosen: Chosen, device: str):
        self._run = run
        self._child: subprocess.Popen[bytes] | None = None
        self._worth = device.startswith("cuda") and len(chosen.parts["train"]) >= LEAST

    def __enter__(self) -> "BaselinesAside":
        if self._worth:
            self._child = subprocess.Popen(
                [sys.executable, "-c", CALL, self._run.id], cwd=workspace.PROJECT, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=os.environ | {"GRAFT_HOME": str(workspace.home()), "CUDA_VISIBLE_DEVICES": ""},
            )  # fmt: skip
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self.drop()
        if self._child and self._child.wait():
            log.info("the baselines beside the training ended with %d", self._child.returncode)

    def drop(self) -> None:
        """Nobody needs them now: the training ended early."""
        if self._child:
            self._child.kill()


def fill(run_id: str) -> None:
    """Compute the baselines of a run into their cache."""
    chosen = choose_rows(get_run(run_id).config, lambda _: None)
    parts = chosen.parts
    cached_baselines(chosen.dataset, parts["train"], parts["test"], chosen.config.seed, parts["validation"])
