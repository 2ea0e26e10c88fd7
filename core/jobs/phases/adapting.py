"""Before the fine-tuning: the encoder reads texts of the target without their labels, and guesses words that are hidden."""

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.array_cache import ArrayCache, facts_in, with_facts
from core.config import ADAPT_NONE, NO_EFFECT, RunConfig
from core.jobs.compute import Compute
from core.jobs.phases.beforehand import Beforehand
from core.jobs.phases.preparing import Prepared
from core.jobs.phases.unlabelled import unlabelled_texts
from core.jobs.recorder import RunRecorder
from core.models.classifier import load_tokenizer
from core.models.fingerprint import weights_fingerprint
from core.models.masked import load_masked
from core.training import checkpoints
from core.training.adapting import adapting_config, adapting_job, held_out, validate
from core.training.encoding import encode_once
from core.training.events import Evaluated
from core.training.loop import train
from core.training.scoring import score

if TYPE_CHECKING:
    import torch

KIND = "adapted"  # of arrays in the cache
STOPPED = "adapting"  # folder of a run with what an adaptation needs to go on
HEAD = "guessing."  # begins the names of the head's weights among those of the encoder

Head = dict[str, "torch.Tensor"]
"""Weights of a head that guesses hidden words, as ``core.models.masked.MaskedModel`` calls them."""


def adapt(
    config: RunConfig, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> Head | None:
    """Put adapted weights into the classifier's encoder, where the run asks for it; those of an equal adaptation are taken from disk.

    Returns the head that learnt to guess with it; None where nothing is read.

    Raises:
        GraftError: when the texts or the source are gone, or the source has no mask.
        Interrupted: when a stop was asked for; it goes on from there when the run does.
    """
    if config.adapt == ADAPT_NONE:
        return None
    recorder.phase("adapting")
    model = load_masked(config.model, config.revision, config.seed)
    texts = unlabelled_texts(config, config.adapt)
    own = adapting_config(config)
    key = _key(own, texts, weights_fingerprint(model.state_dict().items()))
    cache, base = ArrayCache(KIND), prepared.classifier.model.base_model
    weights: Mapping[str, np.ndarray] = cache.get(key) or {}
    told = facts_in(weights)
    if told is None:
        told, weights = _trained(own, model, texts, prepared.max_length, compute, recorder, should_stop)
        cache.put(key, with_facts(weights, told))
    import torch

    there = base.state_dict()
    found = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
    base.load_state_dict(there | {name: value for name, value in found.items() if name in there})
    recorder.adapted = told | {"from": config.adapt}
    shutil.rmtree(recorder.run.path / STOPPED, ignore_errors=True)
    return {name.removeprefix(HEAD): value for name, value in found.items() if name.startswith(HEAD)}


def _trained(
    config: RunConfig,
    model: Any,
    texts: list[str],
    max_length: int,
    compute: Compute,
    recorder: RunRecorder,
    should_stop: Callable[[], bool],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What is told of the adaptation, and the weights of encoder and head at its best."""
    learnt, judged = held_out(len(texts), config.seed)
    tokenizer = load_tokenizer(config.model, config.revision)
    encoded = [
        encode_once([texts[number] for number in part], tokenizer, max_length, cache=ArrayCache("tokens"))
        for part in (learnt, judged)
    ]
    reading = encoded[0].tokens * int(config.epochs or 1)
    recorder.estimate.ahead("adapting", reading)
    job = adapting_job(config, model, encoded[0], encoded[1], compute.device.name, compute.bf16, compute.fp16)

    def stepped(step: int, steps: int, tokens_per_second: float) -> None:
        recorder.estimate.ahead("adapting", reading, tokens_per_second)
        recorder.progress("adapting", step, steps)

    def evaluated(event: Evaluated) -> None:
        told = {"event": "adapted", "step": event.step, "epoch": event.epoch, "loss": event.scores["loss"]}
        recorder.reporter.event(told)

    def loss() -> float:
        return validate(score(model, encoded[1], job.device, job.bf16, fp16=job.fp16), np.zeros(0))[1]["loss"]

    before_it = Beforehand(recorder.run.path / STOPPED, recorder, stepped, evaluated)
    state, best = checkpoints.load_training(before_it.folder, before_it.best, recorder.warn)
    model.to(compute.device.name)
    before = loss()
    done = before_it.follow(train(replace(job, resume=state, best_weights=best, should_stop=should_stop)))
    after = loss()
    told = {
        "texts": len(learnt), "judged_by": len(judged), "epochs": config.epochs, "seconds": done.seconds, "fresh_head": model.fresh,
        "loss_before": before, "loss_after": after,
        "perplexity_before": math.exp(min(before, 30.0)), "perplexity_after": math.exp(min(after, 30.0)),
    }  # fmt: skip
    weights = {name: value.detach().cpu().numpy() for name, value in model.encoder.state_dict().items()}
    head = {f"{HEAD}{name}": value.detach().cpu().numpy() for name, value in model.head().state_dict().items()}
    return told, weights | head


def _key(config: RunConfig, texts: list[str], source: str) -> str:
    settings = {name: value for name, value in config.to_json().items() if name not in ("dataset", *NO_EFFECT)}
    digest = hashlib.blake2b(json.dumps([settings, source, HEAD], sort_keys=True).encode(), digest_size=16)
    for text in texts:
        digest.update(f"{len(text)}:".encode() + text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
