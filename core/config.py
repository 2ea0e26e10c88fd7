"""What a run is asked to do: one frozen, checked description that goes to and from JSON."""

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from core.errors import ConfigError
from core.metrics.table import METRICS
from core.strategies.keeps import KEEPS, can_keep, can_read_along
from core.strategies.registry import DEFAULT, STRATEGIES

SCHEDULES = ("linear", "cosine", "constant", "slanted")
OPTIMIZERS = ("adamw", "adam")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")
TRUNCATIONS = ("head", "tail", "head_tail", "windows")
POOLINGS = ("auto", "mean", "cls")
ADAPT_NONE, ADAPT_OWN = "none", "own"
UNLABELLED = ("adapt", "read_along", "self_train")  # settings that name whose texts are used without their labels
DROPOUTS = ("layers", "all", "none")
HERE = "here"  # the engine that is this machine
NO_EFFECT = ("device", "checkpoint_seconds", "engine")  # settings that do not change what is learnt


def setting(default: Any, label: str, help: str) -> Any:
    """A field with the name and the one-line explanation that the form and the command line show."""
    return field(default=default, metadata={"label": label, "help": help})


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that decides a run's numbers. Equal configs on equal rows give equal results on the same CPU.

    Raises:
        ConfigError: when a value is out of range; the message quotes it.
    """

    dataset: str = field(metadata={"label": "Data set", "help": "What to learn from: a stored data set's id."})
    model: str = setting(
        "minilm",
        "Source",
        "What to transfer from: minilm (built in), mpnet, e5, a Hub name, a local folder, run:<id>, or weights:<file>@<architecture>.",
    )
    revision: str | None = setting(None, "Revision", "Branch, tag or commit of a Hub model; empty means its newest.")
    strategy: str = setting(DEFAULT, "Strategy", "How to transfer: which weights are trained, and from which start.")
    pooling: str = setting(
        "auto",
        "Pooling",
        "How token vectors become one: mean of all, cls (the first), or auto, as the source was trained.",
    )
    epochs: int | None = setting(
        None, "Epochs", "How many times the model sees every training row. Empty fits it to the rows: 3, more when few."
    )
    learning_rate: float | None = setting(
        None,
        "Learning rate",
        "Size of one update. Empty fits it to the source: 1e-4 for small models, 3e-5 for BERT-sized.",
    )
    batch_size: int = setting(16, "Batch size", "Rows per update. Larger is steadier and needs more memory.")
    max_length: int = setting(256, "Max length", "Tokens kept of each text, or of each window of it.")
    truncation: str = setting(
        "head",
        "Long texts",
        "What is read of them: head (the beginning), tail (the end), head_tail (a quarter from the beginning, the rest from "
        "the end), or windows (all, in overlapping pieces whose scores are averaged; costs most).",
    )
    train_size: int | None = setting(
        None, "Training rows", "Use only this many training rows, drawn evenly over the classes; empty means all."
    )
    domains: str | None = setting(
        None,
        "Domains",
        "Learn only from rows of these domains (or languages), separated by |; empty means all. The test rows stay those of all domains.",
    )
    validation_size: int | None = setting(
        1000, "Validation rows", "At most this many rows for the checks during training; empty means all."
    )
    test_size: int | None = setting(
        5000, "Test rows", "At most this many rows for the final result; empty means all. The same rows for every run."
    )
    seed: int = setting(42, "Seed", "Fixes every random choice, so that a run can be repeated exactly.")
    warmup: float = setting(0.1, "Warm-up", "Share of the steps over which the learning rate rises from zero.")
    schedule: str = setting("linear", "Schedule", "How the learning rate falls after warm-up.")
    optimizer: str = setting("adamw", "Optimiser", "AdamW (with weight decay) or plain Adam.")
    weight_decay: float = setting(0.01, "Weight decay", "Pull of the weights towards zero at each step (AdamW only).")
    clip_norm: float = setting(1.0, "Gradient clipping", "Longest gradient that is let through; 0 turns it off.")
    eval_every: int | None = setting(None, "Validate every", "Steps between validations; empty means once an epoch.")
    patience: int | None = setting(
        None, "Early stopping", "Stop after this many validations without a better score; empty means never."
    )
    top_layers: int = setting(2, "Top layers", "How many layers the strategy top_k trains, counted from the top.")
    layer_decay: float = setting(
        0.9, "Rate decay", "With llrd, each layer's learning rate as a share of that of the layer above it."
    )
    lora_rank: int = setting(8, "LoRA rank", "Size of LoRA's additions: larger learns more and costs more.")
    adapt: str = setting(
        ADAPT_NONE,
        "Adapt first",
        "Before the fine-tuning let the source read texts without their labels and guess hidden words: own (all training texts of the "
        "set, also those that are not among the training rows), the id of another stored set, or none.",
    )
    adapt_epochs: int = setting(
        5, "Readings", "How many times the texts are read for that, other words hidden each time."
    )
    read_along: str = setting(
        ADAPT_NONE,
        "Read along",
        "During the fine-tuning let each step also read texts without their labels and guess hidden words, so that the encoder stays at "
        "home in them: own (as there), the id of another stored set, or none. Best after Adapt first on the same texts; a step costs "
        "two to three times as much.",
    )
    read_along_rows: int | None = setting(
        None,
        "Texts a step",
        "Texts without labels that are read along at each step; empty means as many as a batch has rows. The loss on labels weighs as "
        "much as labelled rows have a share in both together.",
    )
    self_train: str = setting(
        ADAPT_NONE,
        "Label by itself",
        "First let a model that learns from the labelled rows label texts without labels; those that it is surest of join the training, as "
        "many of each class as its labelled rows have a share: own (training rows of the set beyond those drawn), the id of another "
        "stored set, or none. For single labels; costs a training more a round.",
    )
    self_rounds: int = setting(
        1, "Rounds", "How many times that is done, each by a model that learnt from the last; 1 or 2 is usual."
    )
    self_confidence: float = setting(
        0.9,
        "Surest from",
        "The probability from which such a label counts, once the validation rows have shown how far probabilities can be trusted.",
    )
    beside: str | None = setting(
        None,
        "Tasks beside",
        "Other stored sets, by their ids and separated by |, that one encoder learns at once with this one, each by a head of its own.",
    )
    apart: str | None = setting(
        None,
        "Kept apart from",
        "Other stored sets, by their ids and separated by |, whose validation and test texts are not learnt from, as it is where they are "
        "learnt at once: so a run on one set learns from the same rows as a run on several.",
    )
    keep: str = setting(
        "none",
        "Keep the source",
        "What is done to keep what the source could do: "
        + " ".join(f"{keep.name}: {keep.sentence}" for keep in KEEPS.values()),
    )
    keep_strength: float = setting(
        1.0,
        "Strength of keeping",
        "Of replay and distil, the weight of the source's loss beside the target's; of l2sp and ewc, the pull: 1 takes a weight that "
        "nothing else moves 63 % of its way back over the training, 10 holds it.",
    )
    class_weights: bool = setting(
        False, "Even classes", "Let every class count the same, however many rows it has. For uneven classes."
    )
    focal_gamma: float = setting(
        0.0, "Focal loss", "Above 0, rows that are right already count less; 2 is usual. For very uneven classes."
    )
    label_smoothing: float = setting(
        0.0, "Label smoothing", "Share of each label given to all classes; 0.1 helps where labels are doubtful."
    )
    dropout: str = setting(
        "layers",
        "Dropout",
        "What is left out at random in training: numbers inside the layers (quick), attention weights as well (all), or none.",
    )
    accumulate: int = setting(
        1, "Pieces per batch", "Split each batch into so many pieces to need less memory; the update stays the same."
    )
    best_by: str = setting(
        "auto", "Best by", "Which validation score decides the checkpoint kept; auto: macro-F1, for scores RMSE."
    )
    average_best: int = setting(
        1,
        "Average the best",
        "Above 1, the weights of so many best validations are averaged at the end, and kept if that is not worse.",
    )
    recompute: bool = setting(
        False,
        "Save memory",
        "Compute the layers' inner values twice instead of keeping them: about a third slower, far less memory.",
    )
    device: str = setting("auto", "Device", "auto takes a GPU when there is one; or cuda:0, mps, cpu.")
    processes: int = setting(
        1,
        "Processes",
        "Above 1, so many of this machine's GPUs train one model together, each on its share of every batch.",
    )
    precision: str = setting(
        "auto",
        "Precision",
        "auto uses bf16 where the device is truly faster with it; fp16 on cards without bf16.",
    )
    engine: str = setting(
        HERE,
        "Engine",
        "Where it is carried out: here, or the address of a Ray cluster that `cluster add` has made known.",
    )
    checkpoint_seconds: float = setting(60.0, "Checkpoint every", "Seconds of training that a crash may cost at most.")

    def __post_init__(self) -> None:
        _one_of("strategy", self.strategy, tuple(STRATEGIES))
        _one_of("schedule", self.schedule, SCHEDULES)
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        _one_of("pooling", self.pooling, POOLINGS)
        _one_of("dropout", self.dropout, DROPOUTS)
        _one_of("truncation", self.truncation, TRUNCATIONS)
        _one_of("precision", self.precision, PRECISIONS)
        _one_of("keep", self.keep, tuple(KEEPS))
        _one_of("best_by", self.best_by, ("auto", *(name for name, metric in METRICS.items() if metric.chooses)))
        if not isinstance(self.engine, str) or (self.engine != HERE and "://" not in self.engine):
            raise ConfigError(
                f"engine is {self.engine!r}.",
                f"It must be {HERE}, or the address of a cluster such as http://10.0.0.5:8265",
            )
        if not self.dataset:
            raise ConfigError("No data set was named.", "Choose one that `data list` shows, or add a file first.")
        if not self.model and STRATEGIES[self.strategy].teacher.encodes:
            raise ConfigError("No source model was named.", "Use minilm, a Hub name, a folder, or run:<id>.")
        if self.learning_rate is not None:
            _between("learning_rate", self.learning_rate, 1e-8, 1.0)
        _between("batch_size", self.batch_size, 1, 4096, whole=True)
        _between("max_length", self.max_length, 4, 131072, whole=True)
        _between("seed", self.seed, 0, 2**31 - 1, whole=True)
        _between("warmup", self.warmup, 0.0, 0.9)
        _between("weight_decay", self.weight_decay, 0.0, 10.0)
        _between("clip_norm", self.clip_norm, 0.0, 1000.0)
        _between("checkpoint_seconds", self.checkpoint_seconds, 0.0, 86400.0)
        _between("top_layers", self.top_layers, 1, 200, whole=True)
        _between("layer_decay", self.layer_decay, 0.1, 1.0)
        _between("lora_rank", self.lora_rank, 1, 512, whole=True)
        _between("focal_gamma", self.focal_gamma, 0.0, 10.0)
        _between("label_smoothing", self.label_smoothing, 0.0, 0.9)
        _between("accumulate", self.accumulate, 1, 4096, whole=True)
        _between("processes", self.processes, 1, 64, whole=True)
        if self.processes > 1 and not STRATEGIES[self.strategy].teacher.processes:
            raise ConfigError(
                f"processes is {self.processes}, and {self.strategy} works in one.",
                f"Set it to 1, or choose {DEFAULT}.",
            )
        _between("keep_strength", self.keep_strength, 0.0, 1e6)
        self._check_keep()
        self._check_beside()
        _between("adapt_epochs", self.adapt_epochs, 1, 1000, whole=True)
        for name in UNLABELLED:
            if not getattr(self, name):
                raise ConfigError(
                    f"{name} is {getattr(self, name)!r}.",
                    f"It must be {ADAPT_OWN}, the id of a stored set, or {ADAPT_NONE}.",
                )
        self._check_adapt()
        if self.read_along_rows is not None:
            _between("read_along_rows", self.read_along_rows, 1, 4096, whole=True)
        self._check_read_along()
        _between("self_rounds", self.self_rounds, 1, 5, whole=True)
        _between("self_confidence", self.self_confidence, 0.0, 0.9999)
        self._check_self_train()
        _between("average_best", self.average_best, 1, 20, whole=True)
        for name in ("class_weights", "recompute"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigError(f"{name} is {getattr(self, name)!r}.", "It must be true or false.")
        if self.epochs is not None:
            _between("epochs", self.epochs, 1, 1000, whole=True)
        for name in ("train_size", "validation_size", "test_size", "eval_every", "patience"):
            if getattr(self, name) is not None:
                _between(name, getattr(self, name), 1, 10**9, whole=True)

    def _check_keep(self) -> None:
        keep = KEEPS[self.keep]
        if not (keep.anchors or keep.rehearses):
            return
        if not can_keep(STRATEGIES[self.strategy]):
            raise ConfigError(
                f"keep is {self.keep!r}, and {self.strategy} does not move the source's own weights step by step.",
                f"Set it to none, or choose {DEFAULT}.",
            )
        if keep.needs_run and not self.model.startswith("run:"):
            raise ConfigError(
                f"keep is {self.keep!r}, and of the source {self.model!r} no task with labels is known.",
                "Start from an earlier run, or keep by l2sp.",
            )
        if keep.rehearses and self.processes > 1:
            raise ConfigError(f"processes is {self.processes}, and {self.keep} works in one.", "Set it to 1.")

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of all sets that are learnt at once, in the one order that they have whatever set the run is about; empty for one."""
        return tuple(sorted({self.dataset, *(self.beside or "").split("|")} - {""})) if self.beside else ()

    def about(self, dataset: str) -> "RunConfig":
        """The same training of several sets, as the run on another of them has it."""
        return self.changed(dataset=dataset, beside="|".join(name for name in self.tasks if name != dataset) or None)

    @property
    def apart_from(self) -> tuple[str, ...]:
        """Ids of the sets whose measuring texts the run does not learn from: those that are learnt at once, or were named."""
        named = set(self.tasks) | set((self.apart or "").split("|"))
        return tuple(sorted(named - {"", self.dataset}))

    def _check_adapt(self) -> None:
        if self.adapt == ADAPT_NONE:
            return
        strategy = STRATEGIES[self.strategy]
        if not strategy.teacher.encodes or strategy.from_scratch:
            raise ConfigError(
                f"adapt is {self.adapt!r}, and {self.strategy} has no source that could read.",
                f"Set it to {ADAPT_NONE}.",
            )
        self._check_alone("adapt")

    def _check_read_along(self) -> None:
        if self.read_along == ADAPT_NONE:
            return
        if not can_read_along(STRATEGIES[self.strategy]):
            raise ConfigError(
                f"read_along is {self.read_along!r}, and {self.strategy} does not move the source's own weights step by step.",
                f"Set it to {ADAPT_NONE}, or choose {DEFAULT}.",
            )
        self._check_alone("read_along")

    def _check_self_train(self) -> None:
        if self.self_train == ADAPT_NONE:
            return
        if not STRATEGIES[self.strategy].teacher.encodes:
            raise ConfigError(
                f"self_train is {self.self_train!r}, and {self.strategy} has no model that could label texts by itself.",
                f"Set it to {ADAPT_NONE}, or choose {DEFAULT}.",
            )
        if self.read_along != ADAPT_NONE:
            raise ConfigError(
                f"read_along is {self.read_along!r}, which does not go with self_train.",
                f"Set one of the two to {ADAPT_NONE}; adapt goes with both.",
            )
        self._check_alone("self_train")

    def _check_alone(self, what: str) -> None:
        """Refuse what a use of texts without labels does not know."""
        for name, value, alone in (
            ("keep", self.keep, "none"),
            ("processes", self.processes, 1),
            ("beside", self.beside, None),
        ):
            if value != alone:
                raise ConfigError(
                    f"{name} is {value!r}, which does not go with {what}.",
                    f"Set {name} to {alone or ADAPT_NONE}, or {what} to {ADAPT_NONE}.",
                )

    def _check_beside(self) -> None:
        if self.apart:
            _several("apart", self.apart, self.dataset)
        if self.apart and self.beside:
            raise ConfigError(
                f"apart is {self.apart!r}, and sets that are learnt at once are kept apart by themselves.",
                "Set apart to none.",
            )
        if not self.beside:
            return
        _several("beside", self.beside, self.dataset)
        strategy = STRATEGIES[self.strategy]
        if not strategy.teacher.processes or strategy.adapter or strategy.prefers_mean:
            raise ConfigError(
                f"Several tasks at once cannot be learnt by {self.strategy}.", f"Choose {DEFAULT}, or one task."
            )
        for name, value, alone in (
            ("keep", self.keep, "none"),
            ("processes", self.processes, 1),
            ("average_best", self.average_best, 1),
        ):
            if value != alone:
                raise ConfigError(
                    f"{name} is {value!r}, which several tasks at once do not know.", f"Set it to {alone}."
                )

    @property
    def read(self) -> tuple[str, ...]:
        """Ids of the other sets whose texts are used without their labels."""
        named = (getattr(self, name) for name in UNLABELLED)
        return tuple(name for name in named if name not in (ADAPT_NONE, ADAPT_OWN))

    def to_json(self) -> dict[str, Any]:
        """A plain dict, ready for ``json.dumps``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "RunConfig":
        """The config in ``value``.

        Raises:
            ConfigError: when a key is unknown, so that a misspelt setting is never silently ignored.
        """
        known = {entry.name for entry in fields(cls)}
        unknown = sorted(set(value) - known)
        if unknown:
            raise ConfigError(f"Unknown setting: {', '.join(unknown)}.", f"Known settings: {', '.join(sorted(known))}.")
        if "dataset" not in value:
            raise ConfigError("No data set was named.", "Give the setting `dataset`.")
        return cls(**value)

    @property
    def source(self) -> str:
        """The model that the run starts from; empty where its strategy takes none, whatever ``model`` says."""
        return self.model if STRATEGIES[self.strategy].teacher.encodes else ""

    def told(self) -> dict[str, Any]:
        """The settings as a reader is shown them: as they are, but for a source that was not used."""
        return self.to_json() | {"model": self.source or "none"}

    def changed(self, **changes: Any) -> "RunConfig":
        """A copy with some settings replaced, checked anew."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of settings with the sentence that says when to take it."""

    title: str
    sentence: str
    settings: dict[str, Any]


