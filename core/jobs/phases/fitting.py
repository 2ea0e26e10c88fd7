"""The third phase of a run: the training, from its start or from its last checkpoint."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.jobs.compute import Compute
from core.jobs.phases.preparing import Prepared
from core.jobs.recorder import RunRecorder
from core.models.memory import recompute_layers
from core.models.strategies import ADAPTERS, attach, detach
from core.training import checkpoints, distributed
from core.training.averaging import averaged
from core.training.events import Event, TrainingDone
from core.training.few_shot import few_shot
from core.training.loop import train
from core.training.probe import probe, probe_then_tune

log = logging.getLogger("graft.worker")


def teach(
    config: RunConfig, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> TrainingDone:
    """Train the classifier in place, everything that happens told and saved."""
    model = prepared.classifier.model
    shared: dict[str, Any] = {
        "device": compute.device.name, "bf16": compute.bf16, "should_stop": should_stop,
        "keep": ArrayCache("features" if config.strategy in ("linear_probe", "lp_ft") else "trunks"),
    }  # fmt: skip
    recorder.phase("training" if config.strategy != "linear_probe" else "encoding")
    if config.strategy == "linear_probe":
        events = probe(config, model, prepared.encoded["train"], prepared.encoded["validation"], **shared)
    else:
        events = _resumable(config, prepared, recorder, shared)
    done = None
    attach(model, config)
    if config.recompute:
        recompute_layers(model)
    for event in events:
        recorder.record(event)
        done = event
    if config.strategy in ADAPTERS:
        detach(model)
    if not isinstance(done, TrainingDone):
        raise AssertionError("a training ends with TrainingDone")
    return done


def _resumable(config: RunConfig, prepared: Prepared, recorder: RunRecorder, shared: dict[str, Any]) -> Iterator[Event]:
    """The events of a training by steps, which goes on from the run's checkpoint where there is one."""
    run, model, validation = recorder.run, prepared.classifier.model, prepared.encoded["validation"]
    state = checkpoints.load_state(run.checkpoint)
    if state:
        resumed = state["numbers"]["step"]
        recorder.reporter.event({"event": "resumed", "step": resumed})
        log.info("going on from step %d", resumed)
    best = checkpoints.load_weights(run.best) if state else None
    distributed.barrier()  # until every process has read what the first one is going to replace
    way = {"lp_ft": probe_then_tune, "few_shot": few_shot}.get(config.strategy, train)
    events = way(config, model, prepared.encoded["train"], validation, resume=state, best_weights=best, **shared)
    if config.average_best < 2 or config.strategy == "few_shot" or distributed.rank() > 0:
        return events
    kept = checkpoints.CandidateFolder(run.best)
    if not state:
        kept.clear()
    return averaged(events, config, model, validation, kept, device=shared["device"], bf16=shared["bf16"])
