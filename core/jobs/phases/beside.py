"""Several sets that are learnt at once: what a run needs of the others, and the one training that all their runs share."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.array_cache import ArrayCache, facts_in, with_facts
from core.config import NO_EFFECT, RunConfig
from core.data.sets.store import get_dataset
from core.evaluation.scores import validate
from core.jobs.phases.choosing import Chosen, choose_rows
from core.jobs.phases.preparing import Prepared, encode_rows, load_source
from core.jobs.recorder import RunRecorder
from core.models.beside import give_up_heads
from core.models.fingerprint import weights_fingerprint
from core.training.events import Evaluated, Event, Started, TrainingDone
from core.training.job import JointTask, LabelledRows, TrainingJob
from core.training.joint import name_in_first, share_encoder
from core.training.recipe import epochs_for

if TYPE_CHECKING:
    from transformers import PreTrainedModel

KIND = "joint"  # of arrays in the cache
FORM = 2  # of what is kept; another one is another key
NOT_SHARED = ("dataset", "beside", "test_size", *NO_EFFECT)  # settings that do not decide what is learnt together


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint training as one of its runs sees it; the same training whatever set the run is about.

    Attributes:
        config: that all these runs share, about the first set; epochs that were left open still open.
        own: place of the run's own set among all.
        prepared: what the run has of its own set.
        others: the chosen rows of each other set, by its id.
        left_out: rows of each set that are not learnt from, since they measure another; by part.
        key: names the training in the cache.
    """

    config: RunConfig
    own: int
    prepared: Prepared
    others: dict[str, Chosen]
    left_out: dict[str, dict[str, int]]
    key: str

    def taken(self, recorder: RunRecorder, device: str) -> Iterator[Event] | None:
        """The events of the training as another run had it, whose weights are then in the run's own model, on the device; None where
        there is none."""
        cache = ArrayCache(KIND)
        kept = cache.get(self.key)
        model = self.prepared.classifier.model
        if kept is None:
            return None
        names = {name: name_in_first(name, model, self.own) for name in model.state_dict()}
        told = facts_in(kept)
        if told is None or not set(names.values()) <= kept.keys() or not self._knows_all(told):
            cache.drop(self.key)
            return None
        import torch

        model.load_state_dict({name: torch.from_numpy(np.array(kept[there])) for name, there in names.items()})
        model.to(device)  # type: ignore[arg-type]
        recorder.warn(f"Learnt together with the other sets in run {told['run']}: the training is taken from there.")
        return self._again(told, recorder)

    def _knows_all(self, told: dict[str, Any]) -> bool:
        """Whether each validation has the scores of every task."""
        return all(len(each["tasks"]) == len(self.config.tasks) for each in told["evaluated"])

    def _again(self, told: dict[str, Any], recorder: RunRecorder) -> Iterator[Event]:
        encoded = self.prepared.encoded
        recorder.joint = self._facts(told["run"])
        yield Started(
            0, told["total_steps"], encoded["train"].encoded.rows, encoded["validation"].encoded.rows, told["parameters"]["total"],
            told["parameters"]["trained"], told["device"], told["precision"],
        )  # fmt: skip
        for each in told["evaluated"]:
            tasks = dict(zip(self.config.tasks, each["tasks"], strict=True))
            yield Evaluated(each["step"], each["epoch"], each["tasks"][self.own], each["best"], tasks)
        yield TrainingDone(**told["done"])

    def job(self, job: TrainingJob, recorder: RunRecorder) -> TrainingJob:
        """The training of all tasks: the other sets are encoded, and their heads loaded, where it is really carried out.

        Raises:
            GraftError: when the source is gone.
        """
        tasks = tuple(self._task(name, recorder) for name in self.config.tasks)
        share_encoder([task.model for task in tasks])
        first, rows = tasks[0], sum(task.training.encoded.rows for task in tasks) // len(tasks)
        return replace(
            job, config=self.config.changed(epochs=epochs_for(self.config, rows)), model=first.model, training=first.training,
            validation=first.validation, validate=first.validate, tasks=tasks, own=self.own,
        )  # fmt: skip

    def _task(self, name: str, recorder: RunRecorder) -> JointTask:
        if name not in self.others:
            return self._judged(name, self.prepared.classifier.model, self.prepared.encoded)
        chosen = self.others[name]
        classifier = load_source(chosen.config, chosen.dataset, chosen.task)
        learnt = replace(chosen, parts={part: chosen.parts[part] for part in ("train", "validation")})
        encoded = encode_rows(learnt, classifier, self.prepared.max_length, recorder)
        return self._judged(name, classifier.model, encoded)

    def _judged(self, name: str, model: "PreTrainedModel", encoded: dict[str, LabelledRows]) -> JointTask:
        judge = partial(validate, model.config, best_by=self.config.best_by)
        return JointTask(name, model, encoded["train"], encoded["validation"], judge)

    def keep(self, done: TrainingDone, job: TrainingJob, recorder: RunRecorder) -> None:
        """Let the other runs of these sets take what was learnt, and give the run its own model back. Scores are kept in the order of the
        tasks, since sets of equal contents share a training whatever they are called."""
        recorder.joint = self._facts(recorder.run.id)
        if done.stopped:
            return
        evaluated = {event["step"]: event for event in recorder.run.events("evaluated")}
        steps = recorder.reporter.status.get("total_steps") or done.step
        told = {
            "run": recorder.run.id, "total_steps": steps, "parameters": recorder.parameters,
            "device": job.device, "precision": job.precision,
            "evaluated": [
                {name: event[name] for name in ("step", "epoch", "best")} | {"tasks": [event["tasks"][name] for name in self.config.tasks]}
                for _, event in sorted(evaluated.items())
            ],
            "done": {name: getattr(done, name) for name in TrainingDone.__dataclass_fields__},
        }  # fmt: skip
        weights = {name: value.detach().cpu().numpy() for name, value in job.model.state_dict().items()}
        ArrayCache(KIND).put(self.key, with_facts(weights, told))
        give_up_heads(job.model)

    def _facts(self, run: str) -> dict[str, Any]:
        return {"run": run, "sets": list(self.config.tasks), "left_out": self.left_out}


