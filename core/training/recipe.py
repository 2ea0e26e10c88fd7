"""What is chosen for a run where its config leaves it open."""

from core.config import RunConfig
from core.strategies.registry import STRATEGIES

USUAL = 3  # epochs; Devlin et al. (2019) found 2 to 4 best where rows are plenty
MOST = 20  # what Mosbach et al. (2021) advise for small sets, with warm-up and a decay to zero
PAIRS_PER_ROW = 20  # few-shot: pairs in which a row takes part; twice as many gained nothing, see docs/benchmarks.md
MOST_PAIRS = 2400  # few-shot: as many as 120 rows make, so that more rows do not take longer
VISITS = 4000  # rows seen in all epochs together, below which fine-tuning has hardly begun


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
