"""Before the fine-tuning: the encoder reads texts of the target without their labels, and guesses words that are hidden."""

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from core.array_cache import ArrayCache, facts_in, with_facts
from core.config import ADAPT_NONE, ADAPT_OWN, NO_EFFECT, RunConfig
from core.data.sets.store import get_dataset
from core.jobs.compute import Compute
from core.jobs.phases.preparing import Prepared
from core.jobs.recorder import RunRecorder
from core.models.classifier import load_tokenizer
from core.models.fingerprint import weights_fingerprint
from core.models.masked import load_masked
from core.training import checkpoints
from core.training.adapting import adapting_config, adapting_job, held_out, validate
from core.training.encoding import encode_once
from core.training.events import CheckpointDue, Evaluated, Improved, Started, StepLogged, TrainingDone, Warned
from core.training.loop import train
from core.training.recipe import MOST_TEXTS
from core.training.scoring import Interrupted, score

KIND = "adapted"  # of arrays in the cache
STOPPED = "adapting"  # folder of a run with what an adaptation needs to go on


def adapt(
    config: RunConfig, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> None:
    """Put adapted weights into the classifier's encoder, where the run asks for it; those of an equal adaptation are taken from disk.

    Raises:
        GraftError: when the texts or the source are gone, or the source has no mask.
        Interrupted: when a stop was asked for; it goes on from there when the run does.
    """
    if config.adapt == ADAPT_NONE:
        return
    recorder.phase("adapting")
    model = load_masked(config.model, config.revision, config.seed)
    texts = unlabelled_texts(config)
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
    fitting = {name: torch.from_numpy(np.array(value)) for name, value in weights.items() if name in there}
    base.load_state_dict(there | fitting)
    recorder.adapted = told | {"from": config.adapt}
    shutil.rmtree(recorder.run.path / STOPPED, ignore_errors=True)


def unlabelled_texts(config: RunConfig) -> list[str]:
    """Training texts of the run's own set, all of them, or of another; of a set without labels every text. Labels are not looked at.

    Raises:
        GraftError: when the other set is gone.
    """
    dataset = get_dataset(config.dataset if config.adapt == ADAPT_OWN else config.adapt)
    frame = dataset.part("train") if dataset.size("train") and dataset.task != "unlabelled" else dataset.frame()
    texts = frame["text"].tolist() + (frame["text_pair"].tolist() if "text_pair" in frame else [])
    if len(texts) <= MOST_TEXTS:
        return texts
    return [texts[number] for number in np.sort(np.random.default_rng(0).permutation(len(texts))[:MOST_TEXTS])]


def _trained(
    config: RunConfig,
    model: Any,
    texts: list[str],
    max_length: int,
    compute: Compute,
    recorder: RunRecorder,
    should_stop: Callable[[], bool],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What is told of the adaptation, and the encoder's weights at its best."""
    learnt, judged = held_out(len(texts), config.seed)
    tokenizer = load_tokenizer(config.model, config.revision)
    encoded = [
        encode_once([texts[number] for number in part], tokenizer, max_length, cache=ArrayCache("tokens"))
        for part in (learnt, judged)
    ]
    reading = encoded[0].tokens * int(config.epochs or 1)
    recorder.estimate.reads(reading)
    job = adapting_job(config, model, encoded[0], encoded[1], compute.device.name, compute.bf16, compute.fp16)
    folder = recorder.run.path / STOPPED
    state, best = checkpoints.load_training(folder, folder / "best", recorder.warn)
    model.to(compute.device.name)
    before = validate(score(model, encoded[1], job.device, job.bf16, fp16=job.fp16), np.zeros(0))[1]["loss"]
    done, after, steps = None, before, 0
    for event in train(replace(job, resume=state, best_weights=best, should_stop=should_stop)):
        if isinstance(event, Started):
            steps = event.total_steps
        elif isinstance(event, CheckpointDue):
            recorder.reporter.check_there()
            checkpoints.save_state(folder, event.state())
        elif isinstance(event, Improved):
            checkpoints.save_weights(folder / "best", event.weights)
        elif isinstance(event, StepLogged):
            recorder.estimate.reads(reading, event.tokens_per_second)
            recorder.progress("adapting", event.step, steps)
        elif isinstance(event, Evaluated):
            after = event.scores["loss"] if event.best else after
            recorder.reporter.event(
                {"event": "adapted", "step": event.step, "epoch": event.epoch, "loss": event.scores["loss"]}
            )
        elif isinstance(event, Warned):
            recorder.warn(event.message)
        elif isinstance(event, TrainingDone):
            done = event
    if done is None or done.stopped:
        raise Interrupted
    told = {
        "texts": len(learnt), "judged_by": len(judged), "epochs": config.epochs, "seconds": done.seconds, "fresh_head": model.fresh,
        "loss_before": before, "loss_after": after,
        "perplexity_before": math.exp(min(before, 30.0)), "perplexity_after": math.exp(min(after, 30.0)),
    }  # fmt: skip
    weights = {name: value.detach().cpu().numpy() for name, value in model.encoder.state_dict().items()}
    return told, weights


def _key(config: RunConfig, texts: list[str], source: str) -> str:
    settings = {name: value for name, value in config.to_json().items() if name not in ("dataset", *NO_EFFECT)}
    digest = hashlib.blake2b(json.dumps([settings, source], sort_keys=True).encode(), digest_size=16)
    for text in texts:
        digest.update(f"{len(text)}:".encode() + text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
