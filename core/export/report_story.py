"""The story of one finished run as plain data in words: what a report prints and a presentation shows, in that order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.data.sets.descriptions import read_descriptions
from core.data.sets.store import DataSet, get_dataset
from core.data.sets.versions import version_title
from core.errors import DatasetError, RunError
from core.evaluation.notes import caveat_in, verdict_in
from core.export.report_bars import contenders
from core.export.report_examples import Example, examples_of
from core.export.report_figures import Bar
from core.export.report_mistakes import Mistakes, mistakes_of
from core.export.report_speed import Speed, model_size, size_in_words
from core.metrics.table import METRICS
from core.models.index_sources import INDEX_SOURCES
from core.models.sources import PREFIX
from core.runs.folder import Run, get_run, no_result
from core.strategies.registry import STRATEGIES
from core.tasks import figure, headline_of, interval_of, span, task_of
from core.training.estimate import took

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of a run.

    Attributes:
        figure: the headline's value, such as 92.4 %; ``measure`` what it is, ``span`` its interval in words.
        higher: whether more is better.
        verdict: whether transfer paid, in a sentence; ``paid`` True, False, or None where nothing is shown. Where the run
            has no source, ``transferred`` is False and both are about the run alone.
        meaning: what the figure means in words that need no statistics.
        bars: this run and its baselines on the headline.
        classes: (name, description, rows that judged it) of each.
        examples: right ones and wrong ones.
        cost, data: (what, value) lines; ``limits`` and ``measured`` are sentences.
    """

    run: Run
    name: str
    what: str
    figure: str
    measure: str
    higher: bool
    span: str
    verdict: str
    paid: bool | None
    transferred: bool
    meaning: str
    bars: list[Bar]
    data: Facts
    classes: list[tuple[str, str, int | None]]
    examples: tuple[list[Example], list[Example]]
    mistakes: Mistakes
    cost: Facts
    speed: str
    limits: list[str]
    measured: list[str]


def tell(run: Run, speed: Speed | None = None) -> Story:
    """The story of a finished run.

    Args:
        speed: as it was measured, where it was.

    Raises:
        RunError: when the run has no result, or its predictions cannot be read.
    """
    result = run.result
    if result is None or run.state != "finished":
        raise no_result(run, "It can be reported when it has finished.")
    dataset = _dataset(run)
    headline = headline_of(result)
    verdict: dict[str, Any] = result.get("verdict") or {}
    real = verdict.get("verdict") == "real"
    return Story(
        run=run, name=run.name, what=_what(run, result, dataset),
        figure=figure(headline, result["metrics"][headline]), measure=METRICS[headline].title, higher=METRICS[headline].higher,
        span=span(headline, interval_of(result, headline)),
        verdict=verdict_in(result) if verdict else "There is no baseline to set this beside.",
        paid=bool(verdict.get("better", verdict["difference"] > 0)) if real else None,
        transferred=bool(run.config.source),
        meaning=_meaning(result, headline), bars=contenders(run.name, result), data=_data(run, result, dataset),
        classes=_classes(result, dataset), examples=examples_of(run, result), mistakes=mistakes_of(run, result),
        cost=_cost(run, result), speed=speed.sentence if speed else "", limits=_limits(run, result), measured=_measured(run, result),
    )  # fmt: skip


def source_title(model: str) -> str:
    """A source as people call it; the word none where there is none."""
    if not model:
        return "none"
    if model == "minilm":
        return "MiniLM (built in)"
    if model in INDEX_SOURCES:
        return INDEX_SOURCES[model].title
    if model.startswith("run:"):
        try:
            return f"the model of the run {get_run(model[4:]).name}"
        except RunError:
            return f"the model of an earlier run ({model[4:]})"
    if model.startswith(PREFIX):
        file, _, architecture = model.removeprefix(PREFIX).rpartition("@")
        return f"{file.split('/')[-1]} on {source_title(architecture)}"
    return model.rstrip("/").split("/")[-1]


def dataset_title(run: Run) -> str:
    """The data set of a run as its owner calls it; its id where it was deleted."""
    dataset = _dataset(run)
    return run.config.dataset if dataset is None else version_title(dataset)


def _dataset(run: Run) -> DataSet | None:
    try:
        return get_dataset(run.config.dataset)
    except DatasetError:
        return None  # deleted since: its name and rows are then not told


def _what(run: Run, result: Mapping[str, Any], dataset: DataSet | None) -> str:
    """What the model does, in a sentence or two."""
    reads = "two texts" if dataset is not None and dataset.text_pair else "a text"
    labels = result["labels"]
    kind = task_of(result.get("task", "single_label")).kind
    if kind == "regression":
        gives = f"gives it a score ({labels[0]})" if labels else "gives it a score"
    elif kind == "multi_label":
        gives = f"says which of {len(labels)} labels fit; several may, or none"
    else:
        gives = f"says which of {len(labels)} classes it belongs to"
    strategy = STRATEGIES[run.config.strategy]
    source = run.config.source
    made = f"made from {source_title(source)} and" if source else "made without a pretrained model from"
    return (
        f"The model reads {reads} and {gives}. It was {made} {result['train_rows']:,} labelled examples. "
        f"How: {strategy.title}."
    )


