"""Presentations started from the app: a process each, which ends with the app."""

import os

from core.jobs.served import Served, Service
from core.runs.folder import Run


def presentation(run: Run) -> Service:
    """The presentation of a run as something that is served; its address holds the token."""
    return Service("presenting", "present", "The presentation", run)


def start(run: Run) -> Served:
    """Serve a run on a free port of this machine, as long as this process lives; one that is served already comes back.

    Raises:
        GraftError: when it cannot be served, with the reason.
    """
    return presentation(run).start("--port", "0", "--owner", str(os.getpid()))
