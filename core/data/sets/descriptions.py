"""A sentence for each class that says what belongs to it, kept beside a stored set; rows and fingerprint stay as they are."""

from collections.abc import Mapping

from core import workspace
from core.checked import TEXT, Unreadable, mapping, read_checked
from core.data.sets.store import DataSet, get_dataset
from core.errors import DatasetError

FILE = "descriptions.json"
LONGEST = 500  # characters: a description is a sentence or three


def read_descriptions(dataset: DataSet) -> dict[str, str]:
    """Class -> its description, for the classes that have one.

    A version without descriptions of its own has those of the set that it was made from; a damaged file counts as none.
    """
    seen: set[str] = set()
    at: DataSet | None = dataset
    while at is not None and at.id not in seen:
        seen.add(at.id)
        if (at.folder / FILE).exists():
            return {label: text for label, text in _kept(at).items() if label in dataset.labels and text.strip()}
        at = _parent(at)
    return {}


def described_at(dataset: DataSet) -> float:
    """Unix seconds when the set's own descriptions were last written; 0 where they never were."""
    try:
        return (dataset.folder / FILE).stat().st_mtime
    except OSError:
        return 0.0


def write_descriptions(dataset: DataSet, descriptions: Mapping[str, str]) -> None:
    """Replace the descriptions of a set; an empty text takes one away.

    Raises:
        DatasetError: when a class is unknown or a text too long.
        StorageError: when it cannot be written.
    """
    for label, text in descriptions.items():
        if label not in dataset.labels:
            raise DatasetError(
                f"The data set {dataset.name!r} has no class {label[:80]!r}.",
                f"Classes: {', '.join(dataset.labels[:20])}.",
            )
        if len(text) > LONGEST:
            raise DatasetError(
                f"The description of {label!r} has {len(text):,} characters.", f"Say it in at most {LONGEST}."
            )
    kept = {label: text.strip() for label, text in descriptions.items() if text.strip()}
    workspace.write_json(dataset.folder / FILE, kept)


def _kept(dataset: DataSet) -> dict[str, str]:
    try:
        return dict(read_checked(dataset.folder / FILE, mapping(TEXT)))
    except Unreadable:
        return {}


def _parent(dataset: DataSet) -> DataSet | None:
    if dataset.parent is None:
        return None
    try:
        return get_dataset(dataset.parent)
    except DatasetError:
        return None  # deleted since
