"""What is chosen for a run where its config leaves it open."""

from core.config import RunConfig
from core.strategies.registry import STRATEGIES

MOST_TEXTS = 20_000  # without labels that are read before a training; of more an even draw
USUAL = 3  # epochs; Devlin et al. (2019) found 2 to 4 best where rows are plenty
MOST = 20  # what Mosbach et al. (2021) advise for small sets, with warm-up and a decay to zero
PAIRS_PER_ROW = 20  # few-shot: pairs in which a row takes part; twice as many gained nothing, see docs/benchmarks.md
MOST_PAIRS = 2400  # few-shot: as many as 120 rows make, so that more rows do not take longer
USUAL_BATCH = 16  # rows a batch at which the fitting rates were found
CARD_BATCH = 64  # rows a batch on a card, which smaller ones leave waiting (docs/benchmarks.md, "GPU")
CARD_STEPS = 200  # updates that must remain with such batches: fewer would end a fine-tuning before it has begun
VISITS = 4000  # rows seen in all epochs together, below which fine-tuning has hardly begun


def earns_card_batches(config: RunConfig, rows: int) -> bool:
    """Whether a training on ``rows`` rows has the usual batches and is long enough for those of a card."""
    if not STRATEGIES[config.strategy].teacher.by_epochs or config.batch_size != USUAL_BATCH:
        return False
    return work_of(config, rows)[1] >= CARD_STEPS * CARD_BATCH


def batch_on(config: RunConfig, device: str) -> tuple[int, str]:
    """The rows of a batch that suit a device where nobody named them, and what that means in a sentence; empty on a CPU."""
    if not device.startswith("cuda"):
        return config.batch_size, ""
    larger = config.changed(batch_size=CARD_BATCH)
    rate = "the learning rate that was named stays"
    if config.learning_rate is None:
        times = rate_for_batch(larger, device) / rate_for_batch(config, device)
        rate = f"the learning rate is {times:g} times as large, by the square root of the batch"
    return CARD_BATCH, f"On {device} batches have {CARD_BATCH} rows instead of {config.batch_size}; {rate}."


def rate_for_batch(config: RunConfig, device: str) -> float:
    """What the fitting rate is multiplied by: on a card the square root of how much larger a batch is than 16 rows, up to 2.

    With Adam a rate goes with the root of the batch (Malladi et al., 2022, section 4). On a CPU the fitting rates are as measured.
    """
    if not device.startswith("cuda"):
        return 1.0
    return min(2.0, max(1.0, (config.batch_size / USUAL_BATCH) ** 0.5))


def epochs_for(config: RunConfig, rows: int) -> int:
    """How many epochs to train on ``rows`` rows: as the config says, else 3, and up to 20 where rows are few.

    Fine-tuning on few rows fails mostly because it ends too early (Mosbach et al., 2021); a fixed number of updates
    serves better than a fixed number of epochs.
    """
    if config.epochs is not None:
        return config.epochs
    return max(USUAL, min(MOST, -(-VISITS // max(1, rows))))


def work_of(config: RunConfig, rows: int) -> tuple[int, int]:
    """Updates, and rows read over all of them, that a training on ``rows`` rows takes."""
    if STRATEGIES[config.strategy].teacher.pairs:
        # how many pairs ``epochs`` asks for depends on the classes; two even ones are assumed
        pairs = config.epochs * rows * rows // 2 if config.epochs else PAIRS_PER_ROW * rows
        pairs = max(1, min(pairs, MOST_PAIRS))
        return -(-pairs // config.batch_size), min(2 * pairs, -(-pairs // config.batch_size) * rows)
    epochs = epochs_for(config, rows)
    return -(-rows // config.batch_size) * epochs, rows * epochs