PRESETS = {
    "quick": Preset(
        "Quick look",
        "A first impression in minutes: at most 1,000 training rows, 128 tokens, 2 epochs.",
        {"epochs": 2, "max_length": 128, "batch_size": 16, "train_size": 1000, "test_size": 1000},
    ),
    "balanced": Preset(
        "Balanced",
        "The default: all training rows, 256 tokens, a strategy that fits the rows and classes, and the best checkpoint kept.",
        {"max_length": 256, "batch_size": 16},
    ),
    "best": Preset(
        "Best quality",
        "Longer training with small steps, stopped early when validation no longer improves.",
        {"epochs": 10, "max_length": 512, "batch_size": 16, "patience": 3, "test_size": None},
    ),
    "classic": Preset(
        "Classic tutorial",
        "The recipe that the articles teach: 128 tokens, batches of 32, Adam, 5 epochs at a constant rate.",
        {
            "epochs": 5, "max_length": 128, "batch_size": 32, "learning_rate": 2e-5, "optimizer": "adam",
            "schedule": "constant", "warmup": 0.0, "weight_decay": 0.0, "clip_norm": 0.0,
        },
    ),
}  # fmt: skip


def preset_of(config: RunConfig) -> Preset | None:
    """The preset whose settings these are, the one with most of them; None where they are somebody's own."""
    values = config.to_json()
    fitting = [preset for preset in PRESETS.values() if preset.settings.items() <= values.items()]
    return max(fitting, key=lambda preset: len(preset.settings), default=None)


def settings() -> dict[str, tuple[str, str]]:
    """Label and explanation of each setting, by field name, in the order of the form."""
    return {entry.name: (entry.metadata["label"], entry.metadata["help"]) for entry in fields(RunConfig)}


def _several(name: str, value: str, own: str) -> None:
    named = value.split("|")
    if own in named or len(set(named)) < len(named) or "" in named:
        raise ConfigError(f"{name} is {value!r}.", "Name each set once, and only others than the run's own.")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"{name} is {value!r}.", f"It must be one of: {', '.join(allowed)}.")


def _between(name: str, value: float, low: float, high: float, whole: bool = False) -> None:
    kind_fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not kind_fits or not math.isfinite(value) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ConfigError(f"{name} is {value!r}.", f"It must be {kind} from {low:g} to {high:g}.")
