"""The card's own tests, run on the card by `benchmarks.gpu`: each says in one line what it saw, and whether that is right."""

import argparse
import time
import traceback
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.gpu import FAILED, LABELS, reviews
from core.config import RunConfig
from core.evaluation.scores import validate
from core.models.adapters import attach, detach
from core.models.classifier import Classifier, load_classifier
from core.strategies.registry import STRATEGIES
from core.training import card, loop
from core.training.card import CardGradients, gradients_for
from core.training.devices import default_device
from core.training.encoding import Encoded, encode
from core.training.events import CheckpointDue, StepLogged, TrainingDone, Warned
from core.training.gradients import BatchGradients
from core.training.job import LabelledRows, TrainingJob
from core.training.kernels import use_fast_kernels
from core.training.loop import train
from core.training.recorded import Recorder
from core.training.scoring import score
from core.training.teachers import TEACHERS


def checks(asked: argparse.Namespace) -> list[str]:
    """One line a check."""
    lines = []
    for check in (
        gradients,
        recorded,
        whole_training,
        resumed,
        float16,
        out_of_memory,
        out_of_recordings,
        features,
        strategies,
    ):
        began = time.perf_counter()
        try:
            said = check(asked)
        except Exception:
            said = f"{FAILED} {traceback.format_exc()[-1200:]}"
        lines.append(f"- {check.__name__} ({time.perf_counter() - began:.1f} s): {said}")
    return lines


def gradients(asked: argparse.Namespace) -> str:
    """Flat in bf16 beside padded in fp32: the length of the difference beside that of the gradients."""
    job = _job(asked, 32, dropout="none")
    job.model.to(job.device)  # type: ignore[arg-type]
    use_fast_kernels(job.model, job.config, job.device)
    rows = np.arange(job.training.encoded.rows)
    expected = _gradients(job, BatchGradients(replace(job, bf16=False), None), rows)
    ways = {"padded, bf16 by autocast": BatchGradients, "the card's": lambda job, _: gradients_for(job, None)}
    off = {name: _difference(_gradients(job, way(job, None), rows), expected) for name, way in ways.items()}
    _judge(max(off.values()) < 0.05, str(off))
    return ", ".join(f"{name} {100 * value:.2f} %" for name, value in off.items()) + " off those in fp32"


def recorded(asked: argparse.Namespace) -> str:
    """A replayed step beside one that is started kernel by kernel: same gradients but for the order of sums."""
    job = _job(asked, 32, dropout="none")
    job.model.to(job.device)  # type: ignore[arg-type]
    use_fast_kernels(job.model, job.config, job.device)
    rows, way = np.arange(job.training.encoded.rows), CardGradients(job)
    first = _gradients(job, way, rows)
    later = [_gradients(job, way, rows) for _ in range(3)]
    off = max(_difference(each, first) for each in later)
    recordings = way._recorder.recordings
    _judge(off < 1e-2 and (recordings > 0 or job.device == "cpu"), f"{off} with {recordings} recordings")
    return f"{recordings} recording, {100 * off:.3f} % off"


def whole_training(asked: argparse.Namespace) -> str:
    """A training with replays beside one without: losses of all steps, dropout and all."""
    kept = card.Recorder.run
    losses = []
    try:
        for plain in (False, True):
            if plain:
                Recorder.run = lambda self, key, work: work()  # type: ignore[method-assign, assignment, misc]
            job = _job(asked, 320, epochs=1)
            losses.append([event.loss for event in train(job) if isinstance(event, StepLogged)])
    finally:
        Recorder.run = kept  # type: ignore[method-assign]
    off = float(np.abs(np.subtract(*losses)).max())
    _judge(off < 0.05, f"losses differ by {off}: {losses}")
    return f"losses of {len(losses[0])} steps differ by at most {off:.4f}"


