"""Which source? All that are at hand ranked in one pass each, then a race of the best by short trainings and whole ones."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.config import RunConfig
from core.data.sets.store import DataSet, get_dataset
from core.errors import StudyError
from core.metrics.loss import LOSS
from core.metrics.table import METRICS
from core.studies.compared import Compared, compared
from core.studies.folder import Cell, Planned, Study
from core.studies.grid import grid
from core.studies.kind import Asked, Kind, asked_of
from core.studies.standing import UNDER_WAY, cell_state, state_of
from core.studies.titles import source_titles
from core.studies.ways import finished
from core.training.recipe import epochs_for
from core.transfer.ranking import Candidate, rank_sources

RACERS, LAST = 3, 2  # sources that begin the race, and that are left for whole trainings
SHORT, WHOLE = "short", "whole"
ROUND = "round"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a study of sources says so far.

    Attributes:
        ranking: best first; empty until it is done.
        seconds: that ranking took.
        race: what the trainings reached.
        realised: (source, predicted rank, rank that its short training reached) for the racers, by predicted rank.
        sentence: empty until the race has ended.
    """

    ranking: tuple[Candidate, ...]
    seconds: float
    race: Compared
    realised: tuple[tuple[str, int, int], ...]
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return self.race.to_json() | {
            "candidates": [asdict(candidate) for candidate in self.ranking], "seconds": self.seconds,
            "realised": [{"source": name, "predicted": predicted, "realised": came} for name, predicted, came in self.realised],
            "sentence": self.sentence,
        }  # fmt: skip


