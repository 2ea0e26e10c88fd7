"""A model of the Hub: what it is, which of its files are needed, and the way of these files to this machine."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from core.errors import SourceError
from core.hub import fetch_file

WEIGHTS = (
    ("model.safetensors",), ("model-*.safetensors", "model.safetensors.index.json"),
    ("pytorch_model.bin",), ("pytorch_model-*.bin", "pytorch_model.bin.index.json"),
)  # fmt: skip  # the first kind that is there is taken
OTHERS = (
    "config.json", "tokenizer*", "vocab*", "merges.txt", "spiece.model", "sentencepiece*", "special_tokens_map.json",
    "added_tokens.json", "1_Pooling/config.json", "modules.json",
)  # fmt: skip
AGAIN = "What is here stays: resume the run when the connection is back, and only the rest is fetched."
MIB = 2**20


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model as the Hub tells of it.

    Attributes:
        commit: the state that its revision stands for now; it never changes.
        files: bytes of each file that is needed, by its path.
    """

    name: str
    commit: str
    files: dict[str, int] = field(default_factory=dict)
    licence: str = ""
    gated: bool = False

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(self.files.values())

    @property
    def sentence(self) -> str:
        """Size and licence, where the Hub tells them."""
        size = f"{max(1, round(self.size / MIB)):,} MiB" if self.size else ""
        told = [part for part in (size, f"licence {self.licence}" if self.licence else "") if part]
        return f" ({', '.join(told)})" if told else ""


def look_up(
    name: str, revision: str | None = None, endpoint: str | None = None, timeout: float | None = None
) -> HubModel:
    """Ask the Hub for a model; raises what the client raises."""
    from huggingface_hub import HfApi

    told = HfApi(endpoint=endpoint).model_info(name, revision=revision, timeout=timeout, files_metadata=True)
    sizes = {file.rfilename: int(file.size or 0) for file in told.siblings or ()}
    licence = getattr(told.card_data, "license", None) if told.card_data else None
    return HubModel(name, told.sha or "", needed_files(sizes), str(licence or ""), bool(told.gated))


def needed_files(sizes: dict[str, int]) -> dict[str, int]:
    """Of all files of a model those that a run reads: architecture, tokenizer, and the weights in one form."""
    wanted = {name for name in sizes if any(fnmatch(name, kind) for kind in OTHERS)}
    for kinds in WEIGHTS:
        if found := {name for name in sizes if any(fnmatch(name, kind) for kind in kinds)}:
            wanted |= found
            break
    return {name: sizes[name] for name in sorted(wanted)}


def bring(name: str, revision: str | None, progress: Callable[[int, int], None]) -> str:
    """Download what a run needs of a model; returns the commit whose files they are.

    What was downloaded before is not fetched again; a file that breaks off is gone on with a few times.

    Args:
        progress: is told MiB that are here, and MiB in all.

    Raises:
        SourceError: when the Hub does not give it, saying why and what to do.
    """
    here = 0
    model: HubModel | None = None
    try:
        model = look_up(name, revision)
        whole = max(1, round(model.size / MIB))
        for file, size in model.files.items():
            fetch_file(name, file, model.commit, partial(_tell, progress, here, whole))
            here += size
            progress(round(here / MIB), whole)
        if revision in (None, model.commit):  # so that the cache knows the newest commit when there is no network
            with suppress(Exception):
                fetch_file(name, "config.json", None)
    except Exception as error:  # the client raises its own kinds, and those of its HTTP library
        raise refused(name, error, here, model.size if model else 0) from error
    return model.commit


def _tell(progress: Callable[[int, int], None], before: int, whole: int, done: int) -> None:
    progress(round((before + done) / MIB), whole)


def refused(name: str, error: Exception, here: int = 0, whole: int = 0) -> SourceError:
    """What to say when the Hub does not give a model."""
    kind, status = type(error).__name__, getattr(getattr(error, "response", None), "status_code", None)
    if kind == "GatedRepoError" or status in (401, 403):
        return SourceError(
            f"The Hub gives {name!r} only to who is logged in and has consented.",
            "Accept its terms on its page on the Hub, log in there (`hf auth login`), and resume the run.",
        )
    if kind in ("RepositoryNotFoundError", "RevisionNotFoundError", "HFValidationError"):
        return SourceError(
            f"The Hub has no public model {name!r} of this revision.", "Check its name and revision on huggingface.co."
        )
    if status == 429:
        return SourceError(f"The Hub asks to wait before it gives {name!r}.", f"Try again in some minutes. {AGAIN}")
    if isinstance(error, OSError) and getattr(error, "errno", None) == 28:
        return SourceError(f"There is no room for {name!r} on this disk.", "Free some, or set HF_HOME to another disk.")
    if kind == "EntryNotFoundError" or kind == "RemoteEntryNotFoundError":
        return SourceError(f"A file of {name!r} is missing on the Hub.", "Choose another model or revision.")
    came = f" after {round(here / MIB):,} of {round(whole / MIB):,} MiB" if whole else ""
    what = (
        f"the Hub answers with an error ({status})" if status else "the connection broke off or the file is not whole"
    )
    return SourceError(f"The download of {name!r} failed{came}: {what}.", AGAIN)


def cached_commit(name: str, revision: str | None = None) -> str:
    """The commit of a model that has been downloaded; "" where none is known."""
    from huggingface_hub import try_to_load_from_cache

    try:
        config = try_to_load_from_cache(name, "config.json", revision=revision)
    except (ValueError, OSError):
        return ""
    return Path(config).parent.name if isinstance(config, str) else ""
