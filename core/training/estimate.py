"""How long a run will take and how much memory it needs, said before it starts."""

from dataclasses import dataclass

import numpy as np

from core.config import ADAPT_NONE, ADAPT_OWN, RunConfig
from core.models.shape import Shape
from core.strategies.registry import STRATEGIES
from core.training.devices import Device, find_device, use_bf16, use_fp16
from core.training.gradients import PIECE_TOKENS
from core.training.recipe import MOST_TEXTS, work_of
from core.training.speeds import guessed_speed, remembered_speed, slowed_speed, speed_of_others
from core.training.truncation import tokens_read

FORWARD = 3.5  # a training step costs about this many forward passes of the same tokens
READ_ALONG = 1.4  # what a text that is read along costs beside a labelled row: hidden words are compared with all words
PER_UPDATE = 190  # on a CPU an update itself costs as much as training on this many tokens
FREED_BLOCKS = (
    1.7  # on a CPU freed blocks of many sizes stay: measured peak beside the activations of the largest piece
)
LIBRARIES = {"cpu": 1550, "cuda": 600}  # MiB of torch, transformers and the kernels that they prepare
START_SECONDS = 12.0  # loading libraries, data and weights
FIT_SECONDS = 2.0  # solving for the last layer
BASELINE_ROWS = 1500  # a second, through the word-counting baseline
MOST_TERMS, TERMS_A_ROW, TERM_BYTES = 200_000, 20, 300  # words and word pairs that are counted, and what one takes
DOUBLING = 12  # so many classes take the solver as long again as the counting itself
COUNTING_LIBRARIES = 500  # MiB; the kernels of a training are never prepared
SOLVER_COPIES = 12  # arrays of the weights' size that the solver of a regression holds at once
GUESSED_BY_ROWS = "a guess by the number of rows"
MEASURED, CARRIED = "from an earlier run like this", "from earlier runs of this source"
DISTURBED = "a guess, since other programs slowed down the run that was timed"
GUESSED = "a guess until a run of this source has been timed"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What to expect of a run, from its start to its result.

    Attributes:
        seconds: in all, judging included.
        memory_mib: largest need at once.
        steps: updates of the weights.
        tokens: real tokens that the training will see, all epochs together.
        measured: whether the speed comes from an earlier run like this one.
        sentence: the same in words, with a low and a high guess of the time.
    """

    seconds: float
    memory_mib: int
    steps: int
    tokens: int
    measured: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class _Speed:
    """Tokens a second in training and in a forward pass alone.

    Attributes:
        measured: whether an undisturbed earlier run showed them.
        ground: what they rest on, in words.
    """

    training: float
    forward: float
    measured: bool
    ground: str


def estimate(config: RunConfig, counts: dict[str, int], lengths: np.ndarray, shape: Shape) -> Estimate:
    """Time and memory of a run.

    Args:
        counts: rows of train, validation and test in the data set.
        lengths: (sampled rows,) tokens of its texts, uncut.
        shape: size of the source.
    """
    device = find_device(config.device)
    precision = (
        "bf16" if use_bf16(device, config.precision) else "fp16" if use_fp16(device, config.precision) else "fp32"
    )
    shortened = np.minimum(lengths, config.max_length) if len(lengths) else np.array([config.max_length])
    read = tokens_read(lengths, config.max_length, config.truncation) if len(lengths) else shortened
    mean = float(read.mean())
    train = min(config.train_size or counts["train"], counts["train"])
    validation = min(config.validation_size or counts["validation"], counts["validation"])
    judged_of = counts["test"] or counts["validation"]
    judged = min(config.test_size or judged_of, judged_of)
    speed = _speed(config, shape, device, precision, mean)
    steps, tokens, training = _training(config, speed, train, validation, mean)
    if config.read_along != ADAPT_NONE:
        training *= 1 + READ_ALONG * (config.read_along_rows or config.batch_size) / config.batch_size
    if config.adapt != ADAPT_NONE:  # the texts of another set are taken to be as many and as long
        training += min(counts["train"], MOST_TEXTS) * config.adapt_epochs * mean / speed.training
    if config.self_train != ADAPT_NONE:
        training += _labelling(config, speed, train, validation, counts["train"], mean)
    seconds = START_SECONDS + training + judged * mean / speed.forward + (train + judged) / BASELINE_ROWS
    memory = _memory(config, shape, device, float(np.percentile(shortened, 99)), precision)
    sentence = _sentence(seconds, 1.25 if speed.measured else 1.6, memory, device, speed.ground)
    return Estimate(seconds, memory, steps, tokens, speed.measured, sentence)


def estimate_counted(config: RunConfig, counts: dict[str, int], outputs: int) -> Estimate:
    """Time and memory of a run that counts words, whose source is none; what it costs hangs on rows alone.

    Args:
        counts: rows of train, validation and test in the data set.
        outputs: classes or labels; 1 for a score.
    """
    train = min(config.train_size or counts["train"], counts["train"])
    judged_of = counts["test"] or counts["validation"]
    judged = min(config.test_size or judged_of, judged_of)
    seconds = START_SECONDS + (train * (1 + outputs / DOUBLING) + judged) / BASELINE_ROWS
    terms = min(MOST_TERMS, TERMS_A_ROW * train)
    memory = COUNTING_LIBRARIES + int(terms * (TERM_BYTES + 8 * SOLVER_COPIES * max(1, outputs)) / 2**20)
    sentence = _sentence(seconds, 1.6, memory, find_device("cpu"), GUESSED_BY_ROWS)
    return Estimate(seconds, memory, 1, 0, False, sentence)


def took(seconds: float) -> str:
    """A length of time that was measured: 34 s, 3 min 26 s, 2 h 05 min."""
    whole = max(1, round(seconds))
    if whole < 90:
        return f"{whole} s"
    if whole < 5400:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def duration(seconds: float) -> str:
    """A length of time that is expected, no more exact than it is known: 40 s, 3 min, 2.5 h."""
    if seconds < 90:
        return f"{max(1, round(seconds / 5) * 5 if seconds > 20 else round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _speed(config: RunConfig, shape: Shape, device: Device, precision: str, mean: float) -> _Speed:
    """As an earlier run showed it, else as runs of other strategies did, else as the device's matrix products let guess.

    Args:
        mean: tokens read of a text.
    """
    strategy = STRATEGIES[config.strategy]
    # one update costs the same however few tokens it sees, and what is frozen costs less
    update = 1 + (PER_UPDATE / (mean * config.batch_size) if device.name == "cpu" else 0.0)
    heavier = strategy.cost_share(config, shape.layers) * update
    known = remembered_speed(config, device)
    if known and not strategy.teacher.steps:  # what it showed was the speed of forward passes
        return _Speed(known, known, True, MEASURED)
    others, slowed = speed_of_others(config, shape, device), slowed_speed(config, device)
    training, ground = (known, MEASURED) if known else (others, CARRIED)
    if not training:
        guess = guessed_speed(shape, device, precision, mean) / heavier
        showed_training = slowed if strategy.teacher.steps else None
        training, ground = max(guess, showed_training or 0.0), DISTURBED if slowed else GUESSED
    return _Speed(training, training * (heavier * FORWARD), known is not None, ground)


def _training(config: RunConfig, speed: _Speed, train: int, validation: int, mean: float) -> tuple[int, int, float]:
    """Updates, tokens seen and seconds of the training alone.

    Args:
        train, validation: rows of each that are used.
        mean: tokens read of a text.
    """
    strategy = STRATEGIES[config.strategy]
    encoding = (train + validation) * mean / speed.forward
    if not strategy.teacher.steps:
        return 5, int(train * mean), encoding + FIT_SECONDS
    steps, visits = work_of(config, train)
    tokens = int(visits * mean)
    rounds = max(1, steps // config.eval_every) if config.eval_every else max(1, visits // max(1, train))
    rounds = rounds if strategy.teacher.by_epochs else 1
    seconds = tokens / speed.training + rounds * validation * mean / speed.forward
    return steps, tokens, seconds + encoding if strategy.encodes_first else seconds


def _labelling(config: RunConfig, speed: _Speed, train: int, validation: int, there: int, mean: float) -> float:
    """Seconds that labelling by itself adds to a training on labelled rows: one more a round, with half of the texts among the rows.

    Args:
        there: training rows of the set; the texts of another set are taken to be as many.
    """
    texts = min(there - train if config.self_train == ADAPT_OWN else there, MOST_TEXTS)
    later = _training(config, speed, train + texts // 2, validation, mean)[2]
    return config.self_rounds * (later + texts * mean / speed.forward)


def _memory(config: RunConfig, shape: Shape, device: Device, longest: float, precision: str) -> int:
    """Peak MiB: weights, gradients, two moments, the best weights so far, activations, and the libraries themselves."""
    strategy = STRATEGIES[config.strategy]
    steps = strategy.teacher.steps
    weights = shape.parameters * 4 * (1.5 if not steps else 2.5 if strategy.few_weights else 5.5)
    per_token: float = (
        shape.layers * shape.width * (60 if precision == "fp32" else 34)
    )  # bytes that wait for the way back
    if config.recompute:  # what enters each layer waits, and the inside of one layer at a time
        per_token = shape.layers * shape.width * 4 + per_token / shape.layers
    attention = (
        (1 if config.recompute else shape.layers) * (shape.width // 32) * longest * (10 if precision == "fp32" else 6)
    )
    batch = -(-config.batch_size // config.accumulate) * longest if steps else 8192
    if steps and device.name in PIECE_TOKENS:  # a larger batch goes through the model in pieces
        batch = min(batch, max(PIECE_TOKENS[device.name], longest))
    on_card = device.name.startswith("cuda") and precision == "bf16"
    activations = batch * (per_token + (0 if on_card else attention)) * (1.0 if steps else 0.15)
    if device.name == "cpu":
        activations *= FREED_BLOCKS
    if on_card:  # attention keeps no weights there; recorded steps hold memory beside those that are not
        activations *= 2
    return int((weights + activations) / 2**20) + LIBRARIES.get(device.name.split(":")[0], 600)


def _sentence(seconds: float, spread: float, memory: int, device: Device, ground: str) -> str:
    low, high = duration(seconds / spread), duration(seconds * spread)
    span = f"about {duration(seconds)}" if low == high else f"about {duration(seconds)} ({low} to {high})"
    need = f"{memory / 1024:.1f} GiB" if memory >= 1024 else f"{memory} MiB"
    warning = ""
    if memory > 0.9 * device.memory_mib:
        warning = f" That is more than this device's {device.memory_mib / 1024:.0f} GiB: lower the batch size or the max length."
    return f"Takes {span} on {device.title}, {ground}, and {need} of memory.{warning}"
