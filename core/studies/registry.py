"""All kinds of study. A new one is a file beside this one and a name below."""

from core.config import RunConfig
from core.data.sets.store import get_dataset
from core.errors import StudyError
from core.studies.auto import AUTO
from core.studies.carrying import start
from core.studies.domains import DOMAINS
from core.studies.folder import Study
from core.studies.kind import Answer, Asked, Kind
from core.studies.labels import LABEL_CURVE
from core.studies.ladder import LADDER
from core.studies.repeat import REPEAT
from core.studies.search import SEARCH
from core.studies.settings import SETTINGS
from core.studies.sources import SOURCES
from core.studies.standing import UNDER_WAY, cell_state, state_of
from core.studies.strategies import STRATEGY
from core.studies.together import TASKS_AT_ONCE

MOST_KEPT = 64  # answers of studies that are kept in memory
_ANSWERS: dict[str, tuple[tuple[object, ...], Answer]] = {}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (LADDER, LABEL_CURVE, STRATEGY, SOURCES, SETTINGS, SEARCH, REPEAT, AUTO, DOMAINS, TASKS_AT_ONCE)
}


def start_study(
    kind: str, config: RunConfig, asked: Asked | None = None, name: str | None = None, noun: str = "texts"
) -> Study:
    """Plan a study of this kind with the settings of a run, and queue what it needs.

    Args:
        config: names the set, and what all runs of the study have in common.
        asked: what else the kind is asked; its usual question where it is left out.
        noun: what the texts are called in sentences, in the plural.

    Raises:
        GraftError: when there is no such kind or set, or a run cannot be queued as planned.
    """
    known, asked = kind_of(kind), asked or Asked()
    dataset = get_dataset(config.dataset)
    cells = known.plan(dataset, config, asked)
    question = known.question.format(dataset=dataset.name)
    title = name or f"{known.title} on {dataset.name}"
    return start(
        kind, title, question, cells, noun, asked=asked.to_json(), config=config, goes_on=known.goes_on is not None
    )


def answer_of(study: Study) -> Answer:
    """What a study says so far, computed once as long as neither its folder nor one of its runs changes.

    Raises:
        StudyError: when it is damaged, or of a kind that this version does not know.
    """
    kind = kind_of(str(study.read()["kind"]))
    if kind.goes_on and state_of(study) in UNDER_WAY:  # the time it has taken so far is part of the answer
        return kind.read(study)
    key = _stamp(study)
    known = _ANSWERS.get(str(study.path))
    if known is None or known[0] != key:
        if len(_ANSWERS) >= MOST_KEPT:
            _ANSWERS.clear()
        known = _ANSWERS[str(study.path)] = key, kind.read(study)
    return known[1]


def _stamp(study: Study) -> tuple[object, ...]:
    """Changes whenever the study's folder or the state of one of its runs does."""
    cells = [(cell.run_id, cell_state(cell), cell.run and cell.run.status.get("ended_at")) for cell in study.cells()]
    stands = (
        study.goes_on,
        study.is_held,
        study.is_done,
    )  # with the states of the cells all that its own state follows from
    return *stands, (study.path / "study.json").stat().st_mtime_ns, *cells


def kind_of(name: str) -> Kind:
    """The kind with this name.

    Raises:
        StudyError: when this version knows no such kind.
    """
    if name not in KINDS:
        raise StudyError(f"There is no kind of study {name!r}.", f"Kinds: {', '.join(KINDS)}.")
    return KINDS[name]
