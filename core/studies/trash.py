"""Deleting a study, with or without its runs, and bringing it back."""

from core import workspace
from core.errors import GraftError, StudyError
from core.runs.folder import Run, delete_run, restore_run
from core.studies.folder import Study, list_studies
from core.studies.standing import UNDER_WAY, state_of

WENT_ALONG = "went-along"  # memo: ids of the runs that were deleted with it


def own_runs(study: Study) -> list[Run]:
    """Its runs that were trained for it and stand in no other study.

    Raises:
        StudyError: when the study is damaged.
    """
    elsewhere: set[str] = set()
    for other in list_studies():
        if other.id != study.id:
            elsewhere |= _run_ids(other)
    return [cell.run for cell in study.cells() if cell.run and not cell.reused and cell.run.id not in elsewhere]


def delete_study(study: Study, with_runs: bool = False) -> list[str]:
    """Move a study that is not under way to the trash, from where ``restore_study`` brings it back.

    Args:
        with_runs: whether ``own_runs`` go with it; runs that other studies use stay.

    Returns:
        Ids of the runs that went with it.

    Raises:
        StudyError: while it is under way.
        RunError: while one of its runs is; then nothing is deleted.
    """
    state = state_of(study)
    if state in UNDER_WAY:
        raise StudyError(f"Study {study.name} is {state}.", "Stop it first, then delete it.")
    gone: list[str] = []
    try:
        for run in own_runs(study) if with_runs else ():
            delete_run(run)
            gone.append(run.id)
    except GraftError:
        _bring_back(gone)
        raise
    study.remember(WENT_ALONG, gone)
    workspace.discard(study.path, "studies")
    return gone


def restore_study(study_id: str) -> Study:
    """Bring a deleted study back, and the runs that went with it.

    Raises:
        StudyError: when the trash does not hold it.
    """
    path = workspace.bring_back(study_id, "studies")
    if path is None:
        raise StudyError(
            f"Study {study_id} is not in the trash.", "Only studies deleted in this workspace can be restored."
        )
    study = Study(study_id, path)
    _bring_back(study.recall(WENT_ALONG) or [])
    return study


def _bring_back(run_ids: list[str]) -> None:
    for run_id in run_ids:
        restore_run(run_id)


def _run_ids(study: Study) -> set[str]:
    try:
        return {cell.run_id for cell in study.cells() if cell.run_id}
    except StudyError:
        return set()  # damaged: it uses nothing that could be told
