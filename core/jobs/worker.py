"""The worker: one process that carries one run from its config to its result."""

import logging
import os
import signal
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.data.labels import strata
from core.data.split import draw
from core.data.store import DataSet, get_dataset
from core.errors import DatasetError, GraftError
from core.evaluation.judge import SCALE, outputs_of
from core.evaluation.multilabel import choose_thresholds
from core.evaluation.result import build_result, prediction_table
from core.jobs.baselines import cached_baselines
from core.jobs.progress import Journey
from core.jobs.reporter import Reporter, Silent
from core.kept import Kept
from core.models.classifier import Classifier, load_classifier
from core.models.head import fold_scale
from core.models.memory import recompute_layers
from core.models.overlay import source_fit
from core.models.strategies import ADAPTERS, attach, depths, detach, layer_rates, movement, plan
from core.runs.folder import Run
from core.tasks import check_settings, encode_targets, scale_of, task_of
from core.training import checkpoints, devices, shares
from core.training.averaging import averaged
from core.training.batches import encode_once
from core.training.estimate import remember_speed
from core.training.events import (
    Averaged,
    CheckpointDue,
    Event,
    Improved,
    Progress,
    Started,
    StepLogged,
    TrainingDone,
    Warned,
)
from core.training.events import to_json as event_json
from core.training.few_shot import few_shot
from core.training.loop import Rows, train
from core.training.probe import probe, probe_then_tune
from core.training.recipe import epochs_for, work_of
from core.training.scoring import Interrupted, score

log = logging.getLogger("graft.worker")


def work(path: Path) -> int:
    """Carry out the run in the folder ``path``; the exit code is 0 when it finished or was stopped as asked."""
    run = Run(path.name, path)
    if shares.place() > 0:
        return _assist(run)
    with Reporter(run) as reporter:
        try:
            state = _Work(run, reporter).carry_out()
        except Exception as error:
            state = "failed"
            reporter.end(state, _explain(error))
        else:
            reporter.end(state)  # finished or stopped
    run.clear_stop()
    return 1 if state == "failed" else 0


def _assist(run: Run) -> int:
    """One of several processes that train together, but not the first: it computes its share and writes nothing."""
    _Work(run, Silent(run)).carry_out()
    return 0


def _explain(error: Exception) -> dict[str, str]:
    """What the user reads; the traceback goes to the log only, and only for errors that are not the user's."""
    known = error if isinstance(error, GraftError) else devices.out_of_memory(error)
    if known is not None:
        log.error("%s", known)
        return {"message": known.message, "hint": known.hint}
    traceback.print_exception(error)
    return {
        "message": f"Graft itself failed: {type(error).__name__}: {error}",
        "hint": "The log below holds the details; please report them.",
    }


