"""The ladder: does transfer pay here? From no model at all to fine-tuning, a rung each, all judged by the same rows."""

from dataclasses import asdict, dataclass
from typing import Any

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.errors import StudyError
from core.evaluation.seeds import FEWEST_SEEDS
from core.strategies.registry import CONTROL, DEFAULT, PROBE, STRATEGIES
from core.studies.folder import Planned, Study
from core.studies.gain import Gain, gain_sentence, transfer_gain
from core.studies.grid import SEED
from core.studies.kind import Asked, Kind
from core.studies.rung_seeds import BESIDE, over_seeds
from core.studies.rungs import FINE_TUNING, Rung, read_rungs
from core.studies.standing import UNDER_WAY, cell_state, study_state


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a ladder says so far.

    Attributes:
        rungs: all of them, lowest first, also those that are not done yet.
        gain: fine-tuning against the best without transfer; None while one of the two sides is missing.
        sentence: empty until the runs have ended.
        best_run: the run to try: fine-tuning, or the probe where that failed or where only the probe shows that transfer pays; None until
            then.
    """

    rungs: tuple[Rung, ...]
    gain: Gain | None
    sentence: str
    best_run: str | None

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "rungs": [rung.to_json() for rung in self.rungs],
            "transfer_gain": asdict(self.gain) if self.gain else None,
            "sentence": self.sentence,
        }


def plan_ladder(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """Three runs give all rungs, since the baselines stand beside each; the quickest comes first and shows four of them.

    A probe or a training from scratch is no fine-tuning: where one of them is asked for, full fine-tuning is the top rung.
    """
    own = STRATEGIES[config.strategy]
    top = config.changed(strategy=DEFAULT) if own.from_scratch or not own.teacher.steps else config
    if asked.seeds != 1 and asked.seeds < FEWEST_SEEDS:
        raise StudyError(
            f"{asked.seeds} seeds do not show how trainings differ.", f"Take 1, or {FEWEST_SEEDS} or more."
        )
    first = (
        Planned(PROBE, {"rung": STRATEGIES[PROBE].title}, config.changed(strategy=PROBE, epochs=None, learning_rate=None)),
        Planned(
            CONTROL, {"rung": STRATEGIES[CONTROL].title}, config.changed(strategy=CONTROL, epochs=_epochs(top), learning_rate=None)
        ),
        Planned(FINE_TUNING, {"rung": STRATEGIES[top.strategy].title}, top, asked.choice if top is config else ""),
    )  # fmt: skip
    again = [
        Planned(
            f"{cell.name}{BESIDE}seed {seed}", cell.factors | {SEED: str(seed)}, cell.config.changed(seed=seed), cell.choice
        )
        for seed in range(config.seed + 1, config.seed + asked.seeds)
        for cell in first
        if cell.name != PROBE or cell.config.train_size is not None
    ]  # fmt: skip
    return (*first, *again)


def _epochs(top: RunConfig) -> int | None:
    """Epochs for the training from scratch: those of fine-tuning, where that counts its work in epochs."""
    return top.epochs if STRATEGIES[top.strategy].teacher.by_epochs else None


def read_ladder(study: Study) -> Ladder:
    """The rungs as far as the runs have come, and what they say once all have ended.

    Raises:
        StudyError: when the study is damaged.
    """
    cells = study.cells()
    ended = study_state([cell_state(cell) for cell in cells]) not in UNDER_WAY
    rungs = read_rungs([cell for cell in cells if BESIDE not in cell.plan.name])
    if ended:
        rungs = over_seeds(rungs, cells, fixed=(PROBE,))
    gain = transfer_gain(rungs)
    sentence = gain_sentence(rungs, gain, str(study.read()["noun"])) if ended else ""
    done = {rung.name: rung.run for rung in rungs if rung.done}
    first, second = (FINE_TUNING, PROBE) if gain is None or gain.leading is gain else (PROBE, FINE_TUNING)
    return Ladder(tuple(rungs), gain, sentence, done.get(first) or done.get(second))


LADDER = Kind(
    "ladder", "Ladder", "Does transfer pay on {dataset}?",
    "From no model at all to fine-tuning, a rung each, judged by the same rows: always the same answer, the names of the classes alone, "
    "counted words, the same network without pretraining, a classifier on the frozen source, and fine-tuning. Three trainings give all.",
    plan_ladder, read_ladder,
)  # fmt: skip
