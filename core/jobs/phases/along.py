"""During the fine-tuning: texts without labels that each step reads as well, and what came of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.array_cache import ArrayCache
from core.config import ADAPT_NONE, RunConfig
from core.jobs.compute import Compute
from core.jobs.phases.adapting import Head
from core.jobs.phases.preparing import Prepared
from core.jobs.phases.unlabelled import unlabelled_texts
from core.jobs.recorder import RunRecorder
from core.models.beside import give_up_heads
from core.models.classifier import load_tokenizer
from core.models.masked import MaskedModel, load_masked
from core.training.adapting import held_out
from core.training.along import masked_loss, share_of_labels
from core.training.encoding import Encoded, encode_once
from core.training.events import TrainingDone
from core.training.job import Along

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, slots=True)
class Reading:
    """Texts that are read along, and those that only judge.

    Attributes:
        classifier: whose encoder reads.
        before: loss of hidden words of the texts that judge, in nats, before the fine-tuning.
        should_stop: asked while these are judged.
    """

    config: RunConfig
    classifier: "PreTrainedModel"
    along: Along
    judging: Encoded
    compute: Compute
    before: float
    should_stop: Callable[[], bool]

    def finish(self, done: TrainingDone, recorder: RunRecorder) -> None:
        """Tell what came of it, and give the classifier back its own head alone."""
        if not done.stopped:
            after, rows = _loss(self.along.model, self.judging, self.compute, self.should_stop), self.along.rows
            recorder.along = {
                "from": self.config.read_along, "texts": self.along.texts.rows, "judged_by": self.judging.rows, "rows": rows,
                "readings": done.step * rows / self.along.texts.rows,
                "share": share_of_labels(self.config.batch_size, rows), "fresh_head": self.along.model.fresh,
                "loss_before": self.before, "loss_after": after,
                "perplexity_before": math.exp(min(self.before, 30.0)), "perplexity_after": math.exp(min(after, 30.0)),
            }  # fmt: skip
        give_up_heads(self.classifier)


def reading_along(
    config: RunConfig, prepared: Prepared, head: Head | None, compute: Compute, should_stop: Callable[[], bool]
) -> Reading | None:
    """What is read along by the classifier as it is before the fine-tuning; None where the run asks for nothing.

    Args:
        head: that learnt to guess when the texts were read before; without one it is the source's own, or a fresh one.

    Raises:
        GraftError: when the texts or the source are gone, or the source has no mask.
        Interrupted: when a stop was asked for.
    """
    if config.read_along == ADAPT_NONE:
        return None
    texts = unlabelled_texts(config, config.read_along)
    tokenizer = load_tokenizer(config.model, config.revision)
    learnt, judging = (
        encode_once([texts[number] for number in part], tokenizer, prepared.max_length, cache=ArrayCache("tokens"))
        for part in held_out(len(texts), config.seed)
    )
    if head is None:
        own = load_masked(config.model, config.revision, config.seed)
        head = None if own.fresh else dict(own.head().state_dict())
    encoder = prepared.classifier.model.base_model
    model = MaskedModel(encoder, tokenizer, head, config.seed)  # type: ignore[arg-type]
    rows = min(config.read_along_rows or config.batch_size, learnt.rows)
    before = _loss(model, judging, compute, should_stop)
    return Reading(config, prepared.classifier.model, Along(model, learnt, rows), judging, compute, before, should_stop)


def _loss(model: MaskedModel, judging: Encoded, compute: Compute, should_stop: Callable[[], bool]) -> float:
    return masked_loss(model, judging, compute.device.name, compute.bf16, compute.fp16, should_stop)