class _Work:
    """One attempt at one run: each method is a phase."""

    def __init__(self, run: Run, reporter: Reporter | Silent):
        self.run, self.reporter = run, reporter
        self.config = run.config
        self.began = time.time()
        self.journey = Journey()
        self.kept = checkpoints.KeptWeights(run.best)
        self.averaging: dict[str, Any] | None = None
        self._stop = False
        self._looked = 0.0
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_stop", True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal that started us is not meant for us

    def carry_out(self) -> str:
        """The state in which the run ends: finished or stopped."""
        self._begin()
        dataset, parts = self._rows()
        classifier = self._classifier(dataset)
        encoded = self._encode(classifier, parts)
        try:
            with shares.together(self.device.name):
                done = self._train(classifier, encoded)
            if done.stopped:
                return "stopped"
            if shares.place() > 0:
                return "finished"
            truth, outputs = self._test(classifier, encoded)
            self._finish(dataset, parts, classifier, encoded, done, truth, outputs)
        except Interrupted:
            return "stopped"
        return "finished"

    # --- phases ---------------------------------------------------------------------------------------------------
    def _begin(self) -> None:
        import torch
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        asked = self.reporter.status.get("device") or "auto"
        self.device = devices.find_device(asked if asked != "auto" else self.config.device)
        self.device = replace(self.device, name=shares.device_of(self.device.name))
        self.bf16 = devices.use_bf16(self.device, self.config.precision)
        if self.device.name == "cpu":
            torch.set_num_threads(max(1, devices.cores() // shares.asked_for()))
        attempt = self.reporter.status.get("attempt", 1)
        self.reporter.event({"event": "attempt", "attempt": attempt})
        self.reporter.update(
            now=True, state="running", started_at=self.reporter.status.get("started_at") or self.began,
            device=self.device.name, device_title=self.device.title, precision="bf16" if self.bf16 else "fp32",
        )  # fmt: skip
        self._phase("preparing")
        log.info("run %s, attempt %s, on %s", self.run.id, attempt, self.device.sentence)

    def _rows(self) -> tuple[DataSet, dict[str, Any]]:
        """The rows to train on, to validate on and to test on."""
        dataset = get_dataset(self.config.dataset)
        if dataset.task == "unlabelled":
            raise DatasetError(
                f"The data set {dataset.name!r} has no labels.",
                "Training needs a label column; add the file again with one.",
            )
        self.task = task_of(dataset.task)
        check_settings(self.config, self.task)
        frame = dataset.frame()
        parts = {name: frame[frame["split"] == name] for name in ("train", "validation", "test")}
        self.evaluated_on = "test" if len(parts["test"]) else "validation"
        self.evaluated_of = len(parts[self.evaluated_on])
        sizes = {
            "train": (self.config.train_size, self.config.seed),
            "validation": (self.config.validation_size, 0),  # the same rows for every run, whatever its seed
            "test": (self.config.test_size, 0),
        }
        if self.evaluated_on == "validation":
            parts["test"] = parts["validation"]
        if not len(parts["train"]) or not len(parts["test"]):
            raise DatasetError(
                f"The data set {dataset.name!r} has no rows to {'train on' if not len(parts['train']) else 'judge by'}.",
                "Store it again with other split fractions.",
            )
        for name, (size, seed) in sizes.items():
            if size is not None and size < len(parts[name]):
                answers = strata(self.task.kind, parts[name]["label"])
                parts[name] = parts[name].iloc[draw(answers, size, seed, parts[name]["row"])]
            elif size is not None and name == "train":
                self._warn(f"{size} training rows were asked for and the set has {len(parts[name])}: all are used.")
        if self.config.strategy not in (
            "few_shot",
            "linear_probe",
        ):  # pairs are counted otherwise, and a probe has none
            self.config = self.config.changed(epochs=epochs_for(self.config, len(parts["train"])))
        return dataset, parts

    def _classifier(self, dataset: DataSet) -> Classifier:
        classifier = self._source(dataset)
        self.max_length = min(self.config.max_length, classifier.max_length)
        if self.max_length < self.config.max_length:
            self._warn(
                f"This source reads at most {self.max_length} tokens; the max length of {self.config.max_length} was lowered."
            )
        return classifier

    def _source(self, dataset: DataSet) -> Classifier:
        return load_classifier(
            self.config.model, dataset.labels, seed=self.config.seed, revision=self.config.revision,
            scratch=self.config.strategy == "scratch", pooling=self.config.pooling,
            problem_type=self.task.problem_type, prefer_mean=self.config.strategy == "few_shot",
        )  # fmt: skip

    def _encode(self, classifier: Classifier, parts: dict[str, Any]) -> dict[str, Rows]:
        encoded = {}
        for name, part in parts.items():
            pairs = part["text_pair"].tolist() if "text_pair" in part else None
            texts = encode_once(
                part["text"].tolist(), classifier.tokenizer, self.max_length, pairs, keep=Kept("tokens"),
                progress=lambda done, total: self._progress("preparing", done, total), truncation=self.config.truncation,
            )  # fmt: skip
            encoded[name] = Rows(texts, encode_targets(self.task, part["label"].tolist(), classifier.labels))
        encoded["train"] = encoded["train"].by_window()
        if self.task.kind == "regression":
            setattr(classifier.model.config, SCALE, scale_of(encoded["train"].labels))
        self.journey.plan(
            self.config.strategy, work_of(self.config, len(parts["train"]))[1] / len(parts["train"]),
            {name: rows.encoded.tokens for name, rows in encoded.items()}, len(parts["train"]) + len(parts["test"]),
        )  # fmt: skip
        return encoded

    def _train(self, classifier: Classifier, encoded: dict[str, Rows]) -> TrainingDone:
        shared: dict[str, Any] = {
            "device": self.device.name, "bf16": self.bf16, "should_stop": self._should_stop,
            "keep": Kept("features" if self.config.strategy in ("linear_probe", "lp_ft") else "trunks"),
        }  # fmt: skip
        self._phase("training" if self.config.strategy != "linear_probe" else "encoding")
        if self.config.strategy == "linear_probe":
            events = probe(self.config, classifier.model, encoded["train"], encoded["validation"], **shared)
        else:
            state = checkpoints.load_state(self.run.checkpoint)
            if state:
                resumed = state["numbers"]["step"]
                self.reporter.event({"event": "resumed", "step": resumed})
                log.info("going on from step %d", resumed)
            best = checkpoints.load_weights(self.run.best) if state else None
            shares.wait()  # until every process has read what the first one is going to replace
            way = {"lp_ft": probe_then_tune, "few_shot": few_shot}.get(self.config.strategy, train)
            events = way(
                self.config, classifier.model, encoded["train"], encoded["validation"], resume=state,
                best_weights=best, **shared,
            )  # fmt: skip
            if self.config.average_best > 1 and self.config.strategy != "few_shot" and shares.place() == 0:
                if not state:
                    self.kept.clear()
                events = averaged(
                    events, self.config, classifier.model, encoded["validation"], self.kept, device=self.device.name,
                    bf16=self.bf16,
                )  # fmt: skip
        done = None
        attach(classifier.model, self.config)
        if self.config.recompute:
            recompute_layers(classifier.model)
        for event in events:
            done = self._hear(event)
        if self.config.strategy in ADAPTERS:
            detach(classifier.model)
        if not isinstance(done, TrainingDone):
            raise AssertionError("a training ends with TrainingDone")
        return done

    def _hear(self, event: Event) -> Event:
        """Write down what the loop tells, and save what it offers."""
        if isinstance(event, Progress):
            self._progress(event.phase, event.done, event.total)
            return event
        if shares.place() > 0:
            return event
        if isinstance(event, CheckpointDue):
            checkpoints.save_state(self.run.checkpoint, event.state())
        elif isinstance(event, Improved):
            checkpoints.save_weights(self.run.best, event.weights)
        elif isinstance(event, Averaged):
            self.averaging = event_json(event)
        elif isinstance(event, Started):
            self.parameters = {"total": event.parameters, "trained": event.trained_parameters}
            self.reporter.update(now=True, step=event.first_step, total_steps=event.total_steps)
        elif isinstance(event, StepLogged):
            self.reporter.update(
                step=event.step, epoch=event.epoch, loss=event.loss, learning_rate=event.learning_rate,
                tokens_per_second=event.tokens_per_second,
            )  # fmt: skip
            self.journey.stepped(event.step, int(self.reporter.status.get("total_steps") or 1), event.tokens_per_second)
            self._progress("training", event.step, int(self.reporter.status.get("total_steps") or 1))
            load = {name: self.reporter.status.get(name) for name in ("memory_mib", "device_load")}
            self.reporter.event(event_json(event) | load)
            return event
        self.reporter.event(event_json(event))
        return event

    def _layers(self, dataset: DataSet, classifier: Classifier) -> dict[str, list[float]] | None:
        """How far each layer moved from the source, and at which share of the learning rate, embeddings first."""
        if self.config.strategy in ("linear_probe", "scratch"):
            return None
        start = self._source(dataset).model
        moved = movement(classifier.model, start)
        attach(start, self.config)
        return {"moved": moved, "rates": layer_rates(plan(start, self.config), depths(start)[0])}

    def _test(self, classifier: Classifier, encoded: dict[str, Rows]) -> tuple[np.ndarray, np.ndarray]:
        """True answers and outputs of the rows that the run is judged by; thresholds of several labels are chosen before."""
        self.scale = getattr(classifier.model.config, SCALE, (0.0, 1.0))
        self.thresholds = None
        if self.task.kind == "multi_label":
            shares = outputs_of(self.task, self._score(classifier, encoded["validation"], "validating"))
            self.thresholds = choose_thresholds(encoded["validation"].labels, shares)
        logits = self._score(classifier, encoded["test"], "testing")
        return encoded["test"].labels, outputs_of(self.task, logits, self.scale)

    def _score(self, classifier: Classifier, rows: Rows, phase: str) -> np.ndarray:
        self._phase(phase)
        return score(
            classifier.model, rows.encoded, self.device.name, self.bf16,
            progress=lambda done, total: self._progress(phase, done, total), should_stop=self._should_stop,
        )  # fmt: skip

    def _finish(
        self, dataset: DataSet, parts: dict[str, Any], classifier: Classifier, encoded: dict[str, Rows],
        done: TrainingDone, truth: np.ndarray, outputs: np.ndarray,
    ) -> None:  # fmt: skip
        self._phase("baselines")
        baselines = cached_baselines(dataset, parts["train"], parts["test"], self.config.seed, parts["validation"])
        self._phase("saving")
        result = build_result(truth, outputs, classifier.labels, baselines, self.task, self.thresholds) | {
            "split": self.evaluated_on, "evaluated_of": self.evaluated_of, "train_rows": len(parts["train"]),
            "labels": list(classifier.labels), "rows_digest": _digest(dataset, parts["test"]["row"].to_numpy()),
            "seconds": done.seconds, "tokens_per_second": done.tokens / max(done.seconds, 1e-9),
            "train_tokens": done.tokens, "total_seconds": time.time() - self.began,
            "epochs": self.config.epochs, "averaging": self.averaging, "source_fit": source_fit(self.config.model),
            "layers": self._layers(dataset, classifier), "best_step": done.best_step, "stopped_early": done.stopped_early,
            "share_cut": encoded["train"].encoded.cut / max(1, encoded["train"].encoded.rows),
            "max_length": self.max_length, "parameters": self.parameters, "device": self.device.name,
            "device_title": self.device.title, "precision": "bf16" if self.bf16 else "fp32",
            "peak_memory_mib": self.reporter.status.get("peak_memory_mib"), "validation": self._validation(),
        }  # fmt: skip
        table = prediction_table(parts["test"], truth, outputs, classifier.labels, self.task, self.thresholds)
        target = self.run.predictions(self.evaluated_on)
        target.parent.mkdir(exist_ok=True)
        table.to_parquet(target.with_suffix(".new"), compression="zstd", index=False)
        os.replace(target.with_suffix(".new"), target)
        classifier.model.to("cpu")  # type: ignore[arg-type]
        self._settle(classifier)
        checkpoints.replace_folder(self.run.model, classifier.save)
        self.run.write_result(result)
        self.run.drop_checkpoints()
        remember_speed(self.config, self.device.name, result["tokens_per_second"])

    def _settle(self, classifier: Classifier) -> None:
        """Put what is known outside the weights into the model: the units of a score, the thresholds of labels."""
        config = classifier.model.config
        if self.task.kind == "regression":
            fold_scale(classifier.model, *self.scale)
            delattr(config, SCALE)
        if self.thresholds is not None:
            config.graft_thresholds = [float(each) for each in self.thresholds]

    def _validation(self) -> dict[str, Any] | None:
        best = [event for event in self.run.events("evaluated") if event["best"]]
        outside = ("event", "time", "epoch", "best")
        return {name: value for name, value in best[-1].items() if name not in outside} if best else None

    # --- telling ---------------------------------------------------------------------------------------------------
    def _should_stop(self) -> bool:
        """Whether somebody asked; the disk is looked at a few times a second only."""
        if not self._stop and time.monotonic() - self._looked > 0.3:
            self._looked = time.monotonic()
            self._stop = self.run.stop_asked()
        return self._stop

    def _phase(self, phase: str) -> None:
        self.journey.enter(phase)
        self.reporter.event({"event": "phase", "phase": phase})
        self.reporter.update(now=True, phase=phase, phase_done=0, phase_total=None, **self.journey.told())

    def _progress(self, phase: str, done: int, total: int) -> None:
        if phase != self.reporter.status.get("phase"):
            self.journey.enter(phase)
        self.journey.advanced(phase, done, total)
        self.reporter.update(phase=phase, phase_done=done, phase_total=total, **self.journey.told())

    def _warn(self, message: str) -> None:
        log.warning("%s", message)
        self.reporter.event(event_json(Warned(message)))


def _digest(dataset: DataSet, rows: np.ndarray) -> str:
    """Names the rows that a run was judged by: equal digests can be compared row by row."""
    import hashlib

    return hashlib.sha256(dataset.fingerprint.encode() + np.sort(rows).astype(np.int64).tobytes()).hexdigest()[:16]
