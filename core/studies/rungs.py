"""The rungs of a ladder, read from the results of its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.evaluation.by_names import TITLE as NAMES_TITLE
from core.evaluation.notes import caveat_in
from core.results.compare import compare_runs
from core.runs.folder import Run
from core.strategies.registry import CONTROL, PROBE, STRATEGIES
from core.studies.folder import Cell
from core.studies.standing import cell_state
from core.tasks import headline_of, interval_of

FINE_TUNING, NAMES = "fine_tuning", "names"
TRIVIAL, COUNTED = ("majority", "frequent_set", "mean"), ("tfidf", "tfidf_labels", "tfidf_score")
ORDER = ("trivial", NAMES, "counted", CONTROL, PROBE, FINE_TUNING)
BASELINES = {"trivial": TRIVIAL, NAMES: (NAMES,), "counted": COUNTED}
TRANSFERS = (NAMES, PROBE, FINE_TUNING)


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to answer, judged by the rows that all are judged by.

    Attributes:
        name: trivial, names, counted, scratch, linear_probe or fine_tuning: its place in the ladder.
        key: what stands there: a baseline's name, such as tfidf, or a strategy.
        title, sentence: for a reader.
        transfers: whether it uses what a source has learnt elsewhere.
        state: finished, the state of the run that is to bring it, or *left out*.
        why: the reason where it is left out or its run ended early.
        run: id of the run that is the rung, or beside which the baseline stands.
        headline: the metric that judges; ``value`` is of it, 0..1 for a share, and ``interval`` its 95 % interval.
        seconds: of the training, or of the whole baseline.
        labels_used: labelled rows learnt from.
        chosen_on: labelled rows that only chose among checkpoints or strengths.
        trained_weights: None where there are none to count.
        caveat: what makes the figures kinder than new rows would, in a sentence; empty where test rows judged them.
        ahead: fine-tuning less this rung on the same rows: difference, interval, p, verdict; None where it is not known.
        probe_ahead: the probe less this rung, in the same way.
        seeds: trainings whose mean the figures are.
    """

    name: str
    key: str
    title: str
    sentence: str
    transfers: bool
    state: str
    why: str = ""
    run: str | None = None
    headline: str = ""
    metrics: Mapping[str, Any] | None = None
    interval: tuple[float, float] | None = None
    seconds: float | None = None
    labels_used: int = 0
    chosen_on: int = 0
    trained_weights: int | None = None
    rows: int = 0
    caveat: str = ""
    ahead: Mapping[str, Any] | None = None
    probe_ahead: Mapping[str, Any] | None = None
    seeds: int = 1

    @property
    def done(self) -> bool:
        return self.metrics is not None

    @property
    def value(self) -> float | None:
        """Of the metric that judges."""
        return self.metrics[self.headline] if self.metrics is not None else None

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it; figures of a rung that is not done are null."""
        figures = self.metrics or {}
        return {
            "name": self.key, "rung": self.name, "title": self.title, "state": self.state, "why": self.why, "run": self.run,
            "transfers": self.transfers, "accuracy": figures.get("accuracy"), "macro_f1": figures.get("macro_f1"),
            "headline": self.headline or None, "value": self.value,
            "interval": list(self.interval) if self.interval else None, "seconds": self.seconds, "rows": self.rows,
            "labels_used": self.labels_used if self.done else None, "labels_chosen_on": self.chosen_on,
            "trained_weights": self.trained_weights, "seeds": self.seeds, "fine_tuning_ahead": dict(self.ahead) if self.ahead else None,
            "probe_ahead": dict(self.probe_ahead) if self.probe_ahead else None,
        }  # fmt: skip


def read_rungs(cells: Sequence[Cell]) -> list[Rung]:
    """All rungs, lowest first."""
    results = {cell.plan.name: result for cell in cells if (result := _result(cell)) is not None}
    by_name = {cell.plan.name: cell for cell in cells}
    top, probe = (by_name[name].run if name in results else None for name in (FINE_TUNING, PROBE))
    rungs = []
    for name in ORDER:
        if name in BASELINES:
            rungs.append(_baseline(name, by_name, results))
        elif name in by_name:
            rungs.append(_trained(by_name[name], results.get(name), top, probe))
    return rungs


def _result(cell: Cell) -> dict[str, Any] | None:
    return cell.run.result if cell.run is not None and cell.run.state == "finished" else None


def _baseline(name: str, cells: Mapping[str, Cell], results: Mapping[str, dict[str, Any]]) -> Rung:
    """A rung that stands beside the runs; fine-tuning's own lines are best, since they tell how far it is ahead."""
    lines = {cell: _line(results.get(cell), name) for cell in (FINE_TUNING, PROBE, CONTROL)}
    for cell, line in lines.items():
        if line is None:
            continue
        result = results[cell]
        headline = headline_of(result)
        return Rung(
            name, line["name"], line["title"], line["sentence"], name in TRANSFERS, "finished", run=_id(cells[cell]),
            headline=headline, metrics=line["metrics"], interval=interval_of(line, headline), seconds=line.get("seconds"),
            labels_used=0 if name == NAMES else result["train_rows"], rows=result["rows"],
            caveat=caveat_in(result) or "", ahead=_paired(lines[FINE_TUNING]), probe_ahead=_paired(lines[PROBE]),
        )  # fmt: skip
    titles = {"trivial": "Majority class", NAMES: NAMES_TITLE, "counted": "Counted words"}
    reasons = [result["names_left_out"] for result in results.values() if result.get("names_left_out")]
    if name == NAMES and reasons:
        return Rung(name, name, titles[name], "", True, "left out", reasons[0])
    if results:  # of an earlier version, which knew no such baseline
        return Rung(name, name, titles[name], "", name in TRANSFERS, "left out", "The runs that were reused have none.")
    first = next(iter(cells.values()))
    return Rung(name, name, titles[name], "", name in TRANSFERS, cell_state(first), _why(first))


