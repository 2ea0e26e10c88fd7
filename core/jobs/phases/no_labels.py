"""The baseline without labels, where it goes with a run: it must make sense, and cost little beside the training."""

import logging

from core.data.sets.descriptions import read_descriptions
from core.errors import GraftError
from core.evaluation.baselines import Baseline
from core.jobs.phases.choosing import Chosen
from core.jobs.phases.preparing import Prepared
from core.jobs.progress import FORWARD
from core.results.names_alone import CENTRE, names_alone, why_not
from core.strategies.registry import STRATEGIES
from core.training.recipe import work_of

log = logging.getLogger("graft.worker")

SHARE = 0.1  # of the training, which the baseline may cost where nobody asked for it


def without_labels(chosen: Chosen, prepared: Prepared, is_asked: bool) -> tuple[list[tuple[Baseline, float]], str]:
    """The baseline with its seconds, or none and the reason.

    Args:
        is_asked: whether it is wanted whatever it costs, as in a ladder.
    """
    descriptions = read_descriptions(chosen.dataset)
    if reason := why_not(chosen.dataset, descriptions):
        return [], reason
    if not is_asked and _share(chosen, prepared) > SHARE:
        return [], "Reading the judged texts once more would cost over a tenth of this training, so it was left out."
    try:
        found = names_alone(
            chosen.dataset, chosen.config, chosen.parts["train"], chosen.parts["test"], descriptions
        )  # fmt: skip
    except GraftError as error:  # a source that has no encoder of its own, or is gone by now: the run itself is done
        log.warning("names of the classes alone: %s", error)
        return [], error.message
    return [found], ""


def _share(chosen: Chosen, prepared: Prepared) -> float:
    """What it costs as a share of the training, both counted in tokens that are read once."""
    tokens = {part: rows.encoded.tokens for part, rows in prepared.encoded.items()}
    rows = len(chosen.parts["train"])
    centre = tokens["train"] * min(1.0, CENTRE / rows)
    if STRATEGIES[chosen.config.strategy].teacher.steps:
        training = FORWARD * tokens["train"] * work_of(chosen.config, rows)[1] / rows
    else:
        training = float(tokens["train"] + tokens["validation"])
    return (tokens["test"] + centre) / max(1.0, training)
