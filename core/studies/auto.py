"""The best model for a set in so many minutes on this machine: what costs least first, the rest of the time where the evidence points."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.config import RunConfig
from core.data.sets.lengths import dataset_lengths
from core.data.sets.store import DataSet, get_dataset
from core.errors import GraftError, RunError
from core.jobs import queue
from core.metrics.table import METRICS
from core.models.shape import shape_of
from core.models.sources import list_sources
from core.runs.folder import ACTIVE, WAITING
from core.strategies.registry import DEFAULT, PROBE, STRATEGIES
from core.studies.carrying import PAUSES
from core.studies.folder import Cell, Planned, Study
from core.studies.kind import Asked, Kind, asked_of
from core.studies.sources import cell_score, needs_choosing_rows
from core.studies.standing import UNDER_WAY, cell_state, state_of
from core.studies.titles import source_titles
from core.tasks import figure, headline_of, interval_of, span
from core.training.estimate import START_SECONDS, estimate, estimate_counted, took
from core.training.recipe import epochs_for
from core.transfer.choice import choose_for

USUAL_MINUTES = 5.0
RESERVE = 3.0  # seconds before the end at which whatever still runs is stopped
CAREFUL = 1.2  # by which an estimate is multiplied before it counts as fitting
JUDGED_SHARE, FEWEST_JUDGED, MOST_JUDGED = 0.04, 200, 5000  # of the time, for scoring test rows once; rows
LEVEL = 0.5  # standard errors of the validation score within which two ways count as level
WORTH_SAYING = 15.0  # seconds left below which it goes without saying that a way was left out
COUNTED = next(name for name, known in STRATEGIES.items() if not known.teacher.encodes)


@dataclass(frozen=True, slots=True)
class Tried:
    """One way that was tried, or why it was not.

    Attributes:
        score: on the validation rows that choose, in the metric's units; None without a result.
        judged: on the test rows.
        seconds: of the training.
    """

    what: str
    why: str
    state: str
    run: str | None = None
    score: float | None = None
    judged: float | None = None
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "what": self.what, "why": self.why, "state": self.state, "run": self.run, "score": self.score, "judged": self.judged,
            "seconds": self.seconds,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Auto:
    """What the search in a time says so far.

    Attributes:
        run: of the model that is handed over; None while there is none.
        metrics: of that run on the test rows.
        seconds: since the start, or from start to end.
        sentence: empty until it has ended.
    """

    tried: tuple[Tried, ...]
    run: str | None
    headline: str
    metrics: dict[str, Any]
    seconds: float
    minutes: float
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "run": self.run, "metrics": self.metrics, "tried": [one.to_json() for one in self.tried], "seconds": self.seconds,
            "minutes": self.minutes, "metric": self.headline or None, "sentence": self.sentence,
        }  # fmt: skip


def plan_auto(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """Counted words and a probe, which cost seconds and are models already; the rest follows from them.

    Raises:
        StudyError: when the set has no labels.
    """
    needs_choosing_rows(dataset)
    base = _base(dataset, config, 60 * (asked.minutes or USUAL_MINUTES))
    counted = base.changed(strategy=COUNTED, epochs=None, learning_rate=None)
    probe = base.changed(strategy=PROBE, epochs=None, learning_rate=None)
    return (
        _cell(counted, "", "It takes seconds, and must be beaten."),
        _cell(probe, source_titles([base.model])[base.model], "The source left as it is: the quickest use of what it has learnt."),
    )  # fmt: skip


def next_auto(study: Study) -> Sequence[Planned] | None:
    """One way ahead of the one at work, as long as it fits into the time; what still runs at the end is stopped.

    Raises:
        GraftError: when the set is gone.
    """
    cells, left = study.cells(), _deadline(study) - time.time()
    active = [cell for cell in cells if cell_state(cell) in ACTIVE]
    waiting = [cell for cell in cells if cell_state(cell) in WAITING]
    if left <= RESERVE:
        _stop([*waiting, *active])
        return () if active or waiting else None
    if waiting:
        return ()
    left -= RESERVE + sum(float((cell.run.status if cell.run else {}).get("eta_seconds") or 5.0) for cell in active)
    following = _following(study, cells, left, started=bool(active))
    if following is not None:
        return (following,)
    return () if active else None


def _following(study: Study, cells: Sequence[Cell], left: float, started: bool) -> Planned | None:
    """The next way that fits into ``left`` seconds; None where none does."""
    dataset = get_dataset(study.read()["config"]["dataset"])
    there, configs = {cell.plan.name for cell in cells}, [cell.plan.config for cell in cells]
    left_out = study.recall("left-out") or {}
    for planned in _ideas(study, dataset, cells):
        if planned.name in there or planned.config in configs:
            continue
        try:
            queue.check(planned.config)
            fitted = _fit(dataset, planned.config, left, started)
        except GraftError as error:  # one idea that cannot be carried out is no reason to give up the others
            if planned.name not in left_out:
                left_out[planned.name] = f"cannot be tried: {error.message}"
                study.remember("left-out", left_out)
            continue
        if fitted is not None:
            cut = _cut(planned.config, fitted)
            why = f"{planned.choice} To fit into the time: {cut}." if cut else planned.choice
            return Planned(planned.name, planned.factors, fitted, why)
        if planned.name not in left_out and left > WORTH_SAYING:
            left_out[planned.name] = f"would take longer than the {took(max(1.0, left))} that were left"
            study.remember("left-out", left_out)
    return None


def _ideas(study: Study, dataset: DataSet, cells: Sequence[Cell]) -> Iterator[Planned]:
    """What to try, in the order of the evidence so far."""
    base = next(cell.plan.config for cell in cells if cell.plan.config.strategy == PROBE)
    others = _sources(asked_of(study), base.model)
    titles = source_titles([base.model, *others])
    for source in others:
        probe = base.changed(model=source, revision=None)
        yield _cell(
            probe, titles[source], "Another source at hand: a probe tells soonest what it knows of these texts."
        )
    source = _best_source(cells, base.model)
    chosen = base.changed(model=source, strategy=DEFAULT)
    choice = choose_for(dataset, chosen)
    yield _cell(
        chosen.changed(strategy=choice.strategy, epochs=choice.epochs),
        titles[source],
        f"The rule of thumb: {choice.sentence}",
    )
    layers = shape_of(source).layers
    others_ways = [
        name for name, known in STRATEGIES.items() if known.common and known.transfers and known.teacher.steps
    ]
    for name in sorted(
        others_ways, key=lambda name: STRATEGIES[name].cost_share(chosen, layers)
    ):  # the least costly first
        limit = STRATEGIES[name].only_for
        if name != choice.strategy and (limit is None or dataset.task in limit.tasks):
            yield _cell(chosen.changed(strategy=name), titles[source], "Another way, since time is left.")
    best = _best(cells)
    if best is not None and STRATEGIES[best.plan.config.strategy].teacher.by_epochs:
        rows = min(dataset.size("train"), best.plan.config.train_size or dataset.size("train"))
        twice = 2 * epochs_for(best.plan.config, rows)
        longer = best.plan.config.changed(epochs=min(twice, 40))
        title = titles.get(longer.model, longer.model)
        yield _cell(longer, title, "The best so far, for twice as long.", f", {twice} epochs")


def _sources(asked: Asked, base: str) -> list[str]:
    """Sources beside the first: those named, else the built-in and downloaded ones. Models of earlier runs only when named, since they
    may have learnt from rows that judge."""
    if asked.sources:
        return [source for source in asked.sources if source != base]
    return [
        source.key
        for source in list_sources()
        if source.available and source.at_hand and source.key != base and not source.key.startswith("run:")
    ][:3]


def _best_source(cells: Sequence[Cell], base: str) -> str:
    """The source whose probe does best on the validation rows; the first where another is not clearly ahead."""
    reached = {
        cell.plan.config.model: score
        for cell in cells
        if cell.plan.config.strategy == PROBE and (score := cell_score(cell)) is not None
    }
    if base not in reached:
        return max(reached, key=lambda source: reached[source], default=base)
    best = max(reached, key=lambda source: reached[source])
    return best if reached[best] > reached[base] + 0.01 else base


def _base(dataset: DataSet, config: RunConfig, seconds: float) -> RunConfig:
    """The settings with as many test rows as a twenty-fifth of the time scores, and validation rows likewise."""
    most = config.test_size or dataset.size("test") or dataset.size("validation")
    few, many = (_expected(dataset, config.changed(strategy=PROBE, test_size=rows)) for rows in (1, 1001))
    rows = dataset.size("test") or dataset.size("validation")
    per_row = max(1e-6, (many - few) / max(1, min(1001, rows) - 1)) if rows > 1 else 1e-6
    judged = int(np.clip(JUDGED_SHARE * seconds / per_row, FEWEST_JUDGED, MOST_JUDGED))
    choosing = int(np.clip(JUDGED_SHARE * seconds / per_row / 2, 100, config.validation_size or 1000))
    return config.changed(test_size=min(judged, max(1, most)), validation_size=choosing)


def _fit(dataset: DataSet, config: RunConfig, left: float, started: bool) -> RunConfig | None:
    """The config, with fewer epochs or rows where it must, so that it ends in time; None where it cannot."""
    start = START_SECONDS - 2.0 if started else 0.0  # who follows in the same process need not load the libraries
    rows = min(dataset.size("train"), config.train_size or dataset.size("train"))
    tries = [config]
    if STRATEGIES[config.strategy].teacher.by_epochs:
        epochs = epochs_for(config, rows)
        tries += [
            config.changed(epochs=fewer)
            for fewer in dict.fromkeys((epochs * 2 // 3, epochs // 2, epochs // 3))
            if 1 <= fewer < epochs
        ]
        tries += [
            config.changed(epochs=max(1, min(2, epochs)), train_size=rows // share)
            for share in (2, 4)
            if rows // share >= 16 * max(1, len(dataset.labels))
        ]
    elif STRATEGIES[config.strategy].teacher.reads_features:
        tries += [
            config.changed(train_size=rows // share)
            for share in (2, 4, 8)
            if rows // share >= 16 * max(1, len(dataset.labels))
        ]
    for one in tries:
        if CAREFUL * (_expected(dataset, one) - start) <= left:
            return one
    return None


def _cut(asked: RunConfig, fitted: RunConfig) -> str:
    """What was taken away so that it fits, in words; empty where nothing was."""
    said = []
    if fitted.epochs != asked.epochs and fitted.epochs is not None:
        said.append(f"{fitted.epochs} epoch{'s' if fitted.epochs > 1 else ''}")
    if fitted.train_size != asked.train_size:
        said.append(f"{fitted.train_size:,} training rows")
    return ", ".join(said)


def _expected(dataset: DataSet, config: RunConfig) -> float:
    """Seconds that a run takes on this machine, as far as is known."""
    counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
    if not config.source:
        return estimate_counted(config, counts, len(dataset.labels)).seconds
    lengths = dataset_lengths(dataset, config.model)
    return estimate(config, counts, lengths, shape_of(config.model, config.revision)).seconds


def _cell(config: RunConfig, source: str, why: str, more: str = "") -> Planned:
    """Args:
    source: its title; of no account where words are counted.
    """
    title = STRATEGIES[config.strategy].title
    name = f"{title}{more}" if config.strategy == COUNTED else f"{title} on {source}{more}"
    return Planned(name, {"way": name}, config, why)


def _best(cells: Sequence[Cell]) -> Cell | None:
    """The cell that does best on the validation rows; of those that are level with it the first that was tried, since what comes
    first is what the evidence named."""
    scored = [(cell, score) for cell in cells if (score := cell_score(cell)) is not None]
    if not scored:
        return None
    best = max(score for _, score in scored)
    result = next(cell.run.result for cell, score in scored if score == best and cell.run)
    rows = int((result or {}).get("validation_rows") or 0)
    slack = LEVEL * float(np.sqrt(max(0.0, best * (1 - best)) / rows)) if rows and 0 < best < 1 else 0.0
    level = [cell for cell, score in scored if score >= best - slack]
    tuned = [cell for cell in level if STRATEGIES[cell.plan.config.strategy].teacher.steps]
    return (tuned or level)[0]


def _deadline(study: Study) -> float:
    """In unix seconds."""
    paused = float((study.recall(PAUSES) or {}).get("total") or 0.0)
    return float(study.read()["created"]) + 60 * (asked_of(study).minutes or USUAL_MINUTES) + paused


def _stop(cells: Sequence[Cell]) -> None:
    for cell in cells:
        try:
            if cell.run is not None and not cell.reused and not cell.run.stop_asked():
                queue.stop(cell.run)
        except RunError:
            continue  # it ended meanwhile


def read_auto(study: Study) -> Auto:
    """What was tried, and the model that is handed over.

    Raises:
        StudyError: when the study is damaged.
    """
    cells = study.cells()
    ended = state_of(study) not in UNDER_WAY
    tried = [_tried(cell) for cell in cells]
    tried += [
        Tried(name, str(why), "left out")
        for name, why in (study.recall("left-out") or {}).items()
        if name not in {one.what for one in tried}
    ]
    best = _best(cells)
    result: dict[str, Any] = (best.run.result if best and best.run else None) or {}
    created = float(study.read()["created"])
    ends = [float(cell.run.status.get("ended_at") or 0.0) for cell in cells if cell.run]
    seconds = max(ends, default=created) - created if ended else time.time() - created
    minutes = asked_of(study).minutes or USUAL_MINUTES
    headline = headline_of(result) if result else ""
    sentence = _sentence(best, result, tried, max(0.0, seconds), minutes) if ended and best else ""
    return Auto(
        tuple(tried),
        best.run.id if best and best.run else None,
        headline,
        result.get("metrics", {}),
        max(0.0, seconds),
        minutes,
        sentence,
    )


def _tried(cell: Cell) -> Tried:
    state, result = cell_state(cell), (cell.run.result if cell.run else None) or {}
    if not result:
        return Tried(cell.plan.name, cell.plan.choice, state, cell.run_id)
    name = headline_of(result)
    score = cell_score(cell)
    return Tried(
        cell.plan.name,
        cell.plan.choice,
        state,
        cell.run_id,
        None if score is None else abs(score),
        result["metrics"][name],
        result["seconds"],
    )


def _sentence(best: Cell | None, result: dict[str, Any], tried: Sequence[Tried], seconds: float, minutes: float) -> str:
    """What is handed over and why, in words that the rows carry."""
    if best is None or not result:
        return ""
    name = headline_of(result)
    done = [one for one in tried if one.state == "finished"]
    said = [
        f"In {took(seconds)} of {minutes:g} minutes {len(done)} ways were tried. Handed over is {best.plan.name}: "
        f"{figure(name, result['metrics'][name])} {METRICS[name].spoken} on {result['rows']:,} rows "
        f"({span(name, interval_of(result, name))})."
    ]
    if result["split"] == "test" and len(done) > 1:
        said.append(
            f"{result.get('validation_rows', 0):,} validation rows chose it; the rows that judge it were asked for nothing else."
        )
    elif result["split"] != "test":
        said.append("There are no test rows: the rows that chose it judge it too, so new rows would get a little less.")
        return " ".join(said)
    if result.get("verdict"):
        said.append(str(result["verdict"]["sentence"]))
    return " ".join(said)


AUTO = Kind(
    "auto", "Best in a time", "What is the best model for {dataset} in the time given?",
    "Counted words and a probe come first, since they take seconds and are models already. The rest of the time goes where the evidence "
    "points: sources, ways to transfer, more epochs. The validation rows choose, the test rows only judge.",
    plan_auto, read_auto, asks=("minutes", "sources"), goes_on=next_auto,
)  # fmt: skip
