"""Search: settings drawn where earlier trials did well, poor ones ended early, the winner trained anew beside the usual settings.

Trials are drawn by Optuna's tree-structured Parzen estimator and kept in its journal in the study's folder, so that a search that was
killed goes on. The validation rows choose; the winner is judged by the test rows once, and beside settings that nobody searched for,
since the best of many trials is flattered by having been picked.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.config import RunConfig, settings
from core.data.sets.store import DataSet, get_dataset
from core.errors import GraftError, RunError, StudyError
from core.jobs import queue
from core.metrics.table import METRICS
from core.models.shape import shape_of
from core.runs.folder import ACTIVE, WAITING
from core.studies.compared import Compared, compared
from core.studies.folder import Cell, Planned, Study
from core.studies.grid import grid
from core.studies.kind import Asked, Kind, asked_of, known_strategies
from core.studies.sources import cell_score, needs_choosing_rows
from core.studies.standing import UNDER_WAY, cell_state, state_of
from core.studies.ways_sentences import gap
from core.tasks import check_settings, figure, task_of
from core.training.optimiser import fitting_rate
from core.training.recipe import epochs_for

if TYPE_CHECKING:
    import optuna

TRIALS = 20  # unless said otherwise
FIRST = 5  # trials that are drawn at random before any is drawn where others did well
JUDGES = ("test_size", "validation_size")  # settings that decide which rows judge or choose
WAY, TRIAL, WINNER, USUAL = "way", "trial", "The winner", "The usual settings"
TRIAL_ROWS = 200  # test rows that a trial scores: nobody reads them, and the winner scores all
REPORTS = 20  # validations of a trial after which none is looked at for ending it early


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination of settings.

    Attributes:
        state: of its run, or *ended early*.
        score: best on the validation rows, in the metric's units; None without one.
    """

    number: int
    values: dict[str, Any]
    state: str
    run: str | None
    score: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Search:
    """What a search says so far.

    Attributes:
        trials: in the order in which they were drawn.
        importance: setting -> share of the differences between trials that it explains, the largest first.
        best: the trial that does best on the validation rows; None while none has ended.
        race: the winner beside the usual settings, each with its seeds.
        sentence: empty until the race has ended.
    """

    trials: tuple[Trial, ...]
    importance: dict[str, float]
    best: Trial | None
    metric: str
    race: Compared
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return self.race.to_json() | {
            "trials": [
                {
                    "number": one.number, "values": one.values, "state": one.state, "run": one.run, "score": one.score,
                    "seconds": one.seconds,
                }
                for one in self.trials
            ],
            "importance": self.importance, "best_values": self.best.values if self.best else None, "sentence": self.sentence,
        }  # fmt: skip


def plan_search(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """No cell yet: trials are drawn one after the other.

    Raises:
        StudyError: when the set has no labels, or a strategy or setting to search does not exist.
    """
    needs_choosing_rows(dataset)
    known_strategies(asked.strategies)
    known = settings()
    if wrong := [name for name in asked.vary if name not in known]:
        raise StudyError(f"There is no setting {wrong[0]!r} to search.", f"Settings: {', '.join(sorted(known))}.")
    if fixed := [name for name in asked.vary if name in (*JUDGES, "dataset", "seed", "strategy", "model")]:
        raise StudyError(
            f"{fixed[0]} cannot be searched.", "It decides what the trials are judged by, or has an option of its own."
        )
    for name, values in space(config, asked).items():
        for value in values:
            check_settings(config.changed(**{name: value}), task_of(dataset.task))
    return ()


def next_search(study: Study) -> Sequence[Planned] | None:
    """One trial ahead of the one at work; at the end the winner and the usual settings, each with its seeds.

    Raises:
        GraftError: when the set is gone, or no trial could be trained.
    """
    config, asked = RunConfig.from_json(study.read()["config"]), asked_of(study)
    cells = study.cells()
    trials = [cell for cell in cells if cell.plan.factors[WAY] == TRIAL]
    drawn = _drawn(study)
    _take_in(drawn, trials)
    _end_poor_ones(drawn, trials)
    if any(cell.plan.factors[WAY] != TRIAL for cell in cells):
        return () if any(cell_state(cell) in (*WAITING, *ACTIVE) for cell in cells) else None
    most = asked.trials or TRIALS
    out_of_time = asked.minutes is not None and time.time() > float(study.read()["created"]) + 60 * asked.minutes
    if len(trials) < most and not out_of_time:
        if any(cell_state(cell) in WAITING for cell in trials):
            return ()
        return (_draw(study, drawn, config, asked),)
    if any(cell_state(cell) in (*WAITING, *ACTIVE) for cell in trials):
        return ()
    return _final(study, drawn, trials, config, asked)


def _final(
    study: Study, drawn: "optuna.Study", trials: Sequence[Cell], config: RunConfig, asked: Asked
) -> Sequence[Planned]:
    """The winner and the usual settings."""
    best = _best_cell(trials)
    if best is None:
        raise StudyError("No trial could be trained.", "The runs say why.")
    study.remember("importance", _importance(drawn))
    # with seeds that no trial had: the very model that won would be among them, and was picked for its luck too
    config = config.changed(seed=config.seed + 1)
    winner = best.plan.config.changed(test_size=config.test_size, seed=config.seed)
    changes = {name: value for name, value in winner.to_json().items() if value != config.to_json()[name]}
    return grid(config, {WAY: {WINNER: changes, USUAL: {}}}, asked.seeds)


def _drawn(study: Study) -> "optuna.Study":
    """The search as Optuna keeps it in the study's folder."""
    import optuna
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(study.path / "search.log")))
    read = study.read()  # by the number of trials, since a sampler that begins anew would draw the same again
    seed = int(read["config"].get("seed", 42)) + len(read["cells"])
    return optuna.create_study(
        storage=storage, study_name="search", direction="maximize", load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=FIRST, constant_liar=True),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=FIRST, n_warmup_steps=1),
    )  # fmt: skip


