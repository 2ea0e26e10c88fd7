"""Data sets of the Hugging Face Hub by name: the Parquet files that the Hub makes of every public set."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.data.reading.joined import join_parts
from core.data.reading.parts import part_of
from core.data.reading.readers import ENDINGS, open_table
from core.data.reading.table_reader import TableReader
from core.errors import DatasetError

BRANCH = "refs/convert/parquet"  # where the Hub keeps every set as <configuration>/<split>/0000.parquet
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

    Args:
        progress: is told the share of the files that are downloaded, 0 to 1.

    Raises:
        DatasetError: when the Hub cannot be reached, or has no such set.
    """
    repo = name.removeprefix("hub:")
    if any(os.environ.get(flag, "").lower() in ("1", "true", "yes", "on") for flag in OFFLINE):
        raise DatasetError(f"Graft is offline, so the Hub data set {repo!r} cannot be fetched.", BRING)
    files = _list_files(repo)
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
    downloaded = []
    for number, file in enumerate(wanted, 1):
        downloaded.append((file.split("/")[1], _download(repo, file)))
        if progress:
            progress(number / len(wanted))
    return replace(open_splits(downloaded, repo), sheets=configurations, sheet=chosen)


def open_splits(files: list[tuple[str, Path]], name: str) -> TableReader:
    """Parquet files, each with the split it belongs to, as one table; class numbers become their names.

    Splits that are neither train, validation nor test (such as unsupervised) are left out and named.

    Args:
        files: (split, file), at least one.

    Raises:
        DatasetError: when their columns differ, or one of them cannot be read.
    """
    used = [(part, path) for split, path in files if (part := part_of(split))]
    left_out = sorted({split for split, _ in files if not part_of(split)}) if used else []
    used = used or [("train", path) for _, path in files]
    opened: list[tuple[str | None, TableReader]] = [(part, open_table(path, name)) for part, path in used]
    if len({table.columns for _, table in opened}) > 1:
        raise DatasetError(f"The files of {name!r} have different columns.", "Download one of them and upload it.")
    joined = join_parts(opened, name)
    if not left_out:
        return joined
    warning = f"Left out, because they are neither train, validation nor test: {', '.join(left_out)}."
    return replace(joined, warnings=(*joined.warnings, warning))


def _list_files(repo: str) -> list[str]:
    from huggingface_hub import HfApi

    try:
        files = HfApi().list_repo_files(repo, repo_type="dataset", revision=BRANCH)
    except Exception as error:  # the client raises its own kinds, and those of its HTTP library
        raise _unreachable(repo, error) from error
    return sorted(file for file in files if file.endswith(".parquet") and file.count("/") >= 2)


def _download(repo: str, file: str) -> Path:
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(repo, file, repo_type="dataset", revision=BRANCH))
    except Exception as error:
        raise _unreachable(repo, error) from error


def _unreachable(repo: str, error: Exception) -> DatasetError:
    kind = type(error).__name__
    if kind in ("RepositoryNotFoundError", "RevisionNotFoundError", "HFValidationError"):
        return DatasetError(
            f"The Hub has no public data set {repo!r} that it offers as Parquet.",
            "Check its name, such as stanfordnlp/imdb.",
        )
    if kind == "GatedRepoError":
        return DatasetError(
            f"The Hub data set {repo!r} asks for consent.", "Accept its terms on its page, log in, and try again."
        )
    return DatasetError(f"The Hub cannot be reached to fetch {repo!r}.", BRING)
