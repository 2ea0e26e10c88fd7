"""A run's model sent to the Hub, with its card: only when somebody asks, and never more than the export holds."""

from core.errors import GraftError
from core.export.exporting import export_run
from core.models.sources import is_offline
from core.runs.folder import Run


def push(run: Run, repository: str, name: str = "checkpoint", public: bool = False) -> str:
    """Upload an export of a run to ``repository`` (made where it is missing, private unless asked for); gives its address.

    Raises:
        GraftError: when Graft is offline, the name is not one of the Hub, no token is there, or the Hub refuses.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError
    from huggingface_hub.utils import validate_repo_id

    if is_offline():
        raise GraftError("Graft is set to work offline.", "Unset HF_HUB_OFFLINE and GRAFT_OFFLINE to send a model.")
    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise GraftError(f"{repository[:80]!r} is no name of the Hub.", "Write it as owner/name.") from error
    if not run.export(name).is_dir():
        export_run(run, name)
    api = HfApi()
    try:
        address = api.create_repo(repository, private=not public, exist_ok=True)
        api.upload_folder(repo_id=repository, folder_path=run.export(name), commit_message=f"{run.name} from Graft")
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        hint = (
            "Log in with `hf auth login`, or set HF_TOKEN to a token that may write."
            if status in (401, 403)
            else "Look at the name and try again."
        )
        raise GraftError(f"The Hub refused {repository}: {str(error).splitlines()[0][:200]}", hint) from error
    except Exception as error:  # the network's faults have no kind in common: the client's HTTP library has its own
        said = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
        raise GraftError(
            f"The Hub could not be reached, or the connection broke: {said[:200]}", "Try again; the export is kept."
        ) from error
    return str(address)
