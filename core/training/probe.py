"""The linear probe: encode every text once with the frozen encoder, then fit only the last layer."""

import hashlib
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from core.models.fingerprint import architecture_fingerprint, weights_fingerprint
from core.models.head import last_layer
from core.models.trained import size
from core.tasks import scale_of
from core.threads import one_thread
from core.training.batches import scoring_order
from core.training.encoding import Encoded
from core.training.events import Evaluated, Event, Progress, Started, StepLogged, TrainingDone
from core.training.fetching import Fetched
from core.training.forward import logits_of
from core.training.job import TrainingJob
from core.training.loop import train
from core.training.scoring import Interrupted, autocast, not_finite, token_budget
from core.training.truncation import mean_by_owner

if TYPE_CHECKING:
    import torch

# C of the regression, larger trusts the training rows more; in the order of trust without evidence: of values that do
# equally well on validation the first stays, and it is the only one that counts where there are no validation rows
STRENGTHS = (1.0, 10.0, 0.1, 100.0, 0.01)


def probe(job: TrainingJob) -> Iterator[Event]:
    """Fit the last layer of ``job.model`` in place by logistic regression (ridge for scores); its C is the best on validation.

    The events are those of ``train``; a step is one value of C. With ``job.cache`` the features of equal texts by an
    equal encoder are computed once for all runs.
    """
    job.model.to(job.device)  # type: ignore[arg-type]
    last, tokens = last_layer(job.model), job.training.encoded.tokens
    yield _started(job, last)
    began = time.perf_counter()
    try:
        features = yield from _cached_features(job, last, job.training.encoded)
        seconds = time.perf_counter() - began
        held_out = yield from _cached_features(job, last, job.validation.encoded)
    except Interrupted:
        yield TrainingDone(0, 0, time.perf_counter() - began, 0, False, stopped=True)
        return
    best_score, best_step, best = float("-inf"), 0, None
    for step, strength in enumerate(STRENGTHS, 1):
        began = time.perf_counter()
        weight, bias = _fit(features, job.training.labels, job.outputs, strength, job.config.seed)
        seconds += time.perf_counter() - began
        _, fit = job.validate(features @ weight.T + bias, job.training.labels)
        yield StepLogged(step, 1.0, fit["loss"], 0.0, tokens / seconds, 0.0)
        reached, scores = 0.0, {"loss": 0.0}
        if len(job.validation.labels):
            reached, scores = job.validate(held_out @ weight.T + bias, job.validation.labels)
        improved = best is None or reached > best_score
        if improved:
            best_score, best_step, best = reached, step, (weight, bias)
        yield Evaluated(step, 1.0, scores, improved)
    _write(last, *best)  # type: ignore[misc]
    yield TrainingDone(len(STRENGTHS), best_step, seconds, tokens, False, stopped=False)


def probe_then_tune(job: TrainingJob) -> Iterator[Event]:
    """LP-FT (Kumar et al., 2022): fit the last layer first, so that the encoder is not bent to a random one; then train.

    The events are those of ``train``, with ``Progress`` before them while the texts are encoded.
    """
    seconds = 0.0
    if job.resume is None:
        for event in probe(job):
            if isinstance(event, TrainingDone):
                seconds = event.seconds
                if event.stopped:
                    yield event
                    return
            elif isinstance(event, Progress):
                yield event
    for event in train(job):
        yield replace(event, seconds=event.seconds + seconds) if isinstance(event, TrainingDone) else event


def _started(job: TrainingJob, last: "torch.nn.Linear") -> Started:
    return Started(
        0, len(STRENGTHS), job.training.encoded.rows, job.validation.encoded.rows,
        size(job.model, job.config), sum(weight.numel() for weight in last.parameters()),
        job.device, job.precision,
    )  # fmt: skip


@contextmanager
def inputs_of(last: "torch.nn.Module", inputs: list[Any]) -> Iterator[None]:
    """Inside, what enters the layer ``last`` in each forward pass is appended to ``inputs``."""
    hook = last.register_forward_pre_hook(lambda module, arguments: inputs.append(arguments[0]))
    try:
        yield
    finally:
        hook.remove()


def _cached_features(job: TrainingJob, last: "torch.nn.Linear", encoded: Encoded) -> Generator[Event, None, np.ndarray]:
    """The features, from an earlier run where texts and encoder were the same."""
    if job.cache is None:
        return (yield from _features(job, last, encoded))
    own = {id(weight) for weight in last.parameters()}
    below = weights_fingerprint((name, value) for name, value in job.model.named_parameters() if id(value) not in own)
    shape = architecture_fingerprint(job.model.config)
    key = hashlib.blake2b(
        f"{below}|{shape}|{encoded.digest}|{'fp16' if job.fp16 else job.bf16}".encode(), digest_size=16
    ).hexdigest()
    cached = job.cache.get(key)
    if cached is not None and np.isfinite(cached["features"]).all():
        return np.array(cached["features"])
    features = yield from _features(job, last, encoded)
    job.cache.drop(key)
    job.cache.put(key, {"features": features})
    return features


