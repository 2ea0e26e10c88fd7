"""The third phase of a run: the training, from its start or from its last checkpoint."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.jobs.compute import Compute
from core.jobs.phases.preparing import Prepared
from core.jobs.recorder import RunRecorder
from core.models.adapters import attach, detach
from core.models.memory import recompute_layers
from core.strategies.registry import STRATEGIES
from core.training import checkpoints, distributed
from core.training.averaging import averaged
from core.training.events import Event, TrainingDone
from core.training.teachers import TEACHERS

log = logging.getLogger("graft.worker")


def teach(
    config: RunConfig, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool]
) -> TrainingDone:
    """Train the classifier in place, everything that happens told and saved."""
    model, strategy = prepared.classifier.model, STRATEGIES[config.strategy]
    shared: dict[str, Any] = {
        "device": compute.device.name, "bf16": compute.bf16, "should_stop": should_stop,
        "keep": ArrayCache("features" if strategy.teacher.reads_features else "trunks"),
    }  # fmt: skip
    recorder.phase("training" if strategy.teacher.steps else "encoding")
    if strategy.teacher.steps:
        events = _resumable(config, prepared, recorder, shared)
    else:
        fit = TEACHERS[strategy.teacher.name]
        events = fit(config, model, prepared.encoded["train"], prepared.encoded["validation"], **shared)
    done = None
    attach(model, config)
    if config.recompute:
        recompute_layers(model)
    for event in events:
        recorder.hear(event)
        done = event
    if strategy.adapter:
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
    teacher = STRATEGIES[config.strategy].teacher
    events = TEACHERS[teacher.name](
        config, model, prepared.encoded["train"], validation, resume=state, best_weights=best, **shared
    )
    if config.average_best < 2 or not teacher.by_epochs or distributed.rank() > 0:
        return events
    kept = checkpoints.CandidateFolder(run.best)
    if not state:
        kept.clear()
    return averaged(events, config, model, validation, kept, device=shared["device"], bf16=shared["bf16"])