def _meaning(result: Mapping[str, Any], headline: str) -> str:
    value, rows = result["metrics"][headline], result["rows"]
    if value is None:
        return "These rows cannot say how good it is."
    if headline == "accuracy":
        right = round(100 * value)
        return f"Of 100 new texts of the same kind, about {right} would be answered right and {100 - right} wrong."
    if headline == "rmse":
        mae = result["metrics"].get("mae")
        off = f" On average an answer is off by {figure('mae', mae)}." if mae is not None else ""
        return f"The smaller the better.{off} Judged on {rows:,} texts."
    return f"{METRICS[headline].help} Judged on {rows:,} texts."


def _data(run: Run, result: Mapping[str, Any], dataset: DataSet | None) -> Facts:
    facts = [("Data set", dataset_title(run))]
    if dataset is not None:
        facts += [("File", dataset.source_name), ("Rows in all", f"{dataset.rows:,}")]
        if dataset.skipped_rows:
            facts.append(("Rows set aside", f"{dataset.skipped_rows:,}"))
    facts.append(("To learn from", f"{result['train_rows']:,}"))
    if result["split"] == "test" and run.config.source:
        facts.append(("To choose the checkpoint", f"{result.get('validation_rows') or 0:,}"))
    return [*facts, ("To judge by", f"{result['rows']:,} ({result['split']} rows)")]


def _classes(result: Mapping[str, Any], dataset: DataSet | None) -> list[tuple[str, str, int | None]]:
    if result.get("task") == "regression":
        return []
    described = {} if dataset is None else read_descriptions(dataset)
    judged = {line["label"]: line["support"] for line in result["metrics"].get("per_class", [])}
    return [(label, described.get(label, ""), judged.get(label)) for label in result["labels"]]


def _cost(run: Run, result: Mapping[str, Any]) -> Facts:
    trained, total = result["parameters"]["trained"], result["parameters"]["total"]
    facts = [
        ("Training", f"{took(result['seconds'])} on {result['device_title']}"),
        ("Weights trained", f"{trained:,} of {total:,}"),
        ("Memory at most", f"{result['peak_memory_mib'] / 1024:.1f} GiB" if result.get("peak_memory_mib") else "not known"),
    ]  # fmt: skip
    size = model_size(run)
    return [*facts, ("Model on disk", size_in_words(size) if size else "deleted")]


def _limits(run: Run, result: Mapping[str, Any]) -> list[str]:
    """What a reader must not take the figures for."""
    limits = [
        f"Judged by {result['rows']:,} texts of the same data set. Texts of another kind, another time or another language "
        "can fare worse, and nothing here shows how much.",
    ]
    limits += [
        sentence
        for sentence in (caveat_in(dict(result)), *result.get("notes", []), *result.get("warnings", []))
        if sentence
    ]
    if result["share_cut"] > 0:
        limits.append(
            f"{100 * result['share_cut']:.1f} % of the texts are longer than {result['max_length']} tokens and were cut."
        )
    judged = [line for line in result["metrics"].get("per_class", []) if line["support"] and line["recall"] is not None]
    if judged:
        weak = min(judged, key=lambda line: (line["recall"], -line["support"]))
        found = round(weak["recall"] * weak["support"])
        if found < weak["support"]:
            limits.append(f"Hardest to find: “{weak['label']}”, {found:,} of its {weak['support']:,} rows.")
    if run.config.source:  # counting words draws nothing at random
        limits.append(
            "It was trained once. Another training with another seed would differ a little; the interval leaves that out."
        )
    return limits


def _measured(run: Run, result: Mapping[str, Any]) -> list[str]:
    unseen = (
        "which no one saw in training"
        if result["split"] == "test" or not run.config.source
        else "on which the checkpoint was chosen as well"
    )
    drawn = "" if result["rows"] == result["evaluated_of"] else f", a fixed draw from {result['evaluated_of']:,}"
    told = [f"All are judged by the same {result['rows']:,} {result['split']} rows{drawn}, {unseen}."]
    names = task_of(result.get("task", "single_label")).metrics
    told += [f"{METRICS[name].title}: {METRICS[name].help}" for name in names if name in result["metrics"]]
    told.append(
        "Interval: with other rows of the same kind the figure would move; in 95 of 100 such draws the interval covers the true value."
    )
    verdict = result.get("verdict")
    if verdict and verdict.get("p") is not None:
        told.append(
            f"The difference to the best baseline is tested on the same rows, answer by answer (p = {verdict['p']:.2g}): "
            "how often chance alone would bring a difference as large."
        )
    return told + [f"{line['title']}: {line['sentence']}" for line in result["baselines"]]
