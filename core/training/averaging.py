"""Averaging of the best checkpoints: the mean of the weights at the k best validations (Izmailov et al., 2018).

Weights along one training lie in one valley, and their mean often generalises a little better than the best of them
(Wortsman et al., 2022). Whether it does here is validated; otherwise the best checkpoint stays.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from core.models.mixing import mean_weights
from core.tasks import METRICS, best_by, task_of
from core.training.events import Averaged, Evaluated, Event, TrainingDone, Warned
from core.training.job import TrainingJob
from core.training.scoring import score


class Candidates(Protocol):
    """The weights that may enter the mean, kept where a resumed run finds them again."""

    def scores(self) -> dict[int, float]:
        """Score of each kept validation, by its step."""

    def put(self, step: int, score: float, weights: dict[str, Any]) -> None: ...

    def drop(self, step: int) -> None: ...

    def get(self, step: int) -> dict[str, Any] | None:
        """None where they can no longer be read."""


def averaged(events: Iterator[Event], job: TrainingJob, candidates: Candidates) -> Iterator[Event]:
    """The events of a training, after whose end ``job.model`` holds the mean of its best checkpoints where that is not worse.

    When the loop tells of a validation, the model still holds the weights that were validated.
    """
    for event in events:
        if isinstance(event, Evaluated):
            _consider(event, job, candidates)
        elif isinstance(event, TrainingDone) and not event.stopped:
            yield from _choose(job, candidates)
        yield event


def _consider(event: Evaluated, job: TrainingJob, candidates: Candidates) -> None:
    """Keep the weights of this validation if it is among the best; the earlier of two equal ones stays."""
    name = _decisive(job)
    reached = event.scores[name] if METRICS[name].higher else -event.scores[name]
    ranked = sorted({**candidates.scores(), event.step: reached}.items(), key=lambda item: (-item[1], item[0]))
    chosen = {step for step, _ in ranked[: job.config.average_best]}
    if event.step in chosen:
        weights = {name: value.detach().cpu() for name, value in job.model.state_dict().items()}
        candidates.put(event.step, reached, weights)
    for step in set(candidates.scores()) - chosen:
        candidates.drop(step)


def _choose(job: TrainingJob, candidates: Candidates) -> Iterator[Event]:
    """Load the mean, validate it, and go back to the best single checkpoint if that was better."""
    scores = candidates.scores()
    if len(scores) < 2 or not job.validation.encoded.rows:
        return
    best = {name: value.detach().cpu().clone() for name, value in job.model.state_dict().items()}
    weights = {step: kept for step in sorted(scores) if (kept := candidates.get(step)) is not None}
    if len(weights) < 2:
        yield Warned("Checkpoints to average are damaged: the best single one is kept.")
        return
    scores = {step: scores[step] for step in weights}
    job.model.load_state_dict(mean_weights(list(weights.values())))
    logits = score(job.model, job.validation.encoded, job.device, job.bf16, fp16=job.fp16)
    reached, _ = job.validate(logits, job.validation.labels)
    used = reached >= max(scores.values())
    if not used:
        job.model.load_state_dict(best)
    sentence = _sentence(_decisive(job), scores, reached, used)
    yield Averaged(tuple(sorted(scores)), max(scores.values()), reached, used, sentence)


def _decisive(job: TrainingJob) -> str:
    """Name of the validation score that decides."""
    return best_by(job.config, task_of(str(job.model.config.problem_type)))


def _sentence(name: str, scores: dict[int, float], reached: float, used: bool) -> str:
    steps, metric = ", ".join(str(step) for step in sorted(scores)), METRICS[name]
    after, before = (value if metric.higher else -value for value in (reached, max(scores.values())))
    scores_told = (
        f"{metric.spoken} {100 * after:.1f} % beside {100 * before:.1f} %"
        if metric.share
        else f"{metric.spoken} {after:.4f} beside {before:.4f}"
    )
    what = f"The mean of the {len(scores)} best checkpoints (steps {steps}) reached {scores_told} of the best one on validation"
    return f"{what}; the mean is kept." if used else f"{what}; the best one is kept."
