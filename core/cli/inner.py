"""Commands that the program starts itself: scheduler, worker, flusher."""

import argparse
from pathlib import Path

from core.cli.output import Output


def scheduler(arguments: argparse.Namespace, out: Output) -> int:
    """Start queued runs until there has been nothing to do for a while."""
    from core.jobs.scheduler import serve

    serve()
    return 0


def flusher(arguments: argparse.Namespace, out: Output) -> int:
    """Carry events to the run store until nothing has been pending for a while."""
    from core.runs.store import serve

    serve()
    return 0


def worker(arguments: argparse.Namespace, out: Output) -> int:
    """Carry out one run; its state and its errors go into the run's folder."""
    from core.jobs.cluster.arrival import arrive
    from core.jobs.worker import work

    folder = Path(arguments.folder)
    return work(folder) if arrive(folder) else 1


def spread(arguments: argparse.Namespace, out: Output) -> int:
    """Carry out one run by several processes of the cluster on which this is called."""
    from core.jobs.cluster.arrival import arrive
    from core.jobs.cluster.spread import spread

    folder = Path(arguments.folder)
    return spread(folder) if arrive(folder) else 1


def worker_arguments(parser: argparse.ArgumentParser) -> None:
    """The run's folder."""
    parser.add_argument("folder")


def drive(arguments: argparse.Namespace, out: Output) -> int:
    """Look for the next runs of a study until it is done."""
    from core.studies.driving import drive

    return drive(Path(arguments.folder))


def drive_arguments(parser: argparse.ArgumentParser) -> None:
    """The study's folder."""
    parser.add_argument("folder")
