"""Several sets that are learnt at once: what a run needs of the others, and the one training that all their runs share."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.data.sets.store import get_dataset
from core.evaluation.scores import validate
from core.jobs.phases.choosing import choose_rows
from core.jobs.phases.preparing import Prepared, encode_rows, load_source
from core.jobs.recorder import RunRecorder
from core.models.fingerprint import weights_fingerprint
from core.tasks import SCALE, scale_of
from core.training.events import Evaluated, Event, Started, TrainingDone
from core.training.job import JointTask, TrainingJob
from core.training.joint import give_up_heads, name_in_first, share_encoder
from core.training.recipe import epochs_for

KIND = "joint"  # of arrays in the cache
NOT_SHARED = (
    "dataset",
    "beside",
    "device",
    "checkpoint_seconds",
)  # settings that do not decide what is learnt together


@dataclass(slots=True)
class Joint:
    """The tasks of a joint training, in the order that it has whatever set a run is about.

    Attributes:
        config: that all these runs share, about the first set.
        own: place of the run's own set.
        key: names the training in the cache.
    """

    config: RunConfig
    tasks: tuple[JointTask, ...]
    own: int
    key: str

    def taken(self, recorder: RunRecorder, device: str) -> Iterator[Event] | None:
        """The events of the training as another run had it, whose weights are then in the run's own model, on the device; None where
        there is none."""
        cache = ArrayCache(KIND)
        kept = cache.get(self.key)
        model = self.tasks[self.own].model
        if kept is None:
            return None
        names = {name: name_in_first(name, model, self.own) for name in model.state_dict()}
        if "told" not in kept or not set(names.values()) <= kept.keys():
            cache.drop(self.key)
            return None
        import torch

        model.load_state_dict({name: torch.from_numpy(np.array(kept[there])) for name, there in names.items()})
        model.to(device)  # type: ignore[arg-type]
        told = json.loads(bytes(kept["told"]))
        recorder.warn(f"Learnt together with the other sets in run {told['run']}: the training is taken from there.")
        return self._again(told, recorder)

    def _again(self, told: dict[str, Any], recorder: RunRecorder) -> Iterator[Event]:
        own = self.tasks[self.own]
        recorder.joint = self._facts(told["run"])
        yield Started(
            0, told["total_steps"], own.training.encoded.rows, own.validation.encoded.rows, told["parameters"]["total"],
            told["parameters"]["trained"], told["device"], told["precision"],
        )  # fmt: skip
        for each in told["evaluated"]:
            yield Evaluated(each["step"], each["epoch"], each["tasks"][own.name], each["best"], each["tasks"])
        yield TrainingDone(**told["done"])

    def job(self, job: TrainingJob) -> TrainingJob:
        """The training of all tasks."""
        share_encoder([task.model for task in self.tasks])
        first = self.tasks[0]
        return replace(
            job, config=self.config, model=first.model, training=first.training, validation=first.validation,
            validate=first.validate, tasks=self.tasks, own=self.own,
        )  # fmt: skip

    def keep(self, done: TrainingDone, job: TrainingJob, recorder: RunRecorder) -> None:
        """Let the other runs of these sets take what was learnt, and give the run its own model back."""
        first = self.tasks[0].model
        recorder.joint = self._facts(recorder.run.id)
        if done.stopped:
            return
        evaluated = {event["step"]: event for event in recorder.run.events("evaluated")}
        steps = recorder.reporter.status.get("total_steps") or done.step
        told = {
            "run": recorder.run.id, "total_steps": steps, "parameters": recorder.parameters,
            "device": job.device, "precision": job.precision,
            "evaluated": [
                {name: event[name] for name in ("step", "epoch", "best", "tasks")} for _, event in sorted(evaluated.items())
            ],
            "done": {name: getattr(done, name) for name in TrainingDone.__dataclass_fields__},
        }  # fmt: skip
        weights = {name: value.detach().cpu().numpy() for name, value in first.state_dict().items()}
        ArrayCache(KIND).put(self.key, weights | {"told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)})
        give_up_heads(first)

    def _facts(self, run: str) -> dict[str, Any]:
        return {"run": run, "sets": [task.name for task in self.tasks]}


def joint_for(config: RunConfig, prepared: Prepared, recorder: RunRecorder) -> Joint | None:
    """The tasks that are learnt at once; None where the run has one task.

    Args:
        config: as it was asked for, epochs that were left open still open.

    Raises:
        GraftError: when one of the sets is gone or cannot be learnt.
    """
    if not config.tasks:
        return None
    tasks = []
    judged = set(choose_rows(config, lambda said: None).parts["test"]["text"])
    for name in config.tasks:
        if name == config.dataset:
            classifier, encoded = prepared.classifier, prepared.encoded
        else:
            chosen = choose_rows(config.changed(dataset=name, beside=_others(config, name)), recorder.warn)
            classifier = load_source(chosen.config, chosen.dataset, chosen.task)
            if known := judged & set(chosen.parts["train"]["text"]):
                recorder.warn(
                    f"{len(known):,} of the texts that judge this run are among the training texts of {chosen.dataset.name!r}, which is "
                    "learnt at once with it: the score may be kinder than new texts would be."
                )
            chosen = replace(chosen, parts={part: chosen.parts[part] for part in ("train", "validation")})
            encoded = encode_rows(chosen, classifier, prepared.max_length, recorder)
            if chosen.task.kind == "regression":
                setattr(classifier.model.config, SCALE, scale_of(encoded["train"].labels))
        judge: Callable[..., tuple[float, dict[str, float]]] = partial(
            validate, classifier.model.config, best_by=config.best_by
        )
        tasks.append(JointTask(name, classifier.model, encoded["train"], encoded["validation"], judge))
    first = config.tasks[0]
    rows = sum(task.training.encoded.rows for task in tasks) // len(tasks)
    shared = config.changed(dataset=first, beside=_others(config, first))
    shared = shared.changed(epochs=epochs_for(shared, rows))
    return Joint(shared, tuple(tasks), config.tasks.index(config.dataset), _key(shared, tasks))


def _others(config: RunConfig, name: str) -> str:
    return "|".join(other for other in config.tasks if other != name)


def _key(config: RunConfig, tasks: list[JointTask]) -> str:
    """Names what is learnt: settings, the sets' contents, and the weights that the training starts from."""
    settings = {name: value for name, value in config.to_json().items() if name not in NOT_SHARED}
    sets = [get_dataset(name).fingerprint for name in config.tasks]
    source = weights_fingerprint(pair for task in tasks for pair in task.model.state_dict().items())
    return hashlib.blake2b(json.dumps([settings, sets, source], sort_keys=True).encode(), digest_size=16).hexdigest()