def _features(job: TrainingJob, last: "torch.nn.Linear", encoded: Encoded) -> Generator[Event, None, np.ndarray]:
    """What the last layer sees of each text, (texts, width) float32; dropout is off."""
    import torch

    features = np.zeros((encoded.rows, last.in_features), dtype=np.float32)
    fetched = Fetched(features, job.device)
    job.model.eval()
    done = 0
    for rows in scoring_order(encoded.lengths, *token_budget(job.device)):
        inputs: list[Any] = []
        with torch.inference_mode(), autocast(job.device, job.bf16, job.fp16), inputs_of(last, inputs):
            logits_of(job.model, encoded, rows, job.device)
        fetched.put(rows, inputs[0])
        done += len(rows)
        yield Progress("encoding", done, encoded.rows)
        if job.should_stop():
            raise Interrupted
    fetched.fetch()
    if not np.isfinite(features).all():
        raise not_finite("The source's vectors of some texts are")
    return mean_by_owner(features, encoded.owners)  # the head is linear: the mean of scores is the score of the mean


def _fit(features: np.ndarray, targets: np.ndarray, outputs: int, strength: float, seed: int) -> tuple[Any, Any]:
    """Weights (outputs, width) and bias (outputs,): softmax regression, one logistic regression a label, or ridge."""
    # features are scaled for the fit and the scale is folded back into the weights
    centre, scale = features.mean(axis=0), features.std() + 1e-6
    if targets.ndim == 2:
        weight, bias = _fit_labels((features - centre) / scale, targets, strength)
        return weight / scale, bias - weight / scale @ centre
    if targets.dtype.kind == "f":
        mean, spread = scale_of(targets)
        with one_thread():
            model = Ridge(alpha=1 / strength).fit((features - centre) / scale, (targets - mean) / spread)
        weight = model.coef_.reshape(1, -1) / scale
        return weight, np.array([float(model.intercept_)]) - weight @ centre
    return _fit_classes(features, targets, outputs, strength, seed)


def _fit_labels(features: np.ndarray, targets: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """One logistic regression a label, all at once: weights (labels, width) and bias (labels,).

    The sum over labels of scikit-learn's objective, ``w² / 2 + C * loss``, whose minima do not depend on each other; one
    product with the features serves every label.
    """
    from scipy.optimize import minimize

    shape = (targets.shape[1], features.shape[1] + 1)
    known = np.concatenate([features, np.ones((len(features), 1))], axis=1).astype(np.float32)
    signs = (2 * targets - 1).astype(np.float32)  # (rows, labels) -1 and 1

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        margins = signs * (known @ weights.T.astype(np.float32))
        loss = float(np.logaddexp(0, -margins).sum(dtype=np.float64))
        slope = -signs / (1 + np.exp(np.minimum(margins, 80)))  # (rows, labels)
        gradient = (slope.T @ known).astype(np.float64)
        penalised = np.array(weights)
        penalised[:, -1] = 0.0  # the bias is free
        return 0.5 * float((penalised**2).sum()) + strength * loss, (penalised + strength * gradient).ravel()

    share = np.clip(targets.mean(axis=0), 1e-6, 1 - 1e-6)
    start = np.zeros(shape)
    start[:, -1] = np.log(share / (1 - share))
    with one_thread():
        solution = minimize(objective, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    weights = solution.x.reshape(shape)
    return weights[:, :-1], weights[:, -1]


def _fit_classes(features: np.ndarray, labels: np.ndarray, classes: int, strength: float, seed: int) -> tuple[Any, Any]:
    """Weights (classes, width) and bias (classes,) of a softmax classifier."""
    weight = np.zeros((classes, features.shape[1]))
    bias = np.full(classes, -30.0)  # a class without training rows is never predicted
    seen = np.unique(labels)
    if len(seen) == 1:
        bias[seen[0]] = 0.0
        return weight, bias
    centre, scale = features.mean(axis=0), features.std() + 1e-6
    model = LogisticRegression(C=strength, max_iter=1000, random_state=seed)
    with one_thread():
        model.fit((features - centre) / scale, labels)
    coefficients, intercepts = model.coef_ / scale, model.intercept_
    if len(seen) == 2:  # scikit-learn gives one row for two classes
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    weight[seen] = coefficients
    bias[seen] = intercepts - coefficients @ centre
    return weight, bias


def _write(last: "torch.nn.Linear", weight: np.ndarray, bias: np.ndarray) -> None:
    import torch

    with torch.no_grad():
        last.weight.copy_(torch.from_numpy(weight))
        if last.bias is not None:
            last.bias.copy_(torch.from_numpy(bias))
