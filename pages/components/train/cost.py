"""What a run will cost, said before it starts."""

import streamlit as st

from core.config import RunConfig
from core.data.sets.lengths import length_summary
from core.data.sets.store import DataSet
from core.models.reach import reach_source
from core.models.shape import shape_of
from core.strategies.registry import STRATEGIES
from core.training.devices import find_device
from core.training.estimate import Estimate, duration, estimate, estimate_counted
from core.training.optimiser import fitting_rate
from core.training.recipe import CARD_BATCH, earns_card_batches, epochs_for, rate_for_batch
from pages.components.shared.lengths import lengths_of
from pages.components.shared.words import plain


def cost(config: RunConfig, dataset: DataSet) -> bool:
    """Time, memory and what is cut; True when the run can be queued.

    Raises:
        GraftError: when the source cannot be used.
    """
    if not config.source:
        return _counted(config, dataset)
    source = reach_source(config.model, config.revision, wait=0)
    if source is None:
        _wait_for_hub(config.model, config.revision)
        return False
    if not source.available:
        st.warning(f"{plain(source.title)} is not available: {plain(source.why_not)}", icon=":material/cloud_off:")
        return False
    if not source.at_hand:
        st.caption(f"{plain(source.sentence)} Time and memory can be told when it is here.")
        return True
    lengths = lengths_of(dataset.id, config.model)
    counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
    shape = shape_of(config.model, config.revision)
    _figures(estimate(config, counts, lengths, shape))
    summary = length_summary(lengths, config.max_length)
    train = min(config.train_size or counts["train"], counts["train"])
    longer = f"{100 * summary.share_cut:.1f} % of the texts"
    reading = f"{longer} are read in several windows" if config.truncation == "windows" else f"{longer} are cut"
    if config.epochs is None and STRATEGIES[config.strategy].teacher.by_epochs:
        st.caption(f"Epochs: {epochs_for(config, train)}, chosen for {train:,} rows.")
    if config.learning_rate is None and STRATEGIES[config.strategy].teacher.steps:
        device = find_device(config.device).name
        rate = fitting_rate(shape.width, config.strategy) * rate_for_batch(config, device)
        st.caption(f"Learning rate: {rate:.2g} at its highest, as fits this source and strategy.")
        if device.startswith("cuda") and earns_card_batches(config, train):
            st.caption(f"This card is quicker with batches of {CARD_BATCH} rows; the rate then follows the batch.")
    st.caption(f"Learns from {train:,} rows. At {config.max_length} tokens {reading}.")
    return True


def _counted(config: RunConfig, dataset: DataSet) -> bool:
    """The same for a run that counts words: it needs no source, and cuts no text."""
    counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
    _figures(estimate_counted(config, counts, len(dataset.labels)))
    train = min(config.train_size or counts["train"], counts["train"])
    st.caption(f"Learns from {train:,} rows, whole texts. The source above is not used.")
    return True


def _figures(expected: Estimate) -> None:
    """Time, memory and updates, and the same in a sentence."""
    memory = expected.memory_mib
    with st.grid(3, min_column_width=96):
        st.metric("Time", duration(expected.seconds), help="From start to result, judging included.")
        st.metric(
            "Memory", f"{memory / 1024:.1f} GiB" if memory > 1024 else f"{memory} MiB", help="Largest need at once."
        )
        st.metric("Updates", f"{expected.steps:,}", help="Times that the weights are changed.")
    st.caption(plain(expected.sentence))


@st.fragment(run_every=0.5)
def _wait_for_hub(model: str, revision: str | None) -> None:
    """A line until the Hub has answered; the page goes on meanwhile."""
    if reach_source(model, revision, wait=0) is not None:
        st.rerun()
    st.caption(":material/hourglass_top: Asking the Hub whether it has this model …")