def joint_for(config: RunConfig, chosen: Chosen, prepared: Prepared, recorder: RunRecorder) -> Joint | None:
    """The tasks that are learnt at once; None where the run has one task.

    Args:
        config: as it was asked for, epochs that were left open still open.
        chosen: the rows of the run's own set.

    Raises:
        GraftError: when one of the sets is gone or cannot be learnt, or has no rows left that measure no other.
    """
    if not config.tasks:
        return None
    others = {}
    for name in config.tasks:
        if name == config.dataset:
            continue
        others[name] = choose_rows(config.about(name), recorder.warn)
    first, of_all = config.tasks[0], [others.get(name, chosen) for name in config.tasks]
    recorder.left_out = [sentence for one in of_all for sentence in one.told_left_out]
    left_out = {one.dataset.id: one.left_out for one in of_all}
    shared = config.about(first)
    key = _key(shared, prepared.classifier.model)
    return Joint(shared, config.tasks.index(config.dataset), prepared, others, left_out, key)


def _key(config: RunConfig, model: "PreTrainedModel") -> str:
    """Names what is learnt: settings, the sets' contents, and the encoder that the training starts from; the heads follow from these."""
    settings = {name: value for name, value in config.to_json().items() if name not in NOT_SHARED}
    sets = [(one.fingerprint, one.labels, one.domain, one.language) for one in map(get_dataset, config.tasks)]
    source = weights_fingerprint(model.base_model.state_dict().items())
    return hashlib.blake2b(
        json.dumps([FORM, settings, sets, source], sort_keys=True).encode(), digest_size=16
    ).hexdigest()
