"""All kinds of study. A new one is a file beside this one and a name below."""

from core.config import RunConfig
from core.data.sets.store import get_dataset
from core.errors import StudyError
from core.studies.carrying import start
from core.studies.folder import Study
from core.studies.kind import Answer, Kind
from core.studies.ladder import LADDER

KINDS: dict[str, Kind] = {kind.name: kind for kind in (LADDER,)}


def start_study(kind: str, config: RunConfig, choice: str = "", name: str | None = None, noun: str = "texts") -> Study:
    """Plan a study of this kind with the settings of a run, and queue what it needs.

    Args:
        config: names the set, and what all runs of the study have in common.
        choice: why the strategy in ``config`` was chosen, where it was chosen by itself.
        noun: what the texts are called in sentences, in the plural.

    Raises:
        GraftError: when there is no such kind or set, or a run cannot be queued as planned.
    """
    known = _kind(kind)
    dataset = get_dataset(config.dataset)
    question = known.question.format(dataset=dataset.name)
    return start(kind, name or f"{known.title} on {dataset.name}", question, known.plan(dataset, config, choice), noun)


def answer_of(study: Study) -> Answer:
    """What a study says so far.

    Raises:
        StudyError: when it is damaged, or of a kind that this version does not know.
    """
    return _kind(str(study.read()["kind"])).read(study)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise StudyError(f"There is no kind of study {name!r}.", f"Kinds: {', '.join(KINDS)}.")
    return KINDS[name]