def plan_sources(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """No cell yet: the racers follow from the ranking.

    Raises:
        StudyError: when the set has no labels, or the strategy takes no source.
    """
    if not config.source:
        raise StudyError(
            f"The strategy {config.strategy} takes no source, so there is none to choose.", "Name another."
        )
    if dataset.task == "unlabelled":
        raise StudyError(f"The data set {dataset.name!r} has no labels.", "Ranking needs a labelled set.")
    return ()


def next_sources(study: Study) -> Sequence[Planned] | None:
    """First the ranking, then short trainings of the best, then whole ones of those that lead.

    Raises:
        GraftError: when the set cannot be ranked by.
    """
    config, asked = RunConfig.from_json(study.read()["config"]), asked_of(study)
    ranking = _ranking(study)
    if not ranking:
        ranking = _rank(study, config, asked)
    racers = [candidate.source for candidate in ranking if candidate.error is None][:RACERS]
    if not racers:
        raise StudyError("None of the sources could be read.", "The ranking says why; name others.")
    titles, cells = source_titles([candidate.source for candidate in ranking]), study.cells()
    if any(cell_state(cell) in ("queued", "starting", "running", "stopping") for cell in cells):
        return ()
    rounds = {cell.plan.factors.get(ROUND) for cell in cells}
    if SHORT not in rounds and len(racers) > 1:
        return _cells(_short(config), titles, racers, SHORT, 1)
    if WHOLE not in rounds:
        return _cells(config, titles, _leaders(study, racers), WHOLE, asked.seeds)
    return None


def _rank(study: Study, config: RunConfig, asked: Asked) -> list[Candidate]:
    """Rank and keep it."""
    told = [0.0]

    def progress(done: int, total: int) -> None:
        if done / total - told[0] >= 0.02 or done == total:  # a file a time is written
            told[0] = done / total
            study.tell("ranking the sources", done / total)

    study.tell("ranking the sources", 0.0)
    ranking, seconds = rank_sources(
        get_dataset(config.dataset),
        asked.sources,
        max_length=min(config.max_length, 128),
        seed=config.seed,
        progress=progress,
    )
    study.remember("ranking", {"seconds": seconds, "candidates": [asdict(candidate) for candidate in ranking]})
    study.told_nothing()
    return ranking


def _ranking(study: Study) -> list[Candidate]:
    """The ranking as it was kept; nothing where it is not there yet."""
    kept = study.recall("ranking")
    try:
        return [
            Candidate(**(one | {"ranks": tuple(one["ranks"]) if one["ranks"] else None})) for one in kept["candidates"]
        ]
    except (TypeError, KeyError):
        return []


def _short(config: RunConfig) -> RunConfig:
    """The same training in about half the time."""
    rows = get_dataset(config.dataset).size("train")
    rows = min(rows, config.train_size or rows)
    return config.changed(epochs=max(1, epochs_for(config, rows) // 2))


def _cells(
    config: RunConfig, titles: dict[str, str], sources: Sequence[str], name: str, seeds: int
) -> tuple[Planned, ...]:
    """Args:
    titles: of all sources of the study, so that one is called the same in each round.
    """
    options = {titles[source]: {"model": source, "revision": None} for source in sources}
    return grid(config, {"source": options, ROUND: {name: {}}}, seeds)


def _leaders(study: Study, racers: Sequence[str]) -> list[str]:
    """The racers that lead after the short round by their validation rows; all where there was none."""
    reached = {
        cell.plan.config.model: cell_score(cell) for cell in study.cells() if cell.plan.factors.get(ROUND) == SHORT
    }
    known = [source for source in racers if reached.get(source) is not None]
    if not known:
        return list(racers)[:LAST]
    return sorted(known, key=lambda source: -(reached[source] or 0.0))[:LAST]


def validation_score(result: dict[str, Any]) -> float | None:
    """The best score on the validation rows, higher is better; None where there are none, since nothing may choose by the rows that
    judge."""
    told = result.get("validation") or {}
    if not result.get("validation_rows"):
        return None
    for name, metric in METRICS.items():
        if metric.chooses and name != LOSS.name and isinstance(told.get(name), (int, float)):
            return float(told[name]) if metric.higher else -float(told[name])
    return None


def cell_score(cell: Cell) -> float | None:
    """The score of a cell's finished run on the validation rows, higher is better; None without one."""
    runs = finished([cell])
    return validation_score(runs[0].result or {}) if runs else None


def needs_choosing_rows(dataset: DataSet) -> None:
    """Refuse a set without labels, or without validation rows by which to choose among models.

    Raises:
        StudyError: naming what is missing.
    """
    if dataset.task == "unlabelled":
        raise StudyError(f"The data set {dataset.name!r} has no labels.", "Training needs a label column.")
    if not dataset.size("validation"):
        raise StudyError(
            f"The data set {dataset.name!r} has no validation rows, and only such may choose among models.",
            "Split it again with a validation part: data fix, or store the file anew with other fractions.",
        )


def read_sources(study: Study) -> Sources:
    """The ranking, the race as far as it has come, and how right the ranking was.

    Raises:
        StudyError: when the study is damaged.
    """
    ranking = _ranking(study)
    kept = study.recall("ranking") or {}
    cells = study.cells()
    whole = [cell for cell in cells if cell.plan.factors.get(ROUND) == WHOLE]
    race = compared(study, cells=whole if any(finished([cell]) for cell in whole) else cells)
    titles = source_titles([candidate.source for candidate in ranking])
    realised = _realised(study, ranking)
    sentence = ""
    if race.sentence and state_of(study) not in UNDER_WAY:
        sentence = " ".join(
            filter(
                None,
                (
                    _ranked_sentence(ranking, titles, float(kept.get("seconds", 0.0))),
                    race.sentence,
                    _grade(realised, titles),
                ),
            )
        )
    return Sources(tuple(ranking), float(kept.get("seconds", 0.0)), race, realised, sentence)


def _realised(study: Study, ranking: Sequence[Candidate]) -> tuple[tuple[str, int, int], ...]:
    """Of the racers that were trained alike: predicted and reached rank, by the judged rows."""
    reached: dict[str, float] = {}
    for cell in study.cells():
        if cell.plan.factors.get(ROUND) == SHORT and (runs := finished([cell])):
            result = runs[0].result or {}
            name = result.get("headline") or "accuracy"
            reached[cell.plan.config.model] = (1 if METRICS[name].higher else -1) * float(result["metrics"][name])
    order = sorted(reached, key=lambda source: -reached[source])
    by_rank = [candidate.source for candidate in ranking if candidate.source in reached]
    return tuple((source, place, order.index(source) + 1) for place, source in enumerate(by_rank, 1))


def _ranked_sentence(ranking: Sequence[Candidate], titles: dict[str, str], seconds: float) -> str:
    scored = [candidate for candidate in ranking if candidate.rank]
    if not scored:
        return ""
    first = titles[scored[0].source]
    return f"Of {len(scored)} sources, ranked in {seconds:.0f} s without any training, {first} came first."


def _grade(realised: Sequence[tuple[str, int, int]], titles: dict[str, str]) -> str:
    if len(realised) < 2:
        return ""
    first = next((source for source, _, came in realised if came == 1), "")
    if realised[0][2] == 1:
        return "The ranking had named the winner of the short round."
    place = next(predicted for source, predicted, _ in realised if source == first)
    return f"The ranking had named another: {titles[first]} won the short round, from place {place}."


SOURCES = Kind(
    "sources", "Sources", "Which source suits {dataset}?",
    "Every source at hand reads some of the texts once, and is ranked by how far its view of them sets the classes apart. The three best "
    "are then trained for a short while, and the two that lead in whole.",
    plan_sources, read_sources, asks=("seeds", "sources"), goes_on=next_sources,
)  # fmt: skip
