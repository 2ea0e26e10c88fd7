"""One click: the ladder on a sample that ships with Graft."""

from core.config import RunConfig
from core.data.sets.samples import SAMPLES, add_sample
from core.errors import GraftError
from core.studies.folder import Study, list_studies
from core.studies.kind import Asked
from core.studies.registry import start_study
from core.transfer.choice import choose

# five passes over the rows: about a minute in all on two cores. What longer trainings reach stands in docs/benchmarks.md
SETTINGS = {"model": "minilm", "epochs": 5, "max_length": 128, "batch_size": 16}


def sample_shown() -> str:
    """The sample of the demo: the messages to a shop where they are shipped, else the reviews."""
    return "support" if "support" in SAMPLES else "reviews"


def try_now() -> Study:
    """Store the sample and start a ladder on it; where one with these settings is there already, that one comes back.

    Raises:
        GraftError: when it cannot be stored or queued.
    """
    dataset = add_sample(sample_shown())
    config = RunConfig(dataset.id, **SETTINGS)  # type: ignore[arg-type]
    # by rows and classes alone: to count tokens the page would first have to load the large libraries
    choice = choose(dataset.size("train"), len(dataset.labels))
    config = config.changed(strategy=choice.strategy)
    for study in list_studies():
        try:
            if study.read()["kind"] == "ladder" and config in [cell.plan.config for cell in study.cells()]:
                return study
        except GraftError:
            continue  # damaged: it answers nothing
    noun = "messages" if sample_shown() == "support" else "reviews"
    return start_study("ladder", config, Asked(choice.sentence, seeds=1), f"First ladder: {dataset.name}", noun)
