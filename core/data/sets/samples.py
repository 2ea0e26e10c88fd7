"""Sample data that ships with Graft."""

from dataclasses import dataclass
from pathlib import Path

from core.data.sets.add import add_dataset
from core.data.sets.store import DataSet
from core.errors import DatasetError

FOLDER = Path(__file__).resolve().parent / "sample_files"


@dataclass(frozen=True, slots=True)
class Sample:
    """A shipped file and what to say of it."""

    key: str
    title: str
    sentence: str
    path: Path


SAMPLES = {
    "reviews": Sample(
        "reviews", "Reviews",
        "796 short English reviews of films, restaurants and gadgets, half of them positive; written for Graft.",
        FOLDER / "reviews.csv",
    ),
}  # fmt: skip


def add_sample(key: str) -> DataSet:
    """Store a sample, or find it where it is stored already.

    Raises:
        DatasetError: when there is no such sample.
    """
    if key not in SAMPLES:
        raise DatasetError(f"There is no sample {key!r}.", f"Samples: {', '.join(SAMPLES)}.")
    sample = SAMPLES[key]
    return add_dataset(sample.path, name=sample.title, text="text", label="label", split="split")[0]
