"""Scored files that stay with their run: what was scored once is there after a reload, until somebody deletes it."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from core import workspace
from core.checked import NUMBER, TEXT, TIME, Unreadable, listing, read_checked, record
from core.errors import RunError
from core.results.answer_tables import write_table
from core.results.predict import Scored
from core.runs.folder import Run

_CARD = record({
    "mark": TEXT, "name": TEXT, "ending": TEXT, "rows": NUMBER, "skipped": NUMBER, "notes": listing(TEXT), "scored_at": TIME,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoredFile:
    """What is known of a scored file without opening it.

    Attributes:
        mark: names its content.
        name: as its owner calls it, without ending.
        ending: the format in which it came, such as ``.xlsx``.
        rows, skipped: all rows, and those without a prediction.
        notes: sentences on rows without a prediction and on what was mended.
        scored_at: unix seconds.
    """

    mark: str
    name: str
    ending: str
    rows: int
    skipped: int
    notes: tuple[str, ...]
    scored_at: float


def keep_scored(run: Run, mark: str, name: str, ending: str, scored: Scored) -> ScoredFile:
    """Keep a scored table with its run; the same content again takes the place of the earlier one.

    Raises:
        StorageError: when it cannot be written.
    """
    card = ScoredFile(mark, name, ending, len(scored.frame), scored.skipped, tuple(scored.notes), time.time())
    with workspace.replace_folder(_place(run, mark)) as folder:
        write_table(scored.frame, folder / "rows.parquet")
        workspace.put_json(folder / "scored.json", asdict(card))
    return card


def list_scored(run: Run) -> list[ScoredFile]:
    """The scored files of a run, newest first; what is damaged is left out."""
    return sorted(_cards(run), key=lambda card: card.scored_at, reverse=True)


def _cards(run: Run) -> Sequence[ScoredFile]:
    found = []
    try:
        folders = [folder for folder in (run.path / "scored").iterdir() if not folder.name.startswith(".")]
    except OSError:
        return []
    for folder in folders:
        try:
            card = read_checked(folder / "scored.json", _CARD)
        except Unreadable:
            continue
        if card["mark"] == folder.name:
            found.append(
                ScoredFile(
                    **card | {"notes": tuple(card["notes"]), "rows": int(card["rows"]), "skipped": int(card["skipped"])}
                )
            )
    return found


def read_scored(run: Run, mark: str) -> pd.DataFrame:
    """The rows of a scored file, with their predictions.

    Raises:
        RunError: when there is none of this mark, or its rows cannot be read.
    """
    path = _place(run, mark) / "rows.parquet"
    try:
        if path.is_file():  # of an empty folder pandas makes an empty table
            return pd.read_parquet(path)
    except (OSError, ValueError):
        pass
    raise RunError(
        f"The scored file {mark[:40]} of run {run.short_name} is not there or damaged.", "Score the file again."
    )


def delete_scored(run: Run, mark: str) -> None:
    """Remove a scored file; nothing where there is none."""
    shutil.rmtree(_place(run, mark), ignore_errors=True)


def _place(run: Run, mark: str) -> Path:
    """The folder of a scored file.

    Raises:
        RunError: for a mark that could lead elsewhere.
    """
    if not mark or not mark.replace("-", "").replace("_", "").replace(".", "").isalnum() or mark.startswith("."):
        raise RunError(f"{mark[:40]!r} names no scored file.", "Choose one from the list.")
    return run.path / "scored" / mark