def _line(result: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    """The line of a baseline beside a run."""
    return next((line for line in (result or {}).get("baselines", []) if line["name"] in BASELINES[name]), None)


def _paired(line: dict[str, Any] | None) -> dict[str, Any] | None:
    return (line or {}).get("paired")


def _trained(cell: Cell, result: dict[str, Any] | None, top: Run | None, probe: Run | None) -> Rung:
    strategy = STRATEGIES[cell.plan.config.strategy]
    name = cell.plan.name
    blank = Rung(
        name,
        strategy.name,
        strategy.title,
        strategy.sentence,
        name in TRANSFERS,
        cell_state(cell),
        _why(cell),
        _id(cell),
    )
    if result is None:
        return blank
    headline = headline_of(result)
    chosen_on = _validation_rows(cell, result)
    return Rung(
        name, strategy.name, strategy.title, strategy.sentence, name in TRANSFERS, "finished", run=_id(cell), headline=headline,
        metrics=result["metrics"], interval=interval_of(result, headline), seconds=result["seconds"], rows=result["rows"],
        labels_used=result["train_rows"], chosen_on=chosen_on, trained_weights=result["parameters"]["trained"],
        caveat=caveat_in(result) or "",
        ahead=_ahead(top, cell.run, headline), probe_ahead=_ahead(probe, cell.run, headline),
    )  # fmt: skip


def _ahead(top: Run | None, run: Run | None, headline: str) -> dict[str, Any] | None:
    """The one run less the other, on the rows that both were judged by."""
    if top is None or run is None or top.id == run.id:
        return None
    kept = ("metric", "difference", "interval", "p", "verdict", "rows")
    for test in compare_runs([top, run]).tests:
        if test["metric"] == headline:
            return {name: test[name] for name in kept}
    return None


def _validation_rows(cell: Cell, result: dict[str, Any]) -> int:
    """Labelled rows that chose the checkpoint, or the probe's strength; none where they are told as those that judged."""
    return int(result.get("validation_rows") or 0) if result["split"] == "test" else 0


def _id(cell: Cell) -> str | None:
    return cell.run.id if cell.run else cell.run_id


def _why(cell: Cell) -> str:
    """What its run says of itself where it ended early."""
    state = cell_state(cell)
    if state == "deleted":
        return "Its run was deleted; resuming the study trains it again."
    error = cell.run.status.get("error") if cell.run else None
    return str(error["message"]) if error else ""
