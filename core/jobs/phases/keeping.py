"""Before the training: what it needs to keep the source's ability, out of the earlier run that is the source."""

import numpy as np

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.errors import ConfigError, RunError
from core.jobs.compute import Compute
from core.jobs.phases.choosing import Chosen, choose_rows
from core.jobs.phases.preparing import Prepared
from core.jobs.recorder import RunRecorder
from core.models.classifier import Classifier, load_saved
from core.runs.folder import get_run
from core.strategies.keeps import KEEPS
from core.tasks import encode_targets
from core.training.anchor import diagonal_fisher, even_mean
from core.training.encoding import encode_once
from core.training.job import Keeping, LabelledRows
from core.training.keeping import distilled, replayed
from core.training.scoring import score

FISHER_ROWS = 200  # of the earlier run's training: the ranking of weights hardly moves with more


def keeping_for(config: RunConfig, prepared: Prepared, compute: Compute, recorder: RunRecorder) -> Keeping | None:
    """How ``config`` asks for the source to be kept; None where it does not. The same for the same config, also after a stop.

    Raises:
        GraftError: when the earlier run, or the set that it learnt from, is gone, or its answers are scores.
    """
    keep = KEEPS[config.keep]
    if not (keep.anchors or keep.rehearses):
        return None
    if not keep.needs_run:
        return Keeping(config.keep_strength, anchors=True)
    earlier = get_run(config.model[4:])
    if earlier.result is None or not (earlier.model / "config.json").exists():
        raise RunError(f"The earlier run {earlier.short_name} has no model.", "Set keep to none, or to l2sp.")
    old = load_saved(earlier.model)
    old.model.to(compute.device.name)  # type: ignore[arg-type]
    if old.model.config.problem_type == "regression":
        raise ConfigError(f"keep is {config.keep!r}, and the earlier run gives scores, not classes.", "Keep by l2sp.")
    if keep.rehearses == "target":
        encoded = prepared.encoded["train"].encoded
        said = score(old.model, encoded, compute.device.name, compute.bf16)
        return Keeping(config.keep_strength, rehearsal=distilled(old.model, encoded, said))
    rows = _rows(choose_rows(earlier.config, recorder.warn), old)
    if keep.rehearses:
        return Keeping(config.keep_strength, rehearsal=replayed(earlier.config, old.model, rows))
    drawn = np.random.default_rng(config.seed).permutation(rows.encoded.rows)[:FISHER_ROWS]
    importance = even_mean(diagonal_fisher(old.model, rows.encoded, drawn, compute.device.name, config.seed))
    return Keeping(config.keep_strength, anchors=True, importance=importance)


def _rows(chosen: Chosen, old: Classifier) -> LabelledRows:
    """The earlier run's training rows as tokens with their targets, each window a row."""
    train, config = chosen.parts["train"], chosen.config
    texts = encode_once(
        train["text"].tolist(), old.tokenizer, min(config.max_length, old.max_length),
        train["text_pair"].tolist() if "text_pair" in train else None, cache=ArrayCache("tokens"), truncation=config.truncation,
    )  # fmt: skip
    return LabelledRows(texts, encode_targets(chosen.task, train["label"].tolist(), old.labels)).by_window()
