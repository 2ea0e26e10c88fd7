"""The driver of a study whose next runs depend on what earlier ones gave: it looks, queues, waits and looks again."""

import logging
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from core.errors import GraftError
from core.jobs.drivers import driver_lock
from core.studies import carrying
from core.studies.folder import Study
from core.studies.registry import kind_of
from core.studies.standing import cell_state

log = logging.getLogger("graft.driver")

LOOK, LOOKS = 0.3, 5  # seconds between two looks at the runs, and how many of them before the kind is asked again


def drive(folder: Path, sleep: Callable[[float], None] = time.sleep) -> int:
    """Carry a study on until it is done or held; what goes wrong is told in the study, which is then held.

    Returns:
        the exit code: 0 unless Graft itself failed.
    """
    study, lock = Study(folder.name, folder), driver_lock(folder)
    if not lock.take():
        log.info("study %s has a driver already", study.id)
        return 0
    try:
        if study.goes_on:
            carrying.add(study, ())  # cells that were taken in and never queued, since a driver was killed in between
        while study.goes_on:
            step = kind_of(str(study.read()["kind"])).goes_on
            cells = step(study) if step else None
            if cells is None:
                study.close()
            elif cells:
                if study.goes_on:  # it may have been stopped meanwhile
                    carrying.add(study, cells)
            else:
                _wait(study, sleep)
        return 0
    except carrying.Busy:
        return 0  # somebody stops or resumes it this moment; the scheduler starts another driver if one is still wanted
    except GraftError as error:
        study.fail(error.message, error.hint)
        return 0
    except Exception as error:
        traceback.print_exception(error)
        study.fail(
            f"Graft itself failed: {type(error).__name__}: {error}",
            "The study's log.txt holds the details; please report them.",
        )
        return 1
    finally:
        study.told_nothing()
        lock.release()


def _wait(study: Study, sleep: Callable[[float], None]) -> None:
    """Until a run of the study stands differently, nothing more is wanted, or the kind may want to look at the clock."""
    before = [cell_state(cell) for cell in study.cells()]
    for _ in range(LOOKS):
        sleep(LOOK)
        if not study.goes_on or before != [cell_state(cell) for cell in study.cells()]:
            return
