"""Rows of a run with its own head: what any weights of its encoder say of them, and the run that is made of such weights."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.evaluation.notes import caveat_of
from core.evaluation.scores import evaluate
from core.evaluation.thresholds import choose_thresholds
from core.jobs.phases.choosing import Chosen, choose_rows
from core.jobs.phases.finishing import facts_of, keep
from core.jobs.phases.judging import Judged
from core.jobs.process import identity
from core.jobs.recorder import RunRecorder
from core.jobs.reporter import Reporter
from core.results.baseline_cache import cached_baselines
from core.results.predictor import Predictor
from core.runs.folder import Run, create_run
from core.tasks import encode_targets, headline_of
from core.training.events import TrainingDone


@dataclass(frozen=True, slots=True)
class Scored:
    """A metric on rows: its value and 95 % interval, None where it has none."""

    value: float
    interval: list[float] | None


class JudgedModel:
    """The model of a finished run beside the rows that chose it and those that judge it; its weights may be replaced.

    Attributes:
        metric: the one that the run is judged by.
    """

    def __init__(self, run: Run):
        """Load the model and draw the rows.

        Raises:
            GraftError: when model or rows are not there any more.
        """
        self.run, self.result = run, run.result or {}
        self.chosen: Chosen = choose_rows(run.config, warn=lambda message: None)
        self.predictor = Predictor.load(run)
        self.predictor.known = None  # other weights are about to answer in its name
        self.model = self.predictor.classifier.model
        self.metric = headline_of(self.result)

    def learnt_from(self, runs: Sequence[Run]) -> None:
        """Count the training rows of these runs as well: what is mixed of several has learnt from the rows of all of them.

        Raises:
            GraftError: when their rows are not there any more.
        """
        own = self.chosen.parts["train"]
        others = [choose_rows(run.config, warn=lambda message: None).parts["train"] for run in runs]
        together = pd.concat([own, *others])
        self.chosen.parts["train"] = together[~together.index.duplicated()].sort_index()

    def score(self, part: str) -> Scored:
        """The model as it now is on a part's rows.

        Args:
            part: "validation", whose rows may choose, or "test", whose rows judge.
        """
        outputs = self._outputs(part)
        labels, task = self.chosen.dataset.labels, self.chosen.task
        told = evaluate(task, self._truth(part), outputs, labels, self._thresholds())
        interval = told["intervals"].get(self.metric)
        return Scored(told["metrics"][self.metric], None if interval is None or None in interval else interval)

    def save_as(self, name: str, made: dict[str, Any]) -> Run:
        """A new finished run with the model as it now is, judged on the test rows of this run.

        Args:
            made: ``how``, the ``runs`` that it was made of, and a ``sentence`` that says so.
        """
        began, chosen = time.time(), self.chosen
        status = {"state": "running", "process": identity(), "heartbeat": began, "started_at": began}
        run = create_run(self.run.config, name, status=status, made=made)
        with Reporter(run) as reporter:
            recorder = RunRecorder(run, reporter)
            total = sum(weight.numel() for weight in self.model.parameters())
            recorder.parameters = {"total": total, "trained": 0}
            try:
                self._finish(recorder, chosen, made, began)
            except Exception as error:
                reporter.end("failed", {"message": f"The model could not be saved: {error}", "hint": "Make it again."})
                raise
            reporter.end("finished")
        return run

    def _finish(self, recorder: RunRecorder, chosen: Chosen, made: dict[str, Any], began: float) -> None:
        parts = chosen.parts
        baselines = cached_baselines(
            chosen.dataset, parts["train"], parts["test"], chosen.config.seed, parts["validation"]
        )
        thresholds = self._thresholds()
        if thresholds is not None:
            self.model.config.graft_thresholds = [float(threshold) for threshold in thresholds]
        judged = Judged(self._truth("test"), self._outputs("test"), thresholds, (0.0, 1.0))
        facts: Callable[[], dict[str, Any]] = partial(self._facts, recorder, made, began)
        keep(chosen, judged, baselines, facts, self._save, recorder, caveat_of(chosen.judged_on, chosen.task))

    def _facts(self, recorder: RunRecorder, made: dict[str, Any], began: float) -> dict[str, Any]:
        """What the result tells beside the scores: of the training, what the run itself told; no step was taken."""
        done = TrainingDone(0, 0, 0.0, 0, stopped_early=False, stopped=False)
        same = ("epochs", "source_fit", "share_cut", "max_length", "device", "device_title", "precision", "warnings")
        told = {name: self.result.get(name) for name in same}
        return facts_of(self.chosen, done, recorder, began) | told | {
            "averaging": None, "layers": None, "validation": None, "names_left_out": "", "energy_wh": None, "made": made,
        }  # fmt: skip

    def _save(self, folder: Path) -> None:
        self.model.to("cpu")  # type: ignore[arg-type]
        self.predictor.classifier.save(folder)

    def _truth(self, part: str) -> np.ndarray:
        rows = self._rows(part)
        return encode_targets(self.chosen.task, rows["label"].tolist(), self.chosen.dataset.labels)

    def _outputs(self, part: str) -> np.ndarray:
        rows = self._rows(part)
        return self.predictor.predict(
            rows["text"].tolist(), rows["text_pair"].tolist() if "text_pair" in rows else None
        )

    def _thresholds(self) -> np.ndarray | None:
        """Of several labels, chosen anew on the validation rows for the weights as they are."""
        if self.chosen.task.kind != "multi_label":
            return None
        return choose_thresholds(self._truth("validation"), self._outputs("validation"))

    def _rows(self, part: str) -> pd.DataFrame:
        return self.chosen.parts[part]
