"""Data sets of the Hugging Face Hub by name: the Parquet files that the Hub makes of every public set."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.data.reading.joined import join_parts
from core.data.reading.parts import part_of
from core.data.reading.readers import ENDINGS, open_table
from core.data.reading.table_reader import TableReader
from core.errors import DatasetError
from core.hub import fetch_file

BRANCH = "refs/convert/parquet"  # where the Hub keeps every set as <configuration>/<split>/0000.parquet
LARGEST, PATIENCE = 4 * 2**30, 15.0  # bytes of a set's files at most; seconds to wait for the list of them
OFFLINE = ("GRAFT_OFFLINE", "HF_HUB_OFFLINE")  # variables of the environment that forbid to ask the Hub
BRING = "Bring the set as a file (CSV, Parquet …), or run Graft where the Hub can be reached, without HF_HUB_OFFLINE."


def is_hub_name(name: str) -> bool:
    """Whether this names a set on the Hub: hub:imdb, or stanfordnlp/imdb where no such file exists."""
    if name.startswith("hub:"):
        return True
    is_file = name.lower().endswith(tuple(f".{ending}" for ending in ENDINGS)) or Path(name).exists()
    return bool(re.fullmatch(r"[\w-]+/[\w.-]+", name)) and not is_file


def open_hub(
    name: str, configuration: str | None = None, progress: Callable[[float], None] | None = None
) -> TableReader:
    """Download a public set and open it; its configurations are what can be chosen as its sheet.

    Its name tells the commit that was read, so that the same rows can be had again.

    Args:
        progress: is told the share of the bytes that have come, 0 to 1.

    Raises:
        DatasetError: when the Hub cannot be reached, has no such set, or too large a one.
    """
    repo = name.removeprefix("hub:")
    if any(os.environ.get(flag, "").lower() in ("1", "true", "yes", "on") for flag in OFFLINE):
        raise DatasetError(f"Graft is offline, so the Hub data set {repo!r} cannot be fetched.", BRING)
    commit, sizes = _look_up(repo)
    files = sorted(sizes)
    configurations = tuple(dict.fromkeys(file.split("/")[0] for file in files))
    if not configurations:
        raise DatasetError(
            f"The Hub holds no Parquet files of {repo!r}.", "Download its files by hand and upload them."
        )
    if configuration is not None and configuration not in configurations:
        raise DatasetError(
            f"{repo!r} has no configuration {configuration!r}.", f"It has: {', '.join(configurations[:20])}."
        )
    chosen = configuration or ("default" if "default" in configurations else configurations[0])
    wanted = [file for file in files if file.split("/")[0] == chosen]
    whole, here = sum(sizes[file] for file in wanted), 0
    if whole > LARGEST:
        raise DatasetError(
            f"{repo!r} has {whole / 2**30:.1f} GiB; at most {LARGEST / 2**30:.0f} GiB are fetched from the Hub.",
            f"Choose a smaller configuration ({', '.join(configurations[:20])}), or bring a part of it as a file.",
        )
    downloaded = []
    for file in wanted:
        before = here
        told = partial(_tell, progress, before, whole)
        try:
            downloaded.append((file.split("/")[1], fetch_file(repo, file, commit, told, kind="dataset")))
        except Exception as error:  # the client raises its own kinds, and those of its HTTP library
            raise _refused(repo, error) from error
        here += sizes[file]
        told(sizes[file])
    return replace(open_splits(downloaded, f"{repo} at {commit[:12]}"), sheets=configurations, sheet=chosen)


def _tell(progress: Callable[[float], None] | None, before: int, whole: int, done: int) -> None:
    if progress:
        progress(min(1.0, (before + done) / max(1, whole)))


def open_splits(files: list[tuple[str, Path]], name: str) -> TableReader:
    """Parquet files, each with the split it belongs to, as one table; class numbers become their names.

    Splits that are neither train, validation nor test (such as unsupervised) are left out and named.

    Args:
        files: (split, file), at least one.

    Raises:
        DatasetError: when their columns differ, or one of them cannot be read.
    """
    judging = _without_test(files)
    used = [("test" if split in judging else part, path) for split, path in files if (part := part_of(split))]
    left_out = sorted({split for split, _ in files if not part_of(split)}) if used else []
    used = used or [("train", path) for _, path in files]
    opened: list[tuple[str | None, TableReader]] = [(part, open_table(path, name)) for part, path in used]
    if len({table.columns for _, table in opened}) > 1:
        raise DatasetError(f"The files of {name!r} have different columns.", "Download one of them and upload it.")
    joined = join_parts(opened, name)
    warnings = list(joined.warnings)
    if left_out:
        warnings.append(f"Left out, because they are neither train, validation nor test: {', '.join(left_out)}.")
    if judging:
        warnings.append(f"The set has no test part: {', '.join(judging)} is taken for it.")
    return replace(joined, warnings=tuple(warnings))


def _without_test(files: list[tuple[str, Path]]) -> list[str]:
    """Of several validation splits (matched and mismatched) all but the first, where a set has no test split: what chose the
    checkpoint should not judge it."""
    parts = {split: part_of(split) for split, _ in files}
    validation = sorted(split for split, part in parts.items() if part == "validation")
    return validation[1:] if "test" not in parts.values() else []


def _look_up(repo: str) -> tuple[str, dict[str, int]]:
    """The commit of the set's Parquet files, and the bytes of each by its path."""
    from huggingface_hub import HfApi

    try:
        told = HfApi().dataset_info(repo, revision=BRANCH, files_metadata=True, timeout=PATIENCE)
    except Exception as error:  # the client raises its own kinds, and those of its HTTP library
        raise _refused(repo, error) from error
    sizes = {file.rfilename: int(file.size or 0) for file in told.siblings or ()}
    return told.sha or BRANCH, {
        name: size for name, size in sizes.items() if name.endswith(".parquet") and name.count("/") >= 2
    }


def _refused(repo: str, error: Exception) -> DatasetError:
    kind, status = type(error).__name__, getattr(getattr(error, "response", None), "status_code", None)
    if kind == "GatedRepoError" or status in (401, 403):
        return DatasetError(
            f"The Hub data set {repo!r} asks for consent.",
            "Accept its terms on its page, log in (`hf auth login`), and try again.",
        )
    if kind in ("RepositoryNotFoundError", "RevisionNotFoundError", "HFValidationError"):
        return DatasetError(
            f"The Hub has no public data set {repo!r} that it offers as Parquet.",
            "Check its name, such as stanfordnlp/imdb.",
        )
    if status == 429:
        return DatasetError(f"The Hub asks to wait before it gives {repo!r}.", "Try again in some minutes.")
    if status or (isinstance(error, OSError) and kind == "OSError"):
        what = f"the Hub answers with an error ({status})" if status else str(error)
        return DatasetError(f"The download of {repo!r} failed: {what}.", "Try again: files that have come stay.")
    return DatasetError(f"The Hub cannot be reached to fetch {repo!r}.", BRING)