def _draw(study: Study, drawn: "optuna.Study", config: RunConfig, asked: Asked) -> Planned:
    """The next trial; one that was drawn before a crash and never queued is taken first."""
    there, searched = {cell.plan.name for cell in study.cells()}, space(config, asked)
    for old in drawn.get_trials(deepcopy=False):
        if not old.state.is_finished() and _name(old.number) not in there and set(old.params) == set(searched):
            return _planned(old.number, config, old.params)
    trial = drawn.ask()
    for name, values in searched.items():
        if isinstance(values, tuple) and name == "learning_rate":
            trial.suggest_float(name, *values, log=True)
        else:
            trial.suggest_categorical(name, list(values))
    return _planned(trial.number, config, trial.params)


def _planned(number: int, config: RunConfig, params: dict[str, Any]) -> Planned:
    one = config.changed(**params, test_size=min(TRIAL_ROWS, config.test_size or TRIAL_ROWS))
    factors = {name: f"{value:.3g}" if isinstance(value, float) else str(value) for name, value in params.items()}
    return Planned(_name(number), {WAY: TRIAL, "number": str(number)} | factors, one)


def _name(number: int) -> str:
    return f"Trial {number + 1}"


def space(config: RunConfig, asked: Asked) -> dict[str, Sequence[Any]]:
    """Setting -> what is searched: two ends for the learning rate, which is drawn on a log scale, else the values.

    Values that are named take the place of the usual ones; where any are named, nothing else is searched.
    """
    if asked.vary:
        usual: dict[str, Sequence[Any]] = {
            name: (min(values), max(values)) if name == "learning_rate" and len(values) > 1 else list(values)
            for name, values in asked.vary.items()
        }
    else:
        rows = get_dataset(config.dataset).size("train")
        epochs = epochs_for(config.changed(epochs=None), min(rows, config.train_size or rows))
        rate = fitting_rate(shape_of(config.model, config.revision).width, config.strategy)
        lengths = sorted(
            {length for length in (config.max_length // 4, config.max_length // 2, config.max_length) if length >= 16}
        )
        usual = {
            "learning_rate": (rate / 4, rate * 4), "epochs": sorted({max(1, epochs // 2), epochs, min(40, 2 * epochs)}),
            "batch_size": [8, 16, 32], "max_length": lengths, "dropout": ["layers", "all", "none"],
        }  # fmt: skip
    if asked.strategies:
        usual["strategy"] = list(asked.strategies)
    return usual


def _take_in(drawn: "optuna.Study", trials: Sequence[Cell]) -> None:
    """Tell Optuna how the trials ended."""
    import optuna

    open_ones = {one.number for one in drawn.get_trials(deepcopy=False) if not one.state.is_finished()}
    for cell in trials:
        number, state = int(cell.plan.factors["number"]), cell_state(cell)
        if number not in open_ones or state in (*WAITING, *ACTIVE, "open"):
            continue
        score = cell_score(cell)
        with suppress(ValueError):
            if score is not None:
                drawn.tell(number, score)
            else:
                drawn.tell(
                    number, state=optuna.trial.TrialState.PRUNED if state == "stopped" else optuna.trial.TrialState.FAIL
                )


def _end_poor_ones(drawn: "optuna.Study", trials: Sequence[Cell]) -> None:
    """Stop a training that is below the median of earlier ones after as many validations."""
    import optuna

    for cell in trials:
        if cell.run is None or cell.reused or cell_state(cell) != "running" or cell.run.stop_asked():
            continue
        number = int(cell.plan.factors["number"])
        frozen = next((one for one in drawn.get_trials(deepcopy=False) if one.number == number), None)
        if frozen is None or frozen.state.is_finished():
            continue
        trial = optuna.trial.Trial(drawn, frozen._trial_id)
        name = task_of(get_dataset(cell.plan.config.dataset).task).best_by
        sign = 1 if METRICS[name].higher else -1
        for step, event in enumerate(list(cell.run.events("evaluated"))[:REPORTS]):
            if step not in frozen.intermediate_values and event.get(name) is not None:
                trial.report(sign * float(event[name]), step)
        if trial.should_prune():
            with suppress(RunError):
                queue.stop(cell.run)


def _importance(drawn: "optuna.Study") -> dict[str, float]:
    """Share of the differences between trials that each setting explains; nothing where the trials cannot say."""
    import optuna

    try:
        told = optuna.importance.get_param_importances(drawn)
    except (ValueError, RuntimeError, ImportError):
        return {}
    return {name: float(share) for name, share in told.items()}


def _best_cell(trials: Sequence[Cell]) -> Cell | None:
    known = [(score, cell) for cell in trials if (score := cell_score(cell)) is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def read_search(study: Study) -> Search:
    """The trials so far, and once the winner is trained what the search was worth.

    Raises:
        StudyError: when the study is damaged.
    """
    cells = study.cells()
    config = RunConfig.from_json(study.read()["config"])
    trial_cells = [cell for cell in cells if cell.plan.factors.get(WAY) == TRIAL]
    trials = tuple(_trial(cell) for cell in trial_cells)
    best_cell = _best_cell(trial_cells)
    best = next((one for one in trials if best_cell and one.run == best_cell.run_id), None)
    race = compared(study, cells=[cell for cell in cells if cell.plan.factors.get(WAY) != TRIAL])
    with suppress(GraftError):
        metric, importance = task_of(get_dataset(config.dataset).task).best_by, study.recall("importance") or {}
        ended = state_of(study) not in UNDER_WAY
        sentence = _sentence(trials, best, race, importance, metric) if ended else ""
        return Search(trials, importance, best, metric, race, sentence)
    return Search(trials, {}, best, "macro_f1", race, "")


def _trial(cell: Cell) -> Trial:
    state, result = cell_state(cell), (cell.run.result if cell.run else None) or {}
    outside = (WAY, "number")
    values = {name: getattr(cell.plan.config, name) for name in cell.plan.factors if name not in outside}
    score = cell_score(cell)
    return Trial(
        int(cell.plan.factors["number"]) + 1, values, "ended early" if state == "stopped" else state, cell.run_id,
        None if score is None else abs(score), result.get("seconds"),
    )  # fmt: skip


def _sentence(
    trials: Sequence[Trial], best: Trial | None, race: Compared, importance: dict[str, float], metric: str
) -> str:
    """What the search found, and whether it was worth it."""
    if best is None:
        return ""
    early = sum(one.state == "ended early" for one in trials)
    ended = f", {early} of them ended early," if early else ""
    known = settings()
    chosen = ", ".join(
        f"{known[name][0].lower()} {value:.2g}" if isinstance(value, float) else f"{known[name][0].lower()} {value}"
        for name, value in best.values.items()
    )
    said = [
        f"Of {len(trials)} trials{ended} number {best.number} does best on the validation rows "
        f"({figure(metric, best.score)} {METRICS[metric].spoken}): {chosen}."
    ]
    if importance:
        name, share = next(iter(importance.items()))
        said.append(
            f"What mattered most was the {known[name][0].lower()} ({100 * share:.0f} % of the differences between trials)."
        )
    test = race.ways.test(WINNER, USUAL)
    winner, usual = race.ways.line(WINNER), race.ways.line(USUAL)
    if winner and usual and winner.mean is not None and usual.mean is not None:
        anew = "Trained anew with other seeds" + (" and judged once" if not race.ways.caveat else "")
        reached = (
            f"{anew}, the winner reaches {figure(race.ways.headline, winner.mean)} and the usual settings "
            f"{figure(race.ways.headline, usual.mean)} {METRICS[race.ways.headline].spoken}"
        )
        if test is None or test.verdict not in ("real", "not_shown"):
            said.append(f"{reached}; so few trainings do not say whether that is more than luck.")
        elif test.verdict == "not_shown":
            said.append(f"{reached}: no gain from searching is shown ({gap(test, signed=True)}).")
        else:
            better = METRICS[test.metric].better(test.difference)
            said.append(f"{reached}: {'better' if better else 'worse'} by {gap(test)}; chance hardly explains it.")
    if race.ways.caveat:
        said.append(race.ways.caveat)
    return " ".join(said)


SEARCH = Kind(
    "search", "Search", "Which settings are best for {dataset}?",
    "Settings are drawn where earlier trials did well, and poor trials end early. The best is trained anew with several seeds beside the "
    "usual settings, so that you see whether the search was worth it.",
    plan_search, read_search, asks=("seeds", "trials", "minutes", "strategies", "vary"), goes_on=next_search,
)  # fmt: skip
