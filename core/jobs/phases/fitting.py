"""The third phase of a run: the training, from its start or from its last checkpoint."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from core.array_cache import ArrayCache
from core.evaluation.scores import validate
from core.jobs.compute import Compute
from core.jobs.phases.adapting import Head
from core.jobs.phases.along import reading_along
from core.jobs.phases.beside import joint_for
from core.jobs.phases.choosing import Chosen
from core.jobs.phases.keeping import keeping_for
from core.jobs.phases.preparing import Prepared
from core.jobs.recorder import RunRecorder
from core.models.adapters import attach, detach
from core.models.memory import recompute_layers
from core.strategies.registry import STRATEGIES
from core.training import checkpoints, distributed
from core.training.averaging import averaged
from core.training.events import Event, TrainingDone
from core.training.job import TrainingJob
from core.training.teachers import TEACHERS

log = logging.getLogger("graft.worker")


def fit(
    chosen: Chosen, prepared: Prepared, compute: Compute, recorder: RunRecorder, should_stop: Callable[[], bool],
    head: Head | None = None,
) -> TrainingDone:  # fmt: skip
    """Train the classifier in place; everything that happens is recorded and saved.

    Args:
        head: that learnt to guess hidden words when texts were read before; it goes on where texts are read along.

    Raises:
        Interrupted: when a stop was asked for before the first step or after the last.
    """
    config, model = chosen.config, prepared.classifier.model
    strategy = STRATEGIES[config.strategy]
    job = replace(
        job_of(chosen, prepared, compute, should_stop), keeping=keeping_for(config, prepared, compute, recorder)
    )
    reading = reading_along(config, prepared, head, compute, should_stop)
    if reading is not None:
        job = replace(job, along=reading.along)
    joint = joint_for(recorder.run.config, chosen, prepared, recorder)
    if joint is not None:
        if (taken := joint.taken(recorder, compute.device.name)) is not None:
            return _recorded(taken, recorder)
        job = joint.job(job, recorder)
        model = job.model
    recorder.phase("training" if strategy.teacher.steps else "encoding")
    events = _resumable(job, recorder) if strategy.teacher.steps else TEACHERS[strategy.teacher.name](job)
    attach(model, config)
    if config.recompute:
        recompute_layers(model)
    done = _recorded(events, recorder)
    if strategy.adapter:
        detach(model)
    if reading is not None:
        reading.finish(done, recorder)
    if joint is not None:
        joint.keep(done, job, recorder)
    return done


def job_of(chosen: Chosen, prepared: Prepared, compute: Compute, should_stop: Callable[[], bool]) -> TrainingJob:
    """The training of the prepared classifier on the prepared rows, with nothing beside."""
    config, model = chosen.config, prepared.classifier.model
    reads_features = STRATEGIES[config.strategy].teacher.reads_features
    return TrainingJob(
        config, model, prepared.encoded["train"], prepared.encoded["validation"],
        validate=partial(validate, model.config, best_by=config.best_by),
        device=compute.device.name, bf16=compute.bf16, fp16=compute.fp16, should_stop=should_stop,
        cache=ArrayCache("features" if reads_features else "trunks"),
    )  # fmt: skip


def _recorded(events: Iterator[Event], recorder: RunRecorder) -> TrainingDone:
    """Let a training go to its end, and write down what it tells."""
    done = None
    with recorder.aside:
        for event in events:
            recorder.record(event)
            done = event
    if not isinstance(done, TrainingDone):
        raise AssertionError("a training ends with TrainingDone")
    return done


def _resumable(job: TrainingJob, recorder: RunRecorder) -> Iterator[Event]:
    """The events of a training by steps, which goes on from the run's checkpoint where there is one."""
    run, config = recorder.run, job.config
    state, best = checkpoints.load_training(run.checkpoint, run.best, recorder.warn)
    if state:
        resumed = state["numbers"]["step"]
        recorder.reporter.event({"event": "resumed", "step": resumed})
        log.info("going on from step %d", resumed)
    distributed.barrier()  # until every process has read what the first one is going to replace
    job = replace(job, resume=state, best_weights=best)
    teacher = STRATEGIES[config.strategy].teacher
    events = TEACHERS[teacher.name](job)
    if config.average_best < 2 or not teacher.by_epochs or distributed.rank() > 0:
        return events
    candidates = checkpoints.CandidateFolder(run.best)
    if not state:
        candidates.clear()
    return averaged(events, job, candidates)
