"""Servers of models that the app starts and stops; each outlives the app, until it is stopped or its run is deleted."""

from core.jobs.served import Service
from core.runs.folder import Run


def endpoint(run: Run) -> Service:
    """The HTTP endpoint of a run as something that is served."""
    return Service("serving", "serve", "The endpoint", run)