def resumed(asked: argparse.Namespace) -> str:
    """A training that goes on from its middle beside an unbroken one."""
    whole = [event.loss for event in train(_job(asked, 320, epochs=1)) if isinstance(event, StepLogged)]
    steps: list[int] = []
    job = replace(_job(asked, 320, epochs=1), should_stop=lambda: len(steps) >= len(whole) // 2)
    state, losses = None, []
    for event in train(job):
        if isinstance(event, StepLogged):
            steps.append(event.step)
            losses.append(event.loss)
        if isinstance(event, CheckpointDue):
            state = torch.utils._pytree.tree_map(
                lambda value: value.clone() if torch.is_tensor(value) else value, event.state()
            )
    losses += [
        event.loss
        for event in train(replace(_job(asked, 320, epochs=1), resume=state))
        if isinstance(event, StepLogged)
    ]
    off = float(np.abs(np.subtract(whole, losses)).max())
    _judge(off < 0.05, f"losses differ by {off}: {whole} {losses}")
    return f"stopped after step {steps[-1]}; losses differ by at most {off:.4f}"


def float16(asked: argparse.Namespace) -> str:
    """A training in fp16 with a scaled loss, as on cards without bf16, beside one in fp32: losses of all steps."""
    losses = []
    for half in (False, True):
        job = replace(_job(asked, 320, epochs=1, dropout="none"), bf16=False, fp16=half)
        losses.append([event.loss for event in train(job) if isinstance(event, StepLogged)])
    off = float(np.abs(np.subtract(*losses)).max())
    _judge(off < 0.05, f"losses differ by {off}: {losses}")
    return f"losses of {len(losses[0])} steps differ by at most {off:.4f} from those in fp32"


def out_of_memory(asked: argparse.Namespace) -> str:
    """A batch that does not fit is computed in pieces, and the training ends."""
    if not torch.cuda.is_available():
        return "not tried without a card"
    job = _job(asked, 1024, epochs=1, batch_size=512)
    total = torch.cuda.get_device_properties(0).total_memory
    weights = sum(weight.numel() for weight in job.model.parameters())
    torch.cuda.set_per_process_memory_fraction(min(1.0, (24 * weights + 3 * 2**30) / total))
    try:
        events = list(train(job))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    warned = [event.message for event in events if isinstance(event, Warned)]
    _judge(bool(warned) and isinstance(events[-1], TrainingDone), f"{warned} {events[-1]}")
    return warned[-1]


def out_of_recordings(asked: argparse.Namespace) -> str:
    """Memory that runs out in the midst of a recording: what was recorded stays, and random numbers go on."""
    if not torch.cuda.is_available():
        return "not tried without a card"
    recorder, numbers = Recorder("cuda:0"), torch.zeros(2**20, device="cuda:0")

    def small() -> torch.Tensor:
        return torch.nn.functional.dropout(numbers + 1).sum()

    def large() -> torch.Tensor:
        return torch.rand(2**28, device="cuda:0").sum()

    for key, work in (("small", small), ("large", large), ("small", small)):  # the third time is recorded
        recorder.run(key, work)
    torch.cuda.empty_cache()
    room = torch.cuda.memory_reserved() + 2**28  # a quarter of what the large one asks for
    torch.cuda.set_per_process_memory_fraction(room / torch.cuda.get_device_properties(0).total_memory)
    lacked = False
    try:
        recorder.run("large", large)
    except torch.OutOfMemoryError:  # there is no room without a recording either
        lacked = True
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    values = [float(recorder.run(key, work)) for key, work in (("small", small), ("large", large), ("small", small))]
    kept = recorder.recordings
    _judge(lacked and kept == 1 and values[0] != values[2] and np.isfinite(values).all(), f"{lacked} {kept} {values}")
    return "its recording is given up, the other stays, and random numbers go on"


def features(asked: argparse.Namespace) -> str:
    """Scores on the card beside those in fp32."""
    job = _job(asked, 256)
    job.model.to(job.device)  # type: ignore[arg-type]
    exact = score(job.model, job.training.encoded, job.device, False)
    off = float(
        np.linalg.norm(score(job.model, job.training.encoded, job.device, job.bf16) - exact) / np.linalg.norm(exact)
    )
    _judge(off < 0.05, f"{off}")
    return f"scores {100 * off:.2f} % off those in fp32"


def strategies(asked: argparse.Namespace) -> str:
    """Every way to train, for an epoch of a few hundred rows."""
    said = []
    for name, strategy in STRATEGIES.items():
        if not strategy.teacher.encodes:
            continue
        job = _job(
            asked, 48 if strategy.teacher.steps and not strategy.teacher.by_epochs else 320, strategy=name, epochs=None
        )
        job = replace(job, config=replace(job.config, epochs=1 if strategy.teacher.by_epochs else None))
        began = time.perf_counter()
        events = TEACHERS[strategy.teacher.name](job)
        attach(job.model, job.config)
        last = list(events)[-1]
        if strategy.adapter:
            detach(job.model)
        _judge(isinstance(last, TrainingDone), f"{name}: {last}")
        said.append(f"{name} {time.perf_counter() - began:.1f} s")
    return ", ".join(said)


def profile(asked: argparse.Namespace) -> list[str]:
    """The kernels that take the most time in a few steps."""
    if not torch.cuda.is_available():
        return ["not tried without a card"]
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as profiler

    job = _job(asked, 4000, epochs=1, batch_size=32, max_length=512)
    loop.MOST_POINTS = 4  # a point waits for the card
    steps = 0
    events = train(job)
    watched = None
    for event in events:
        if isinstance(event, StepLogged):
            steps = event.step
            if steps == 62:
                watched = profiler(activities=[ProfilerActivity.CUDA])
                watched.__enter__()
                began = time.perf_counter()
            if steps == 93 and watched is not None:
                torch.cuda.synchronize()
                seconds = time.perf_counter() - began
                watched.__exit__(None, None, None)
                break
    if watched is None:
        return ["too few steps to profile"]
    averages = sorted(watched.key_averages(), key=lambda each: -each.self_device_time_total)
    busy = sum(each.self_device_time_total for each in averages)
    lines = [f"31 steps: {1000 * seconds / 31:.2f} ms a step, of which kernels {busy / 31_000:.2f} ms", ""]
    lines += ["| kernel | share | ms a step | times a step |", "|---|---|---|---|"]
    for each in averages[:25]:
        lines.append(
            f"| {each.key[:110]} | {100 * each.self_device_time_total / busy:.1f} % | "
            f"{each.self_device_time_total / 31_000:.3f} | {each.count / 31:.0f} |"
        )
    return lines


def _job(asked: argparse.Namespace, rows: int, **settings: Any) -> TrainingJob:
    if asked.tiny:
        rows, settings = min(rows, 48), settings | {"batch_size": 8, "top_layers": 1}
    classifier: Classifier = load_classifier(asked.folder, LABELS, seed=42)
    place = default_device()
    config = RunConfig(**({"dataset": "imdb", "max_length": min(asked.max_length, 256), "batch_size": 16} | settings))
    texts, labels = reviews("train", rows)
    encoded: Encoded = encode(texts, classifier.tokenizer, config.max_length)
    known = LabelledRows(encoded, labels)
    none = LabelledRows(encode([], classifier.tokenizer, config.max_length), np.zeros(0, dtype=np.int64))
    return TrainingJob(
        config, classifier.model, known, none, partial(validate, classifier.model.config, best_by=config.best_by),
        place.name, place.bf16,
    )  # fmt: skip


def _gradients(job: TrainingJob, way: Any, rows: np.ndarray) -> dict[str, torch.Tensor]:
    job.model.to(job.device).train()  # type: ignore[arg-type]
    job.model.zero_grad()
    way.compute(rows, rows)
    return {name: weight.grad.clone() for name, weight in job.model.named_parameters() if weight.grad is not None}


def _difference(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> float:
    off = sum(float((found[name] - value).double().square().sum()) for name, value in expected.items())
    return (off / sum(float(value.double().square().sum()) for value in expected.values())) ** 0.5


def _judge(right: bool, seen: str) -> None:
    if not right:
        raise AssertionError(seen)
