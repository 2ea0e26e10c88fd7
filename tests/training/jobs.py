"""A training job for tests: on the CPU, in float32, judged as the worker judges."""

from functools import partial

from core.evaluation.scores import validate
from core.training.job import TrainingJob


def job_of(config, model, training, validation, **settings) -> TrainingJob:
    settings = {
        "device": "cpu",
        "bf16": False,
        "validate": partial(validate, model.config, best_by=config.best_by),
    } | settings
    return TrainingJob(config, model, training, validation, **settings)
