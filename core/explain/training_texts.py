"""The training texts of a run as its source reads them, and how unlike them other texts are."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from core.data.columns.joining import joined_texts
from core.data.reading.cells import cell_text
from core.data.sets.apart import learnable
from core.data.sets.store import get_dataset
from core.data.splits.sampling import draw_part
from core.errors import SourceError
from core.explain.novelty import Known, know, strangeness
from core.explore.background import Work
from core.explore.features import MOST_ROWS, ask_features, read_texts
from core.results.text_columns import TextColumns
from core.runs.folder import Run
from core.tasks import task_of

Progress = Callable[[int, int], None]
COLUMN = "unlike_training"


def learnt_from(run: Run) -> pd.DataFrame:
    """The training rows of a run, at most ``MOST_ROWS`` of them, drawn evenly and always the same.

    Raises:
        DatasetError: when the version of the set that the run used was deleted.
    """
    config, dataset = run.config, get_dataset(run.config.dataset)
    rows = learnable(dataset.frame(), dataset, "train", config.domains, config.apart_from)
    train = draw_part(rows, task_of(dataset.task).kind, config.train_size, config.seed)
    return train if len(train) <= MOST_ROWS else draw_part(train, task_of(dataset.task).kind, MOST_ROWS, 0)


def ask_known(run: Run) -> Work:
    """(rows, width) features of the training rows, or how far their reading is; kept on disk by content.

    Raises:
        DatasetError: when the version of the set that the run used was deleted.
        SourceError: when the run has no source that could read them.
    """
    if not run.config.source:
        raise SourceError(f"Run {run.name} counts words: it has no source that reads texts.", "Name another run.")
    return ask_features(get_dataset(run.config.dataset), run.config.source, learnt_from(run))


def how_unlike(
    run: Run,
    features: np.ndarray,
    texts: Sequence[str],
    pairs: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> np.ndarray | None:
    """(texts,) the share of the training texts, 0..1, that lie nearer to the others than each of these; None where there are too few.

    Args:
        features: of the training rows, as ``ask_known`` gives them.

    Raises:
        SourceError: when the source of the run cannot be had.
    """
    known: Known | None = know(features)
    if known is None:
        return None
    read = read_texts(
        run.config.model, list(texts), None if pairs is None else list(pairs), progress or (lambda done, total: None)
    )
    return strangeness(known, read)


def with_unlike(run: Run, features: np.ndarray, frame: pd.DataFrame, columns: TextColumns) -> pd.DataFrame:
    """A scored table with the column ``unlike_training``; empty where a row has no text, absent where there are too few to tell.

    Args:
        features: of the training rows, as ``ask_known`` gives them.
        columns: what was scored.
    """
    joined = pd.Series(
        joined_texts([[cell_text(cell) for cell in frame[name]] for name in columns.texts]), dtype=object
    )
    filled = np.flatnonzero(joined != "")
    pairs = [cell_text(cell).strip() for cell in frame[columns.pair].iloc[filled]] if columns.pair else None
    told = how_unlike(run, features, joined.iloc[filled].tolist(), pairs) if len(filled) else None
    if told is None:
        return frame
    name = COLUMN
    while name in frame:
        name += "_"
    whole = np.full(len(frame), np.nan)
    whole[filled] = np.round(told, 4)
    return frame.assign(**{name: whole})
